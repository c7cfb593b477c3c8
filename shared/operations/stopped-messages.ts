import type { ServiceBusClient, ServiceBusReceivedMessage, ServiceBusReceiver } from "@azure/service-bus";
import Long from "long";
import type { Place } from "./places.ts";
import { places } from "./places.ts";
import { bytesOf, logicalIdOf, propertyOf } from "./replay-copy.ts";

/** A message that waits for an operator; copies of one logical id for one endpoint are shown as one (15). */
export interface StoppedMessage {
  readonly place: string;
  readonly logicalId: string;
  /** The queue that a replay sends it to: an event may have stopped at several endpoints. Empty: unknown. */
  readonly to: string;
  readonly copies: number;
  readonly type: string;
  readonly reason: string;
  readonly description: string;
  /** ISO 8601. */
  readonly createdAt: string | null;
  readonly stoppedAt: string | null;
  readonly deliveries: number;
  /** Text of the body, cut off after 2000 characters. */
  readonly body: string;
}

/** Messages looked at in one place by one call. */
export const most = 500;

/** Everything that waits, in every place, at most 500 messages of each. */
export async function listStopped(client: ServiceBusClient): Promise<StoppedMessage[]> {
  const lists = await Promise.all(
    places.map(async (place) => merged(place, await withReceiver(client, place, peekAll))),
  );
  return lists.flat();
}

function merged(place: Place, messages: readonly ServiceBusReceivedMessage[]): StoppedMessage[] {
  const found = new Map<string, StoppedMessage>();
  for (const message of messages) {
    const shown = show(place, message);
    const key = keyOf(shown);
    found.set(key, { ...shown, copies: (found.get(key)?.copies ?? 0) + 1 });
  }
  return [...found.values()];
}

/** Names all copies of one message for one endpoint. */
export const keyOf = ({ logicalId, to }: Pick<StoppedMessage, "logicalId" | "to">): string =>
  `${logicalId} ${to}`;

export async function withReceiver<T>(
  client: ServiceBusClient,
  place: Place,
  work: (receiver: ServiceBusReceiver) => Promise<T>,
): Promise<T> {
  const options = {
    // The body as its exact bytes, whatever it is.
    skipParsingBodyAsJson: true,
    // Its renewal fails for messages without a message id, and nothing here takes long.
    maxAutoLockRenewalDurationInMs: 0,
    ...(place.deadLetter ? { subQueueType: "deadLetter" as const } : {}),
  };
  const receiver =
    "queue" in place.entity
      ? client.createReceiver(place.entity.queue, options)
      : client.createReceiver(place.entity.topic, place.entity.subscription, options);
  try {
    return await work(receiver);
  } finally {
    await receiver.close();
  }
}

/** The first messages that wait in a place; none is locked, no delivery counted. */
export async function peekAll(receiver: ServiceBusReceiver): Promise<ServiceBusReceivedMessage[]> {
  const found: ServiceBusReceivedMessage[] = [];
  let from = Long.ZERO;
  while (found.length < most) {
    // From a given number: without one a peek goes on where this client's last peek of the entity ended.
    const messages = await receiver.peekMessages(100, { fromSequenceNumber: from });
    const last = messages.at(-1)?.sequenceNumber;
    if (last === undefined) break;
    from = last.add(1);
    found.push(...messages);
  }
  return found;
}

function show(place: Place, message: ServiceBusReceivedMessage): StoppedMessage {
  const createdAt = propertyOf(message, "createdAt");
  return {
    place: place.name,
    logicalId: logicalIdOf(message),
    to: targetOf(place, message),
    copies: 1,
    type: message.subject ?? "",
    reason: propertyOf(message, "quarantineReason") || (message.deadLetterReason ?? ""),
    description: propertyOf(message, "quarantineDescription") || (message.deadLetterErrorDescription ?? ""),
    createdAt: createdAt === "" ? null : createdAt,
    stoppedAt: message.enqueuedTimeUtc?.toISOString() ?? null,
    deliveries: message.deliveryCount ?? 0,
    body: bytesOf(message.body).toString("utf8").slice(0, 2000),
  };
}

/** The queue that a replay sends to, or nothing where it can't be told. */
export const targetOf = (place: Place, message: ServiceBusReceivedMessage): string =>
  place.replayTo ?? propertyOf(message, "quarantinedFrom");
