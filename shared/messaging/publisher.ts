import type {
  ServiceBusClient,
  ServiceBusMessage,
  ServiceBusMessageBatch,
  ServiceBusSender,
} from "@azure/service-bus";
import type { Delivery, Outgoing, Publish, Quarantine } from "../exactly-once/contracts.ts";
import { TransientError } from "../exactly-once/errors.ts";
import { isTooLarge, toContractError } from "./errors.ts";
import { toServiceBus } from "./format.ts";

export interface Publisher {
  readonly publish: Publish;
  readonly quarantine: Quarantine;
  close(): Promise<void>;
}

export const quarantineQueue = "quarantine";

/**
 * Sends through one sender per destination.
 * @param newId makes the broker ids of copies
 * @param openWithin milliseconds for a link to open. The SDK has no limit but a minute here, and whoever sends to the same
 * destination waits for the same link: a connection that is lost meanwhile would hold them all up for so long
 */
export function publisher(
  client: ServiceBusClient,
  now: () => number,
  newId: () => string,
  openWithin = 10_000,
): Publisher {
  const senders = new Map<string, ServiceBusSender>();

  function senderOf(destination: string): ServiceBusSender {
    const existing = senders.get(destination);
    if (existing !== undefined) return existing;
    const sender = client.createSender(destination);
    senders.set(destination, sender);
    return sender;
  }

  async function send(destination: string, messages: readonly ServiceBusMessage[]): Promise<void> {
    const sender = senderOf(destination);
    try {
      await sendInBatches(sender, messages, openWithin);
    } catch (error) {
      if (error instanceof NotOpened && senders.get(destination) === sender) {
        senders.delete(destination);
        sender.close().catch(() => {});
      }
      throw toContractError(`sending to ${destination}`, error);
    }
  }

  async function quarantine(delivery: Delivery, reason: string, description: string): Promise<void> {
    const copy = quarantineCopy(delivery, reason, description, now(), newId());
    try {
      await senderOf(quarantineQueue)
        .sendMessages(copy)
        .catch((error: unknown) => {
          if (!isTooLarge(error)) throw error;
          // The reason has no room beside the message's own properties: its body is what matters more.
          return senderOf(quarantineQueue).sendMessages(withoutOwnProperties(copy));
        });
    } catch (error) {
      // A message that can't be quarantined is given back after all tries, never dropped (8, 15).
      throw new TransientError(`sending to ${quarantineQueue}`, { cause: error });
    }
  }

  return {
    async publish(outgoing) {
      await Promise.all([...batches(outgoing)].map(([destination, messages]) => send(destination, messages)));
    },
    quarantine,
    async close() {
      await Promise.all([...senders.values()].map((sender) => sender.close()));
    },
  };
}

/** As many messages at once as the broker takes, one batch after the other, so that their order stays. */
async function sendInBatches(
  sender: ServiceBusSender,
  messages: readonly ServiceBusMessage[],
  openWithin: number,
): Promise<void> {
  const newBatch = () => opened(sender, openWithin);
  let batch = await newBatch();
  for (const message of messages) {
    if (batch.tryAddMessage(message)) continue;
    if (batch.count > 0) await sender.sendMessages(batch);
    batch = await newBatch();
    if (batch.tryAddMessage(message)) continue;
    // Too large for any batch: a message alone may still fit, or else fails by its name.
    await sender.sendMessages(message);
  }
  if (batch.count > 0) await sender.sendMessages(batch);
}

/** A link that took too long: its sender goes on waiting for it, so that another one is needed. */
class NotOpened extends Error {}

/** The sender's next batch, for whose size its link must be open. @throws NotOpened */
async function opened(sender: ServiceBusSender, milliseconds: number): Promise<ServiceBusMessageBatch> {
  const over = new AbortController();
  const late = Promise.withResolvers<never>();
  const timer = setTimeout(() => {
    // The signal alone does not end the wait: the SDK heeds it at some steps only.
    late.reject(new NotOpened(`no link to ${sender.entityPath} within ${milliseconds} ms`));
    over.abort();
  }, milliseconds);
  try {
    return await Promise.race([late.promise, sender.createMessageBatch({ abortSignal: over.signal })]);
  } finally {
    clearTimeout(timer);
  }
}

const withoutOwnProperties = (copy: ServiceBusMessage): ServiceBusMessage => ({
  ...copy,
  applicationProperties: Object.fromEntries(
    Object.entries(copy.applicationProperties ?? {})
      .filter(([name]) => /^(quarantine|originalSessionId$|logicalId$)/.test(name))
      .map(([name, value]) => [name, typeof value === "string" ? value.slice(0, 100) : value]),
  ),
});

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
