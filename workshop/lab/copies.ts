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
  const numbers = new Map<string, number[]>();
  const copies = new Map<string, Copy>();

  return {
    /** A copy is in its queue. */
    enqueued(entity: string, messageId: string, sequence: number): void {
      const key = `${entity}#${messageId}`;
      numbers.set(key, [...(numbers.get(key) ?? []), sequence]);
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
      const copy = (numbers.get(`${entity}#${message.messageId}`)?.indexOf(sequence) ?? 0) + 1;
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
