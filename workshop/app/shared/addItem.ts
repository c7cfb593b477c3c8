import { publish } from "./bus.ts";
import type { AddItem, Message } from "./messages.ts";
import { orders } from "./orderStore.ts";

export async function addItem({ orderId, filling }: Message<AddItem>): Promise<void> {
  const order = await orders.load(orderId);

  order.lines.push(filling);

  await publish({ type: "ItemAdded", orderId, filling });
  await orders.save(order);
}
