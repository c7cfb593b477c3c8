import type { DeadLetterReason, QueueContext } from "./context.ts";
import { BrokerError } from "./errors.ts";
import { createLane, type Entry, type Lane } from "./lane.ts";
import { createLifecycle } from "./lifecycle.ts";
import type { Consumer, Delivery, Draft, Message, MessageState, PropertyChanges } from "./message.ts";
import { createSessions, type Sessions } from "./sessions.ts";
import type { QueueSettings } from "./topology.ts";

/** A queue, a subscription, or the dead-letter queue of one. Methods throw `BrokerError`. */
export interface Queue extends Sessions {
  readonly address: string;
  readonly settings: QueueSettings;
  /** Where its dead letters go; a dead-letter queue has none. */
  readonly deadLetters: Queue | undefined;
  /** Stores a message, checked before. */
  enqueue(draft: Draft): Message;
  /** Puts back what storage kept. */
  restore(message: Message): void;
  /** Sequence numbers go on behind this one. */
  restoreCounter(lastSequence: number): void;
  addConsumer(consumer: Consumer): void;
  /** Delivers what the consumer's new credit allows. */
  resume(consumer: Consumer): void;
  /** The link is gone: its session is released, its message locks run out by themselves. */
  removeConsumer(consumer: Consumer): void;
  complete(token: string): void;
  abandon(token: string, changes: PropertyChanges): void;
  defer(token: string, changes: PropertyChanges): void;
  deadLetter(token: string, reason: DeadLetterReason): void;
  /** @returns The lock's new end. */
  renewLock(token: string): number;
  /** The message with this lock; undefined if the lock is lost. */
  lockedMessage(token: string): Message | undefined;
  /** Ends a lock before its time; that of a message in a session is the session's. */
  loseLock(token: string): void;
  /** Messages in sequence from the number `from`, whatever their state, without locking them. */
  peek(from: number, count: number, sessionId: string | undefined): readonly Message[];
  /** @param consumer In a queue with sessions: who must hold their session. */
  receiveDeferred(
    sequences: readonly number[],
    mode: Consumer["mode"],
    consumer: Consumer | undefined,
  ): readonly Delivery[];
  cancelScheduled(sequences: readonly number[]): void;
}

/** What makes dead letters of a queue's messages; undefined: they are dead letters already. */
export interface DeadLettering {
  readonly queue: Queue;
  move(message: Message, reason: DeadLetterReason): void;
}

