import type { ServiceBusClient, ServiceBusMessage, ServiceBusSender } from "@azure/service-bus";
import type { Delivery, Outgoing, Publish, Quarantine } from "../exactly-once/contracts.ts";
import { toContractError } from "./errors.ts";
import { toServiceBus } from "./format.ts";

export interface Publisher {
  readonly publish: Publish;
  readonly quarantine: Quarantine;
  close(): Promise<void>;
}

export const quarantineQueue = "quarantine";

/** Sends through one sender per destination; `newId` makes the broker ids of copies. */
export function publisher(client: ServiceBusClient, now: () => number, newId: () => string): Publisher {
  const senders = new Map<string, ServiceBusSender>();

  function senderOf(destination: string): ServiceBusSender {
    const existing = senders.get(destination);
    if (existing !== undefined) return existing;
    const sender = client.createSender(destination);
    senders.set(destination, sender);
    return sender;
  }

  async function send(destination: string, messages: ServiceBusMessage[]): Promise<void> {
    try {
      await senderOf(destination).sendMessages(messages);
    } catch (error) {
      throw toContractError(`sending to ${destination}`, error);
    }
  }

  return {
    async publish(outgoing) {
      await Promise.all([...batches(outgoing)].map(([destination, messages]) => send(destination, messages)));
    },
    quarantine: (delivery, reason, description) =>
      send(quarantineQueue, [quarantineCopy(delivery, reason, description, now(), newId())]),
    async close() {
      await Promise.all([...senders.values()].map((sender) => sender.close()));
    },
  };
}

/** Messages that can travel together: same destination, in the order in which they were decided. */
function batches(outgoing: readonly Outgoing[]): Map<string, ServiceBusMessage[]> {
  const byDestination = new Map<string, ServiceBusMessage[]>();
  for (const message of outgoing) {
    const batch = byDestination.get(message.destination) ?? [];
    batch.push(toServiceBus(message));
    byDestination.set(message.destination, batch);
  }
  return byDestination;
}

/** Original bytes and properties under a fresh broker id, so that duplicate detection can't swallow it (14, 15). */
const quarantineCopy = (
  { original, entity, deliveryCount }: Delivery,
  reason: string,
  description: string,
  now: number,
  messageId: string,
): ServiceBusMessage => {
  const { body, properties, messageId: originalMessageId, sessionId, ...rest } = original;
  return {
    ...rest,
    body: Buffer.from(body),
    messageId,
    applicationProperties: {
      ...properties,
      quarantineReason: reason,
      quarantineDescription: description.slice(0, 1000),
      quarantinedFrom: entity,
      quarantinedAt: new Date(now).toISOString(),
      quarantinedDelivery: deliveryCount,
      ...(originalMessageId === undefined ? {} : { originalMessageId }),
      ...(sessionId === undefined ? {} : { originalSessionId: sessionId }),
    },
  };
};
