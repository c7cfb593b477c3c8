import type {
  ServiceBusClient,
  ServiceBusMessage,
  ServiceBusReceivedMessage,
  ServiceBusReceiver,
  ServiceBusSender,
} from "@azure/service-bus";
import { laneOf } from "../messaging/lane.ts";
import { quarantineQueue } from "../messaging/publisher.ts";
import { orders } from "../pierogi/orders.ts";
import type { Place } from "./places.ts";
import {
  bytesOf,
  keyOf,
  logicalIdOf,
  most,
  peekAll,
  propertyOf,
  targetOf,
  withReceiver,
} from "./stopped-messages.ts";

export interface Replayed {
  readonly place: string;
  readonly logicalId: string;
  readonly to: string;
}

export interface ReplayResult {
  readonly replayed: readonly Replayed[];
  /** Messages that could not be sent: they go on waiting. */
  readonly failed: readonly (Replayed & { readonly reason: string })[];
}

export interface ReplayOptions {
  /** Milliseconds since 1970. */
  readonly now: () => number;
  readonly newId: () => string;
}

const receiveAtOnce = 50;
/** How long a receiver waits for a message that may not be there, in milliseconds. */
const patience = 1000;
/** A queue dead-letters after ten deliveries: a message that was passed over so often gets a new life before. */
const tiredAfter = 8;

/**
 * Sends messages of one place once more, under the same logical id and creation time and a fresh broker id (16), and
 * completes each original after its copy was acknowledged. Of copies of one message for one endpoint one is sent.
 * @param wanted Logical ids; undefined: all, at most 500 messages
 */
export async function replay(
  client: ServiceBusClient,
  place: Place,
  wanted: ReadonlySet<string> | undefined,
  { now, newId }: ReplayOptions,
): Promise<ReplayResult> {
  /** Marks what this call sends, so that what comes back meanwhile is told from what was there. */
  const mark = { replayedAt: new Date(now()).toISOString(), replayId: newId() };
  const senders = new Map<string, ServiceBusSender>();
  const replayed = new Map<string, Replayed>();
  const failed = new Map<string, Replayed & { reason: string }>();

  const isWanted = (message: ServiceBusReceivedMessage): boolean =>
    wanted === undefined || wanted.has(logicalIdOf(message));

  function send(queue: string, message: ServiceBusMessage): Promise<void> {
    const sender = senders.get(queue) ?? client.createSender(queue);
    senders.set(queue, sender);
    return sender.sendMessages(message);
  }

  /** @returns whether it was handled; otherwise it must be given back */
  async function replayOne(
    receiver: ServiceBusReceiver,
    message: ServiceBusReceivedMessage,
  ): Promise<boolean> {
    const to = targetOf(place, message);
    const about = { place: place.name, logicalId: logicalIdOf(message), to };
    const key = keyOf(about);
    // It was sent by this very call and has come back meanwhile: no copy of the one that was sent, but its end.
    if (propertyOf(message, "replayId") === mark.replayId || !isWanted(message)) return false;
    try {
      if (to === "") throw new Error("nothing says which endpoint it was for");
      if (!replayed.has(key)) await send(to, copyOf(message, to, newId(), mark));
      replayed.set(key, about);
      await receiver.completeMessage(message);
      return true;
    } catch (error) {
      failed.set(key, { ...about, reason: error instanceof Error ? error.message : String(error) });
      return false;
    }
  }

  async function giveBack(receiver: ServiceBusReceiver, message: ServiceBusReceivedMessage): Promise<void> {
    if (place.name !== quarantineQueue || (message.deliveryCount ?? 0) < tiredAfter) {
      await receiver.abandonMessage(message);
      return;
    }
    await send(quarantineQueue, renewed(message, newId()));
    await receiver.completeMessage(message);
  }

  async function replayFrom(receiver: ServiceBusReceiver): Promise<void> {
    const passedOver: ServiceBusReceivedMessage[] = [];
    // Whatever is passed over counts a delivery: nothing more is received than has to be.
    let left = wanted === undefined ? most : (await peekAll(receiver)).filter(isWanted).length;
    try {
      for (let seen = 0; seen < most && left > 0; ) {
        const messages = await receiver.receiveMessages(receiveAtOnce, { maxWaitTimeInMs: patience });
        if (messages.length === 0) break;
        seen += messages.length;
        passedOver.push(...messages);
        for (const message of messages) {
          if (isWanted(message)) left -= 1;
          if (await replayOne(receiver, message)) passedOver.splice(passedOver.indexOf(message), 1);
        }
      }
    } finally {
      // One that can't be given back comes back when its lock has run out.
      for (const message of passedOver) await giveBack(receiver, message).catch(() => {});
    }
  }

  try {
    await withReceiver(client, place, replayFrom);
    return { replayed: [...replayed.values()], failed: [...failed.values()] };
  } finally {
    for (const sender of senders.values()) await sender.close();
  }
}

function copyOf(
  message: ServiceBusReceivedMessage,
  to: string,
  messageId: string,
  mark: Readonly<Record<string, string>>,
): ServiceBusMessage {
  const session = message.sessionId || propertyOf(message, "originalSessionId") || laneOfBody(message);
  return {
    ...contentOf(message, messageId),
    // Only the orders queue has sessions; elsewhere the id does no harm.
    ...(session === undefined || (to !== orders.name && message.sessionId === undefined)
      ? {}
      : { sessionId: session }),
    applicationProperties: { ...ownProperties(message), ...mark },
  };
}

/** The same message as it waits here, with no delivery counted. */
const renewed = (message: ServiceBusReceivedMessage, messageId: string): ServiceBusMessage => ({
  ...contentOf(message, messageId),
  applicationProperties: scalarsOf(message),
});

function contentOf(message: ServiceBusReceivedMessage, messageId: string): ServiceBusMessage {
  const { body, subject, contentType, correlationId } = message;
  return {
    body: bytesOf(body),
    messageId,
    ...(subject === undefined ? {} : { subject }),
    ...(contentType === undefined ? {} : { contentType }),
    ...(correlationId === undefined ? {} : { correlationId }),
  };
}

type Scalars = Record<string, string | number | boolean>;

const scalarsOf = (message: ServiceBusReceivedMessage): Scalars =>
  Object.fromEntries(
    Object.entries(message.applicationProperties ?? {}).filter(
      (entry): entry is [string, string | number | boolean] =>
        ["string", "number", "boolean"].includes(typeof entry[1]),
    ),
  );

/** The properties that the message was sent with, without those of its stop. */
const ownProperties = (message: ServiceBusReceivedMessage): Scalars =>
  Object.fromEntries(
    Object.entries(scalarsOf(message)).filter(
      ([name]) => !/^(quarantine[A-Z]|quarantined|original[MS]|DeadLetter)/.test(name),
    ),
  );

/** Everything about one order goes in its lane; a message that names no order goes where nothing waits behind it. */
function laneOfBody(message: ServiceBusReceivedMessage): string {
  let order: unknown;
  try {
    const body: unknown = JSON.parse(bytesOf(message.body).toString("utf8"));
    if (typeof body === "object" && body !== null && "orderId" in body) order = body.orderId;
  } catch {
    // Not JSON: it comes back with a reason to read.
  }
  return laneOf(String(order ?? logicalIdOf(message)));
}
