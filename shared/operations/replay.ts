import type {
  ServiceBusClient,
  ServiceBusMessage,
  ServiceBusReceivedMessage,
  ServiceBusReceiver,
  ServiceBusSender,
} from "@azure/service-bus";
import type { TraceContext } from "../exactly-once/contracts.ts";
import { silent, type Telemetry } from "../exactly-once/telemetry.ts";
import { quarantineQueue } from "../messaging/publisher.ts";
import type { Place } from "./places.ts";
import { logicalIdOf, propertyOf, renewed, replayCopy } from "./replay-copy.ts";
import { keyOf, most, peekAll, targetOf, withReceiver } from "./stopped-messages.ts";

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
  readonly telemetry?: Pick<Telemetry, "span">;
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
  { now, newId, telemetry = silent }: ReplayOptions,
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

  /** In the message's own conversation, as whatever the copy will cause. */
  function sendCopy(message: ServiceBusReceivedMessage, to: string): Promise<void> {
    const copy = replayCopy(message, to, newId(), mark);
    const attributes = {
      "messaging.destination.name": to,
      "messaging.message.id": String(copy.messageId),
      "pierogi.message.logical_id": logicalIdOf(message),
      "pierogi.message.type": message.subject ?? "",
      "pierogi.replay.from": place.name,
    };
    return telemetry.span(`replay ${to}`, attributes, () => send(to, copy), traceOf(message));
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
      if (!replayed.has(key)) await sendCopy(message, to);
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

const traceOf = (message: ServiceBusReceivedMessage): TraceContext => ({
  traceparent: propertyOf(message, "traceparent"),
  tracestate: propertyOf(message, "tracestate"),
});
