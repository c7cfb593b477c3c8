import { publish } from "./bus.ts";
import type { AddItem, Message } from "./messages.ts";
import { once } from "./once.ts";
import { orders } from "./orderStore.ts";

export async function addItem(command: Message<AddItem>): Promise<void> {
  const { orderId, filling } = command;
  await once(orders, command, (order) => {
    order.lines.push(filling);
  });
  // What looks like a copy may be the retry of a run that could not tell: it tells, too.
  await publish({ type: "ItemAdded", orderId, filling });
}
