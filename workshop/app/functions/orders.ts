import { app } from "@azure/functions";
import { incoming } from "../shared/messages.ts";
import { orders } from "../shared/orders.ts";

app.serviceBusQueue("orders", {
  queueName: "orders",
  connection: "ServiceBus",
  handler: (body, context) => orders(incoming(body, context)),
});
