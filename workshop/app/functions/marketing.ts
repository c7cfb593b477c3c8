import { app } from "@azure/functions";
import { marketing } from "../shared/marketing.ts";
import { incoming } from "../shared/messages.ts";

app.serviceBusTopic("marketing", {
  topicName: "events",
  subscriptionName: "marketing",
  connection: "ServiceBus",
  handler: (body, context) => marketing(incoming(body, context)),
});
