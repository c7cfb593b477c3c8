import type { HttpRequest, HttpResponseInit } from "@azure/functions";
import { send } from "./bus.ts";
import { fillings, isFilling } from "./messages.ts";
import { orders } from "./orderStore.ts";

/** POST /api/orders/{orderId}/items with {"filling": "Spinach"} */
export async function addItem(request: HttpRequest): Promise<HttpResponseInit> {
  const body: unknown = await request.json().catch(() => undefined);
  return accept("AddItem", request, Object(body)["filling"]);
}

/** DELETE /api/orders/{orderId}/items/{filling} */
export const removeItem = (request: HttpRequest): Promise<HttpResponseInit> =>
  accept("RemoveItem", request, request.params["filling"]);

/** GET /api/orders/{orderId} */
export const order = async ({ params }: HttpRequest): Promise<HttpResponseInit> => ({
  jsonBody: await orders.load(params["orderId"] ?? ""),
});

/** The broker has the command: that is all that 202 promises. */
async function accept(
  type: "AddItem" | "RemoveItem",
  { params }: HttpRequest,
  filling: unknown,
): Promise<HttpResponseInit> {
  if (!isFilling(filling)) {
    return { status: 400, body: `expected a filling, one of ${fillings.join(", ")}; came ${filling}` };
  }
  await send({ type, orderId: params["orderId"] ?? "", filling });
  return { status: 202 };
}
