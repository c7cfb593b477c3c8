import { publish } from "./bus.ts";
import { idOf } from "./ids.ts";
import type { Command, Message, OrderEvent } from "./messages.ts";
import { isConflict, type Order, orders } from "./orderStore.ts";

/** Events that are decided and perhaps not published yet, by the id of the command that caused them. */
export type Outbox = Record<string, Message<OrderEvent>[]>;

/**
 * Decides about a command once, then publishes what was decided. A run that comes after a failure does not decide
 * again, by what the order is now: it publishes what the first one has stored.
 */
export async function decideOnce(
  command: Message<Command>,
  decide: (order: Order) => OrderEvent[],
): Promise<void> {
  const { id, orderId } = command;
  const { outbox } = await update(orderId, (order) => {
    if (order.processed.includes(id)) return false;
    const events = decide(order);
    order.processed.push(id);
    order.outbox[id] = events.map((event, index) => ({
      ...event,
      id: idOf(event.type, command, "orders", index),
    }));
    return true;
  });

  const unsent = outbox[id];
  if (unsent === undefined) return;
  for (const { id: eventId, ...event } of unsent) await publish(event, eventId);

  // The broker has all of them. The command's id stays, for copies that are still to come.
  await update(orderId, (order) => delete order.outbox[id]);
}

/**
 * Loads, changes and saves an order; and once more, when somebody else has saved it meanwhile.
 * @param change returns whether there is something to save
 */
async function update(orderId: string, change: (order: Order) => boolean): Promise<Order> {
  for (;;) {
    const order = await orders.load(orderId);
    if (!change(order)) return order;
    try {
      return await orders.save(order);
    } catch (error) {
      // Thrown, it would cost one of the message's ten deliveries, and only another's success ever causes it.
      if (!isConflict(error)) throw error;
    }
  }
}
