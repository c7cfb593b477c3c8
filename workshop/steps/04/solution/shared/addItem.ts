import { publish } from "./bus.ts";
import type { AddItem, Message } from "./messages.ts";
import { orders } from "./orderStore.ts";

export async function addItem({ orderId, filling }: Message<AddItem>): Promise<void> {
  const order = await orders.load(orderId);

  // A copy of a command that was handled finds its filling in the order.
  if (!order.lines.includes(filling)) {
    order.lines.push(filling);
    await orders.save(order);
  }
  // What looks like a copy may be the retry of a run that could not tell: it tells, too.
  await publish({ type: "ItemAdded", orderId, filling });
}
