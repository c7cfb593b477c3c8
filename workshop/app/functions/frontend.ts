import { app } from "@azure/functions";
import { addItem, order, removeItem } from "../shared/frontend.ts";

app.http("addItem", {
  methods: ["POST"],
  authLevel: "anonymous",
  route: "orders/{orderId}/items",
  handler: addItem,
});

app.http("removeItem", {
  methods: ["DELETE"],
  authLevel: "anonymous",
  route: "orders/{orderId}/items/{filling}",
  handler: removeItem,
});

app.http("order", { methods: ["GET"], authLevel: "anonymous", route: "orders/{orderId}", handler: order });
