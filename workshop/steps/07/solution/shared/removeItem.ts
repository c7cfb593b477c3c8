import { publish } from "./bus.ts";
import type { Message, RemoveItem } from "./messages.ts";
import { once } from "./once.ts";
import { orders } from "./orderStore.ts";

export async function removeItem(command: Message<RemoveItem>): Promise<void> {
  const { orderId, filling } = command;
  await once(orders, command, (order) => {
    order.lines = order.lines.filter((line) => line !== filling);
  });
  // What looks like a copy may be the retry of a run that could not tell: it tells, too.
  await publish({ type: "ItemRemoved", orderId, filling });
}
