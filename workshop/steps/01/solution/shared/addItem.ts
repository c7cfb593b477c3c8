import { publish } from "./bus.ts";
import type { AddItem, Message } from "./messages.ts";
import { orders } from "./orderStore.ts";

export async function addItem({ orderId, filling }: Message<AddItem>): Promise<void> {
  const order = await orders.load(orderId);

  // A copy of a command that was handled finds its filling in the order.
  if (order.lines.includes(filling)) {
    return;
  }
  order.lines.push(filling);

  await publish({ type: "ItemAdded", orderId, filling });
  await orders.save(order);
}
