import type {
  ServiceBusClient,
  ServiceBusMessage,
  ServiceBusReceivedMessage,
  ServiceBusReceiver,
  ServiceBusSender,
} from "@azure/service-bus";
import Long from "long";
import { laneOf } from "../messaging/lane.ts";
import { orders } from "../pierogi/orders.ts";
import { type Place, places } from "./places.ts";

/** A message that waits for an operator; copies of one logical id are shown as one (15). */
export interface StoppedMessage {
  readonly place: string;
  readonly logicalId: string;
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

export interface Replayed {
  readonly place: string;
  readonly logicalId: string;
  readonly to: string;
}

/** Messages looked at in one place by one call. */
const most = 500;
const receiveAtOnce = 50;
/** How long a receiver waits for a message that may not be there, in milliseconds. */
const patience = 1000;

export function stoppedMessages(client: ServiceBusClient, now: () => number, newId: () => string) {
  return {
    /** Everything that waits, in every place, at most 500 messages of each. */
    async list(): Promise<StoppedMessage[]> {
      const lists = await Promise.all(
        places.map((place) => withReceiver(client, place, (receiver) => peekAll(place, receiver))),
      );
      return lists.flat();
    },

    /**
     * Sends messages of one place once more, under the same logical id and creation time and a fresh broker id
     * (16), and completes each original after its copy was acknowledged. Of copies of one message one is sent.
     * @param wanted Logical ids; undefined: all, at most 500 messages
     */
    async replay(place: Place, wanted?: ReadonlySet<string>): Promise<Replayed[]> {
      const senders = new Map<string, ServiceBusSender>();
      try {
        return await withReceiver(client, place, (receiver) => replayFrom(place, receiver, wanted, senders));
      } finally {
        for (const sender of senders.values()) await sender.close();
      }
    },
  };

  async function replayFrom(
    place: Place,
    receiver: ServiceBusReceiver,
    wanted: ReadonlySet<string> | undefined,
    senders: Map<string, ServiceBusSender>,
  ): Promise<Replayed[]> {
    const replayed = new Map<string, Replayed>();
    const replayedAt = new Date(now()).toISOString();
    const passedOver: ServiceBusReceivedMessage[] = [];
    // Whatever is passed over counts a delivery: nothing more is received than has to be.
    const searching = (seen: number) => seen < most && (wanted === undefined || replayed.size < wanted.size);
    try {
      for (let seen = 0; searching(seen); ) {
        const messages = await receiver.receiveMessages(receiveAtOnce, { maxWaitTimeInMs: patience });
        if (messages.length === 0) break;
        seen += messages.length;
        for (const message of messages) {
          const logicalId = logicalIdOf(message);
          const to = place.replayTo ?? propertyOf(message, "quarantinedFrom");
          // It was sent by this very call and has come back meanwhile: no copy of the one that was sent, but its end.
          const isBack = replayed.has(logicalId) && propertyOf(message, "replayedAt") === replayedAt;
          if (to === "" || isBack || wanted?.has(logicalId) === false) {
            passedOver.push(message);
            continue;
          }
          if (!replayed.has(logicalId))
            await senderTo(to, senders).sendMessages(copyOf(message, to, replayedAt));
          await receiver.completeMessage(message);
          replayed.set(logicalId, { place: place.name, logicalId, to });
        }
      }
    } finally {
      for (const message of passedOver) await receiver.abandonMessage(message);
    }
    return [...replayed.values()];
  }

  function senderTo(queue: string, senders: Map<string, ServiceBusSender>): ServiceBusSender {
    const sender = senders.get(queue) ?? client.createSender(queue);
    senders.set(queue, sender);
    return sender;
  }

  function copyOf(message: ServiceBusReceivedMessage, to: string, replayedAt: string): ServiceBusMessage {
    const { body, subject, contentType, correlationId, sessionId } = message;
    const session = sessionId || propertyOf(message, "originalSessionId") || laneOfBody(message);
    return {
      body: bytesOf(body),
      messageId: newId(),
      ...(subject === undefined ? {} : { subject }),
      ...(contentType === undefined ? {} : { contentType }),
      ...(correlationId === undefined ? {} : { correlationId }),
      // Only the orders queue has sessions; elsewhere the id does no harm.
      ...(session === undefined || (to !== orders.name && sessionId === undefined)
        ? {}
        : { sessionId: session }),
      applicationProperties: { ...ownProperties(message), replayedAt },
    };
  }
}

async function withReceiver<T>(
  client: ServiceBusClient,
  place: Place,
  work: (receiver: ServiceBusReceiver) => Promise<T>,
) {
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

async function peekAll(place: Place, receiver: ServiceBusReceiver): Promise<StoppedMessage[]> {
  const found = new Map<string, StoppedMessage>();
  let from = Long.ZERO;
  for (let seen = 0; seen < most; ) {
    // From a given number: without one a peek goes on where this client's last peek of the entity ended.
    const messages = await receiver.peekMessages(100, { fromSequenceNumber: from });
    const last = messages.at(-1)?.sequenceNumber;
    if (last === undefined) break;
    from = last.add(1);
    seen += messages.length;
    for (const message of messages) {
      const shown = show(place, message);
      const copies = (found.get(shown.logicalId)?.copies ?? 0) + 1;
      found.set(shown.logicalId, { ...shown, copies });
    }
  }
  return [...found.values()];
}

function show(place: Place, message: ServiceBusReceivedMessage): StoppedMessage {
  const createdAt = propertyOf(message, "createdAt");
  return {
    place: place.name,
    logicalId: logicalIdOf(message),
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

/** A message that is none of ours has no logical id: its broker id has to do. */
const logicalIdOf = (message: ServiceBusReceivedMessage): string =>
  propertyOf(message, "logicalId") || String(message.messageId ?? message.sequenceNumber ?? "");

const propertyOf = (message: ServiceBusReceivedMessage, name: string): string =>
  String(message.applicationProperties?.[name] ?? "");

/** The properties that the message was sent with, without those of its stop. */
const ownProperties = (message: ServiceBusReceivedMessage): Record<string, string | number | boolean> =>
  Object.fromEntries(
    Object.entries(message.applicationProperties ?? {}).filter(
      (entry): entry is [string, string | number | boolean] =>
        !/^(quarantine[A-Z]|quarantined|original[MS]|DeadLetter)/.test(entry[0]) &&
        ["string", "number", "boolean"].includes(typeof entry[1]),
    ),
  );

/** A sender may have used another form than bytes, such as an AMQP value. */
const bytesOf = (body: unknown): Buffer =>
  body instanceof Uint8Array ? Buffer.from(body) : Buffer.from(JSON.stringify(body) ?? "");

function laneOfBody(message: ServiceBusReceivedMessage): string | undefined {
  try {
    const body: unknown = JSON.parse(bytesOf(message.body).toString("utf8"));
    if (typeof body === "object" && body !== null && "orderId" in body) return laneOf(String(body.orderId));
  } catch {
    // Not JSON: it has no order, so it goes without a lane, and comes back with a reason to read.
  }
  return undefined;
}