/** Creates an empty queue. */
export function createQueue(
  context: QueueContext,
  settings: QueueSettings,
  address: string,
  deadLettering: DeadLettering | undefined,
): Queue {
  const { now } = context;
  let lastSequence = 0;

  const life = createLifecycle({
    context,
    settings,
    address,
    moveToDeadLetters: (message, reason) => deadLettering?.move(message, reason),
    changed: (lane) => {
      if (lane !== onlyLane) sessions.changed(lane);
    },
  });
  const onlyLane = createLane(undefined);
  const sessions = createSessions({
    context,
    settings,
    address,
    releaseLocked: life.releaseLocked,
    pump: life.pump,
  });
  const laneOf = (sessionId: string | undefined): Lane =>
    settings.requiresSession && sessionId !== undefined ? sessions.lane(sessionId) : onlyLane;

  /** Settles a locked message and lets its lane go on. */
  function settle(token: string, how: (entry: Entry) => void): void {
    const entry = life.locked(token);
    how(entry);
    life.pump(entry.lane);
  }

  function find(sequence: number, state: MessageState): Entry {
    const entry = life.entries.get(sequence);
    if (entry !== undefined && entry.message.state === state && entry.lock === undefined) return entry;
    throw new BrokerError(
      "message-not-found",
      `'${address}' has no ${state} message with the sequence number ${sequence}.`,
    );
  }

  return {
    ...sessions,
    address,
    settings,
    deadLetters: deadLettering?.queue,

    enqueue(draft) {
      lastSequence += 1;
      const at = now();
      const { scheduledFor = at, messageId, sessionId, deadLetterSource, content, changes } = draft;
      const scheduled = scheduledFor > at;
      const timeToLive = Math.min(draft.timeToLive ?? Number.POSITIVE_INFINITY, settings.defaultTimeToLive);
      const message: Message = {
        id: context.nextMessageId(),
        sequence: lastSequence,
        enqueuedSequence: draft.enqueuedSequence ?? lastSequence,
        enqueuedAt: at,
        expiresAt: Math.max(scheduledFor, at) + timeToLive,
        scheduledFor: scheduled ? scheduledFor : undefined,
        messageId,
        sessionId,
        deadLetterSource,
        content,
        changes,
        deliveryCount: 0,
        state: scheduled ? "scheduled" : "active",
      };
      context.journal.put(address, message);
      life.emit("enqueued", message, { message, state: message.state });
      life.admit(message, laneOf(sessionId));
      return message;
    },
    restore(message) {
      lastSequence = Math.max(lastSequence, message.sequence);
      life.emit("restored", message, { message, state: message.state });
      life.admit(message, laneOf(message.sessionId));
    },
    restoreCounter(sequence) {
      lastSequence = Math.max(lastSequence, sequence);
    },

    addConsumer(consumer) {
      if (settings.forwardTo !== undefined) {
        throw new BrokerError(
          "invalid-operation",
          `'${address}' forwards to '${settings.forwardTo}': receive from there.`,
        );
      }
      if (settings.requiresSession) {
        throw new BrokerError(
          "invalid-operation",
          `It is not possible for an entity that requires sessions to create a non-sessionful message receiver: '${address}'.`,
        );
      }
      onlyLane.consumers.push(consumer);
    },
    resume(consumer) {
      const lane = settings.requiresSession ? sessions.heldBy(consumer) : onlyLane;
      if (lane !== undefined) life.pump(lane);
    },
    removeConsumer(consumer) {
      onlyLane.consumers = onlyLane.consumers.filter((other) => other !== consumer);
      sessions.release(consumer);
    },

    complete: (token) =>
      settle(token, (entry) => {
        life.remove(entry);
        life.emit("completed", entry.message);
      }),
    abandon: (token, changes) =>
      settle(token, (entry) => {
        life.unlock(entry);
        life.change(entry, changes);
        life.emit("abandoned", entry.message);
        life.giveBack(entry);
      }),
    defer: (token, changes) =>
      settle(token, (entry) => {
        life.unlock(entry);
        entry.message.state = "deferred";
        life.change(entry, changes);
        life.emit("deferred", entry.message);
        life.giveBack(entry);
      }),
    deadLetter(token, reason) {
      if (deadLettering === undefined) {
        throw new BrokerError("invalid-operation", `The messages in '${address}' are dead letters already.`);
      }
      settle(token, (entry) => life.moveAway(entry, reason));
    },
    renewLock(token) {
      const entry = life.locked(token);
      if (settings.requiresSession) {
        throw new BrokerError(
          "invalid-operation",
          "A session's messages are locked with it: renew its lock.",
        );
      }
      const until = now() + settings.lockDuration;
      life.extend(entry, until);
      return until;
    },
    lockedMessage: (token) => life.find(token)?.message,
    loseLock(token) {
      const entry = life.find(token);
      if (entry === undefined) return;
      if (entry.lane.holder === undefined) life.expireLock(entry);
      else sessions.loseSession(entry.lane.sessionId ?? "");
    },

    peek(from, count, sessionId) {
      const found: Message[] = [];
      for (const { message } of life.entries.values()) {
        if (found.length >= count) break;
        if (message.sequence < from || message.expiresAt <= now()) continue;
        if (sessionId === undefined || message.sessionId === sessionId) found.push(message);
      }
      return found;
    },
    receiveDeferred(sequences, mode, consumer) {
      const found = sequences.map((sequence) => find(sequence, "deferred"));
      const stranger = found.find(
        ({ lane }) =>
          settings.requiresSession && (consumer === undefined || lane.holder?.consumer !== consumer),
      );
      if (stranger !== undefined) throw sessions.lockLost(stranger.lane.sessionId);
      return found.map((entry) => life.handOver(entry, mode));
    },
    cancelScheduled(sequences) {
      for (const entry of sequences.map((sequence) => find(sequence, "scheduled"))) {
        life.remove(entry);
        life.emit("cancelled", entry.message);
      }
    },
  };
}
