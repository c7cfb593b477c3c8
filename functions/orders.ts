import { app, trigger } from "@azure/functions";
import { program } from "../shared/app.ts";
import { incoming } from "../shared/messaging/format.ts";

// The generic trigger, since the typed one has no dataType: the body must come as its exact bytes.
app.generic("orders", {
  trigger: trigger.generic({
    type: "serviceBusTrigger",
    queueName: "orders",
    connection: "ServiceBus",
    isSessionsEnabled: true,
    dataType: "binary",
  }),
  handler: (body, context) => program.endpoints.orders.receive(incoming(body, context)),
});
