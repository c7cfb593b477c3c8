import { publish } from "./bus.ts";
import { idOf } from "./ids.ts";
import type { AddItem, Message } from "./messages.ts";
import { once } from "./once.ts";
import { orders } from "./orderStore.ts";

export async function addItem(command: Message<AddItem>): Promise<void> {
  const { orderId, filling } = command;
  const order = await once(orders, command, (order) => {
    order.lines.push(filling);
  });
  // What looks like a copy may be the retry of a run that could not tell: it tells, too, in the same words.
  await publish({ type: "ItemAdded", orderId, filling }, idOf("ItemAdded", command, "orders"));
  if (order.lines.length === 1) {
    await publish({ type: "FirstItemAdded", orderId, filling }, idOf("FirstItemAdded", command, "orders"));
  }
}
