import { app } from "@azure/functions";
import { billing } from "../shared/billing.ts";
import { incoming } from "../shared/messages.ts";

app.serviceBusTopic("billing", {
  topicName: "events",
  subscriptionName: "billing",
  connection: "ServiceBus",
  handler: (body, context) => billing(incoming(body, context)),
});
