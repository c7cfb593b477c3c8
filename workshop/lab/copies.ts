import { type EndpointName, endpoints } from "./topology.ts";
import type { DeliveryFacts, MessageFacts } from "./trace.ts";

/** One message in one queue or subscription: two copies of one message are two. */
interface Copy {
  readonly orderId: string;
  readonly facts: Omit<DeliveryFacts, "delivery">;
  /** Deliveries so far. */
  delivery: number;
}

/** Remembers what the broker told about each copy, since later events name it by its number alone. */
export function createCopies() {
  const numbers = new Map<string, Set<number>>();
  const copies = new Map<string, Copy>();

  /** @returns which copy of its message it is in its queue, counted from 1 */
  function numberOf(entity: string, messageId: string, sequence: number): number {
    const key = `${entity}#${messageId}`;
    const sequences = (numbers.get(key) ?? new Set()).add(sequence);
    numbers.set(key, sequences);
    return [...sequences].sort((one, other) => one - other).indexOf(sequence) + 1;
  }

  return {
    /** A copy is in its queue. A delivery may be told before it. */
    enqueued(entity: string, messageId: string, sequence: number): void {
      numberOf(entity, messageId, sequence);
    },
    /** A copy is being delivered: now it is known whose order it is about. */
    delivering(
      entity: string,
      sequence: number,
      orderId: string,
      message: MessageFacts,
      delivery: number,
    ): void {
      const to = endpointOf(entity);
      if (to === undefined) return;
      const known = copies.get(`${entity}#${sequence}`);
      if (known !== undefined) {
        known.delivery = delivery;
        return;
      }
      const copy = numberOf(entity, message.messageId, sequence);
      copies.set(`${entity}#${sequence}`, { orderId, facts: { to, ...message, copy }, delivery });
    },
    /** @param delivery the newest one by default */
    find(
      entity: string,
      sequence: number,
      delivery?: number,
    ): { orderId: string; facts: DeliveryFacts } | undefined {
      const copy = copies.get(`${entity}#${sequence}`);
      return copy && { orderId: copy.orderId, facts: { ...copy.facts, delivery: delivery ?? copy.delivery } };
    },
  };
}

/** "events/subscriptions/billing" is Billing's. */
export const endpointOf = (entity: string): EndpointName | undefined =>
  endpoints.find((name) => name === entity.split("/").at(-1)?.toLowerCase());
