import { publish } from "./bus.ts";
import type { Message, RemoveItem } from "./messages.ts";
import { orders } from "./orderStore.ts";

export async function removeItem({ orderId, filling }: Message<RemoveItem>): Promise<void> {
  const order = await orders.load(orderId);

  // A copy of a command that was handled does not find its filling any more.
  if (order.lines.includes(filling)) {
    order.lines = order.lines.filter((line) => line !== filling);
    await orders.save(order);
  }
  // What looks like a copy may be the retry of a run that could not tell: it tells, too.
  await publish({ type: "ItemRemoved", orderId, filling });
}
