import { app } from "@azure/functions";
import { program } from "../shared/app.ts";

// Who may call is decided in front of the app: infra/README.md says how.
const authLevel = "anonymous";
const { frontend } = program;

app.http("addItem", {
  methods: ["POST"],
  authLevel,
  route: "orders/{orderId}/items",
  handler: frontend.addItem,
});

app.http("removeItem", {
  methods: ["DELETE"],
  authLevel,
  route: "orders/{orderId}/items/{filling}",
  handler: frontend.removeItem,
});

app.http("submitOrder", {
  methods: ["POST"],
  authLevel,
  route: "orders/{orderId}/submit",
  handler: frontend.submitOrder,
});

app.http("cancelPayment", {
  methods: ["POST"],
  authLevel,
  route: "orders/{orderId}/cancel-payment",
  handler: frontend.cancelPayment,
});

app.http("requestStatus", {
  methods: ["GET"],
  authLevel,
  route: "orders/{orderId}/requests/{key}",
  handler: frontend.requestStatus,
});

app.http("order", { methods: ["GET"], authLevel, route: "orders/{orderId}", handler: frontend.order });

app.http("customer", {
  methods: ["GET"],
  authLevel,
  route: "customers/{customerId}",
  handler: frontend.customer,
});
