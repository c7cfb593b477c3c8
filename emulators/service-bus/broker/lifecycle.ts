import type { DeadLetterReason, QueueContext } from "./context.ts";
import { BrokerError } from "./errors.ts";
import { type Entry, firstReady, type Lane, nextConsumer } from "./lane.ts";
import type { BrokerEvent, Consumer, Delivery, Message, PropertyChanges } from "./message.ts";
import type { QueueSettings } from "./topology.ts";

/** A message's way through one queue: admitted, ready, handed over, settled or given back, gone. */
export interface Lifecycle {
  /** By sequence number, which is also their order. */
  readonly entries: ReadonlyMap<number, Entry>;
  admit(message: Message, lane: Lane): void;
  /** Hands out what is ready to consumers with credit. */
  pump(lane: Lane): void;
  /** Locks the message, or removes it in receive-and-delete mode. */
  handOver(entry: Entry, mode: Consumer["mode"]): Delivery;
  /** The message with this lock. @throws BrokerError if the lock is lost. */
  locked(token: string): Entry;
  /** The message with this lock; undefined if the lock is lost. */
  find(token: string): Entry | undefined;
  /** Ends the lock of a message outside sessions before its time. */
  expireLock(entry: Entry): void;
  /** Sets a new end to the lock of a message outside sessions. */
  extend(entry: Entry, until: number): void;
  unlock(entry: Entry): void;
  /** Makes an unlocked message available again, unless it is deferred or has had its deliveries or its time. */
  giveBack(entry: Entry): void;
  /** Gives back all that is locked in the lane. @param counts Whether it counts as a delivery. */
  releaseLocked(lane: Lane, counts: boolean): void;
  change(entry: Entry, changes: PropertyChanges): void;
  remove(entry: Entry): void;
  /** Makes the message a dead letter. */
  moveAway(entry: Entry, reason: DeadLetterReason): void;
  emit(type: BrokerEvent["type"], message: Message, more?: Partial<BrokerEvent>): void;
}

interface Parts {
  readonly context: QueueContext;
  readonly settings: QueueSettings;
  readonly address: string;
  moveToDeadLetters(message: Message, reason: DeadLetterReason): void;
  /** The lane's messages changed. */
  changed(lane: Lane): void;
}

export function createLifecycle({
  context,
  settings,
  address,
  moveToDeadLetters,
  changed,
}: Parts): Lifecycle {
  const { now, deadlines, journal } = context;
  const entries = new Map<number, Entry>();
  const locks = new Map<string, Entry>();

  function emit(type: BrokerEvent["type"], message: Message, more?: Partial<BrokerEvent>): void {
    const { messageId, sequence, sessionId, deliveryCount } = message;
    const about = { messageId, sequence, sessionId, deliveryCount };
    context.emit({ type, at: now(), entity: address, ...about, ...more });
  }

  function admit(message: Message, lane: Lane): void {
    const entry: Entry = { message, lane, ready: false, lock: undefined, deadline: undefined };
    entries.set(message.sequence, entry);
    lane.size += 1;
    if (message.state !== "scheduled" || message.scheduledFor === undefined) {
      activate(entry);
      return;
    }
    entry.deadline = deadlines.add(message.scheduledFor, () => {
      message.state = "active";
      journal.update(message);
      activate(entry);
    });
  }

  function activate(entry: Entry): void {
    const { message, lane } = entry;
    if (Number.isFinite(message.expiresAt)) {
      entry.deadline = deadlines.add(message.expiresAt, () => expire(entry));
    }
    giveBack(entry);
    pump(lane);
  }

  function pump(lane: Lane): void {
    for (let entry = firstReady(lane); entry !== undefined; entry = firstReady(lane)) {
      if (entry.message.expiresAt <= now()) {
        expire(entry);
        continue;
      }
      const consumer = nextConsumer(lane);
      if (consumer === undefined) break;
      consumer.credit -= 1;
      consumer.deliver(handOver(entry, consumer.mode));
    }
    changed(lane);
  }

  function handOver(entry: Entry, mode: Consumer["mode"]): Delivery {
    const { message, lane } = entry;
    const { deliveryCount, changes } = message;
    entry.ready = false;
    emit("delivered", message);
    if (mode === "receiveAndDelete") {
      remove(entry);
      emit("completed", message);
      return { message, deliveryCount, changes, lock: undefined };
    }
    message.deliveryCount += 1;
    journal.update(message);
    const token = context.newToken();
    const until = lane.holder?.until ?? now() + settings.lockDuration;
    entry.lock = { token, until: undefined, deadline: undefined };
    if (lane.holder === undefined) extend(entry, until);
    locks.set(token, entry);
    lane.locked.add(entry);
    return { message, deliveryCount, changes, lock: { token, until } };
  }

  function locked(token: string): Entry {
    const entry = locks.get(token);
    const until = entry?.lane.holder?.until ?? entry?.lock?.until;
    if (entry !== undefined && until !== undefined && until > now()) return entry;
    throw settings.requiresSession
      ? new BrokerError("session-lock-lost", `The session lock of a message in '${address}' was lost.`)
      : new BrokerError(
          "message-lock-lost",
          `The lock supplied is invalid: the lock of the message in '${address}' expired, or the message was settled before.`,
        );
  }

  function extend(entry: Entry, until: number): void {
    if (entry.lock === undefined) return;
    entry.lock.deadline?.cancel();
    entry.lock.until = until;
    entry.lock.deadline = deadlines.add(until, () => expireLock(entry));
  }

  function expireLock(entry: Entry): void {
    unlock(entry);
    emit("lockExpired", entry.message);
    giveBack(entry);
    pump(entry.lane);
  }

  function unlock(entry: Entry): void {
    if (entry.lock === undefined) return;
    locks.delete(entry.lock.token);
    entry.lock.deadline?.cancel();
    entry.lock = undefined;
    entry.lane.locked.delete(entry);
  }

  function giveBack(entry: Entry): void {
    const { message } = entry;
    if (message.expiresAt <= now()) expire(entry);
    else if (message.state === "deferred") return;
    else if (message.deliveryCount < settings.maxDeliveryCount) {
      entry.ready = true;
      entry.lane.ready.push(entry);
    } else {
      moveAway(entry, {
        reason: "MaxDeliveryCountExceeded",
        description: `Message could not be consumed after ${settings.maxDeliveryCount} delivery attempts.`,
      });
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

  function expire(entry: Entry): void {
    if (entry.lock !== undefined) return;
    emit("expired", entry.message);
    if (settings.deadLetterOnExpiration) {
      moveAway(entry, {
        reason: "TTLExpiredException",
        description: "The message expired and was dead lettered.",
      });
    } else remove(entry);
    changed(entry.lane);
  }

  function change(entry: Entry, changes: PropertyChanges): void {
    entry.message.changes = { ...entry.message.changes, ...changes };
    journal.update(entry.message);
  }

  function remove(entry: Entry): void {
    unlock(entry);
    entry.ready = false;
    entry.deadline?.cancel();
    entries.delete(entry.message.sequence);
    entry.lane.size -= 1;
    journal.remove(entry.message);
  }

  function moveAway(entry: Entry, reason: DeadLetterReason): void {
    remove(entry);
    emit("deadLettered", entry.message, { reason: reason.reason });
    moveToDeadLetters(entry.message, reason);
  }

  return {
    entries,
    admit,
    pump,
    handOver,
    locked,
    find: (token) => locks.get(token),
    expireLock,
    extend,
    unlock,
    giveBack,
    releaseLocked,
    change,
    remove,
    moveAway,
    emit,
  };
}
