import type { AddItem, Message } from "./messages.ts";
import { decideOnce } from "./outbox.ts";

export const addItem = (command: Message<AddItem>): Promise<void> =>
  decideOnce(command, (order) => {
    const { orderId, filling } = command;
    order.lines.push(filling);
    return [
      { type: "ItemAdded", orderId, filling },
      ...(order.lines.length === 1 ? [{ type: "FirstItemAdded" as const, orderId, filling }] : []),
    ];
  });
