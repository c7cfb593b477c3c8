import type { Deadlines } from "./deadlines.ts";
import { BrokerError } from "./errors.ts";
import { createLane, type Entry, firstReady, type Lane, nextConsumer } from "./lane.ts";
import type {
  BrokerEvent,
  Consumer,
  Delivery,
  Draft,
  Journal,
  Message,
  MessageState,
  PropertyChanges,
} from "./message.ts";
import { createSessions, type Sessions } from "./sessions.ts";
import type { QueueSettings } from "./topology.ts";

/** What the namespace supplies to its queues. */
export interface QueueContext {
  readonly now: () => number;
  /** A lock token: 32 hexadecimal digits, never the same twice. */
  readonly newToken: () => string;
  readonly nextMessageId: () => number;
  readonly deadlines: Deadlines;
  readonly journal: Journal;
  emit(event: BrokerEvent): void;
}

export interface DeadLetterReason {
  readonly reason: string | undefined;
  readonly description: string | undefined;
  readonly changes?: PropertyChanges;
}

/** A queue, a subscription, or the dead-letter queue of one. Methods throw `BrokerError`. */
export interface Queue extends Sessions {
  readonly address: string;
  readonly settings: QueueSettings;
  /** Where its dead letters go; undefined in a dead-letter queue. */
  readonly deadLetters: Queue | undefined;
  /** Stores a message. @param origin The message it was, if it moved here from another queue. */
  enqueue(draft: Draft, origin?: Message, source?: string): Message;
  /** Puts back what storage kept. */
  restore(message: Message): void;
  restoreCounter(lastSequence: number): void;
  readonly lastSequence: number;
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
  /** Messages in sequence, whatever their state, without locking them. */
  peek(from: number, count: number, sessionId: string | undefined): readonly Message[];
  receiveDeferred(
    sequences: readonly number[],
    mode: Consumer["mode"],
    consumer: Consumer | undefined,
  ): readonly Delivery[];
  cancelScheduled(sequences: readonly number[]): void;
}

