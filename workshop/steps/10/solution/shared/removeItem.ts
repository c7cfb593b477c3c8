import type { Message, RemoveItem } from "./messages.ts";
import { decideOnce } from "./outbox.ts";

export const removeItem = (command: Message<RemoveItem>): Promise<void> =>
  decideOnce(command, (order) => {
    const { orderId, filling } = command;
    order.lines = order.lines.filter((line) => line !== filling);
    return [{ type: "ItemRemoved", orderId, filling }];
  });
