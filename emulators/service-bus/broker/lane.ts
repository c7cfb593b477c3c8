import type { Deadline } from "./deadlines.ts";
import { createHeap, type Heap } from "./heap.ts";
import type { Consumer, Message } from "./message.ts";

/** A message with what is only true while the server runs. */
export interface Entry {
  readonly message: Message;
  readonly lane: Lane;
  /** Available for delivery: in the lane's heap and not locked, deferred or scheduled. */
  ready: boolean;
  lock: Lock | undefined;
  /** Its expiry, or its activation while it is scheduled. */
  deadline: Deadline | undefined;
}

export interface Lock {
  readonly token: string;
  /** In a session the session's lock counts, and these two are undefined. */
  until: number | undefined;
  deadline: Deadline | undefined;
}

/**
 * One line of messages handed out in sequence. A queue without sessions has a single lane with many consumers;
 * a queue with sessions has one for each session, with at most one consumer: the holder of the session's lock.
 */
export interface Lane {
  readonly sessionId: string | undefined;
  readonly ready: Heap<Entry>;
  readonly locked: Set<Entry>;
  consumers: Consumer[];
  /** Messages in any state. */
  size: number;
  holder: SessionLock | undefined;
  state: Uint8Array | undefined;
}

export interface SessionLock {
  readonly consumer: Consumer;
  until: number;
  deadline: Deadline;
}

export const createLane = (sessionId: string | undefined): Lane => ({
  sessionId,
  ready: createHeap((a, b) => a.message.sequence < b.message.sequence),
  locked: new Set(),
  consumers: [],
  size: 0,
  holder: undefined,
  state: undefined,
});

/** The first ready entry, skipping those that were taken otherwise (expired, received by sequence). */
export function firstReady(lane: Lane): Entry | undefined {
  for (let entry = lane.ready.peek(); entry !== undefined; entry = lane.ready.peek()) {
    if (entry.ready) return entry;
    lane.ready.pop();
  }
  return undefined;
}

/** The next consumer with credit, in turn. */
export function nextConsumer(lane: Lane): Consumer | undefined {
  const index = lane.consumers.findIndex((consumer) => consumer.credit > 0);
  const consumer = lane.consumers[index];
  if (consumer === undefined || lane.consumers.length === 1) return consumer;
  lane.consumers.splice(index, 1);
  lane.consumers.push(consumer);
  return consumer;
}