/** Creates an empty queue. */
export function createQueue(
  context: QueueContext,
  settings: QueueSettings,
  address: string,
  /** Stores a dead letter of this queue; undefined: this is a dead-letter queue. */
  moveToDeadLetters: ((message: Message, reason: DeadLetterReason) => void) | undefined,
  deadLetters: Queue | undefined,
): Queue {
  const { now, deadlines, journal } = context;
  const entries = new Map<number, Entry>();
  const locks = new Map<string, Entry>();
  let lastSequence = 0;

  const emit = (type: BrokerEvent["type"], message: Message, more: Partial<BrokerEvent> = {}): void => {
    context.emit({
      type,
      at: now(),
      entity: address,
      messageId: message.messageId,
      sequence: message.sequence,
      sessionId: message.sessionId,
      deliveryCount: message.deliveryCount,
      ...more,
    });
  };

  const onlyLane = createLane(undefined);
  const sessions = createSessions({ context, settings, address, releaseLocked, pump });
  const laneOf = (sessionId: string | undefined): Lane =>
    settings.requiresSession && sessionId !== undefined ? sessions.lane(sessionId) : onlyLane;

  function pump(lane: Lane): void {
    for (;;) {
      const entry = firstReady(lane);
      if (entry === undefined) break;
      if (entry.message.expiresAt <= now()) {
        expire(entry);
        continue;
      }
      const consumer = nextConsumer(lane);
      if (consumer === undefined) break;
      lane.ready.pop();
      entry.ready = false;
      consumer.credit -= 1;
      consumer.deliver(handOver(entry, consumer.mode));
    }
    if (lane.sessionId !== undefined) sessions.changed(lane);
  }

  function handOver(entry: Entry, mode: Consumer["mode"]): Delivery {
    const { message, lane } = entry;
    const delivery = { message, deliveryCount: message.deliveryCount, changes: message.changes };
    emit("delivered", message);
    if (mode === "receiveAndDelete") {
      remove(entry);
      emit("completed", message);
      return { ...delivery, lock: undefined };
    }
    message.deliveryCount += 1;
    journal.update(message);
    const token = context.newToken();
    const until = lane.holder?.until ?? now() + settings.lockDuration;
    entry.lock = { token, until: undefined, deadline: undefined };
    if (lane.holder === undefined) extend(entry, until);
    locks.set(token, entry);
    lane.locked.add(entry);
    return { ...delivery, lock: { token, until } };
  }

  function extend(entry: Entry, until: number): void {
    if (entry.lock === undefined) return;
    entry.lock.deadline?.cancel();
    entry.lock.until = until;
    entry.lock.deadline = deadlines.add(until, () => {
      unlock(entry);
      emit("lockExpired", entry.message);
      giveBack(entry);
      pump(entry.lane);
    });
  }

  function unlock(entry: Entry): void {
    if (entry.lock === undefined) return;
    locks.delete(entry.lock.token);
    entry.lock.deadline?.cancel();
    entry.lock = undefined;
    entry.lane.locked.delete(entry);
  }

  /** Makes an unlocked message available again, unless it is deferred or has had its deliveries or its time. */
  function giveBack(entry: Entry): void {
    const { message } = entry;
    if (message.expiresAt <= now()) {
      expire(entry);
    } else if (message.state === "deferred") {
      return;
    } else if (message.deliveryCount >= settings.maxDeliveryCount) {
      moveAway(entry, {
        reason: "MaxDeliveryCountExceeded",
        description: `Message could not be consumed after ${settings.maxDeliveryCount} delivery attempts.`,
      });
    } else {
      entry.ready = true;
      entry.lane.ready.push(entry);
    }
  }

  function releaseLocked(lane: Lane, counts: boolean): void {
    for (const entry of [...lane.locked]) {
      unlock(entry);
      if (counts) emit("lockExpired", entry.message);
      else {
        entry.message.deliveryCount -= 1;
        journal.update(entry.message);
      }
      giveBack(entry);
    }
  }

  function remove(entry: Entry): void {
    unlock(entry);
    entry.ready = false;
    entry.removed = true;
    entry.deadline?.cancel();
    entries.delete(entry.message.sequence);
    entry.lane.size -= 1;
    journal.remove(entry.message);
  }

  function moveAway(entry: Entry, reason: DeadLetterReason): void {
    remove(entry);
    emit("deadLettered", entry.message, reason.reason === undefined ? {} : { reason: reason.reason });
    moveToDeadLetters?.(entry.message, reason);
  }

  function expire(entry: Entry): void {
    if (entry.lock !== undefined) return;
    emit("expired", entry.message);
    if (settings.deadLetterOnExpiration) {
      moveAway(entry, {
        reason: "TTLExpiredException",
        description: "The message expired and was dead lettered.",
      });
    } else remove(entry);
    if (entry.lane.sessionId !== undefined) sessions.changed(entry.lane);
  }

  /** Makes the message known: available, or waiting for its time, or deferred. */
  function admit(message: Message): void {
    const lane = laneOf(message.sessionId);
    const entry: Entry = {
      message,
      lane,
      ready: false,
      removed: false,
      lock: undefined,
      deadline: undefined,
    };
    entries.set(message.sequence, entry);
    lane.size += 1;
    if (message.state === "scheduled" && message.scheduledFor !== undefined) {
      entry.deadline = deadlines.add(message.scheduledFor, () => {
        message.state = "active";
        journal.update(message);
        activate(entry);
      });
    } else activate(entry);
  }

  function activate(entry: Entry): void {
    const { message, lane } = entry;
    if (Number.isFinite(message.expiresAt))
      entry.deadline = deadlines.add(message.expiresAt, () => expire(entry));
    if (message.state !== "active") return;
    entry.ready = true;
    lane.ready.push(entry);
    pump(lane);
  }

  function locked(token: string): Entry {
    const entry = locks.get(token);
    const until = entry?.lane.holder?.until ?? entry?.lock?.until;
    if (entry !== undefined && until !== undefined && until > now()) return entry;
    throw settings.requiresSession
      ? new BrokerError("session-lock-lost", `The session lock of a message in '${address}' was lost.`)
      : new BrokerError(
          "message-lock-lost",
          `The lock supplied is invalid. Either the lock of the message in '${address}' expired, or the message was already settled.`,
        );
  }

  function change(entry: Entry, changes: PropertyChanges): void {
    entry.message.changes = { ...entry.message.changes, ...changes };
    journal.update(entry.message);
  }

  /** Settles a locked message and lets the lane go on. */
  function settle(token: string, how: (entry: Entry) => void): void {
    const entry = locked(token);
    how(entry);
    pump(entry.lane);
  }

  return {
    ...sessions,
    address,
    settings,
    deadLetters,
    get lastSequence() {
      return lastSequence;
    },

    enqueue(draft, origin, source) {
      lastSequence += 1;
      const at = now();
      const scheduled = draft.scheduledFor !== undefined && draft.scheduledFor > at;
      const start = scheduled ? (draft.scheduledFor ?? at) : at;
      const message: Message = {
        id: context.nextMessageId(),
        sequence: lastSequence,
        enqueuedSequence: origin?.enqueuedSequence ?? lastSequence,
        enqueuedAt: at,
        expiresAt: start + Math.min(draft.timeToLive ?? Number.POSITIVE_INFINITY, settings.defaultTimeToLive),
        scheduledFor: scheduled ? draft.scheduledFor : undefined,
        messageId: draft.messageId,
        sessionId: draft.sessionId,
        deadLetterSource: source ?? origin?.deadLetterSource,
        content: draft.content,
        changes: draft.changes,
        deliveryCount: 0,
        state: scheduled ? "scheduled" : "active",
      };
      journal.put(address, message);
      emit("enqueued", message);
      admit(message);
      return message;
    },

    restore(message) {
      lastSequence = Math.max(lastSequence, message.sequence);
      admit(message);
    },
    restoreCounter(sequence) {
      lastSequence = Math.max(lastSequence, sequence);
    },

    addConsumer(consumer) {
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
      if (lane !== undefined) pump(lane);
    },
    removeConsumer(consumer) {
      onlyLane.consumers = onlyLane.consumers.filter((other) => other !== consumer);
      sessions.release(consumer);
    },

    complete: (token) =>
      settle(token, (entry) => {
        remove(entry);
        emit("completed", entry.message);
      }),
    abandon: (token, changes) =>
      settle(token, (entry) => {
        unlock(entry);
        change(entry, changes);
        emit("abandoned", entry.message);
        giveBack(entry);
      }),
    defer: (token, changes) =>
      settle(token, (entry) => {
        unlock(entry);
        entry.message.state = "deferred";
        change(entry, changes);
        emit("deferred", entry.message);
        giveBack(entry);
      }),
    deadLetter(token, reason) {
      if (moveToDeadLetters === undefined) {
        throw new BrokerError(
          "invalid-operation",
          `'${address}' holds dead letters: they can't be dead-lettered again.`,
        );
      }
      settle(token, (entry) => moveAway(entry, reason));
    },
    renewLock(token) {
      const entry = locked(token);
      if (settings.requiresSession) {
        throw new BrokerError(
          "invalid-operation",
          "A message of a session is locked by its session: renew the session's lock.",
        );
      }
      const until = now() + settings.lockDuration;
      extend(entry, until);
      return until;
    },

    peek(from, count, sessionId) {
      const found: Message[] = [];
      for (const { message } of entries.values()) {
        if (found.length >= count) break;
        if (message.sequence < from || message.expiresAt <= now()) continue;
        if (sessionId === undefined || message.sessionId === sessionId) found.push(message);
      }
      return found;
    },
    receiveDeferred(sequences, mode, consumer) {
      const found = sequences.map((sequence) =>
        find(
          sequence,
          "deferred",
          (entry) => entry.lock === undefined && entry.lane.holder?.consumer === consumer,
        ),
      );
      return found.map((entry) => handOver(entry, mode));
    },
    cancelScheduled(sequences) {
      for (const entry of sequences.map((sequence) => find(sequence, "scheduled"))) remove(entry);
    },
  };

  function find(
    sequence: number,
    state: MessageState,
    accept: (entry: Entry) => boolean = () => true,
  ): Entry {
    const entry = entries.get(sequence);
    if (entry !== undefined && entry.message.state === state && accept(entry)) return entry;
    throw new BrokerError(
      "message-not-found",
      `'${address}' has no ${state} message with sequence number ${sequence}.`,
    );
  }
}
