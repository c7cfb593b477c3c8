import { app } from "@azure/functions";

/** Tells what it got: each answer is one run of a handler. */
app.serviceBusQueue("doctor", {
  queueName: "doctor",
  connection: "ServiceBus",
  return: { type: "serviceBus", name: "$return", queueName: "heard", connection: "ServiceBus" },
  handler: (body) => body,
});
