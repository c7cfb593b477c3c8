import type { BrokerEvent, Consumer, Delivery, Draft, Filterable, Journal, Message } from "./message.ts";
import { createNamespace, type Namespace, type Stored } from "./namespace.ts";
import type { QueueSettings, Topology } from "./topology.ts";

export const queueSettings = (name: string, more: Partial<QueueSettings> = {}): QueueSettings => ({
  name,
  lockDuration: 30_000,
  maxDeliveryCount: 3,
  defaultTimeToLive: 3_600_000,
  deadLetterOnExpiration: true,
  requiresSession: false,
  forwardTo: undefined,
  forwardDeadLetteredTo: undefined,
  ...more,
});

export const draft = (messageId: string, more: Partial<Draft> = {}): Draft => ({
  messageId,
  sessionId: undefined,
  timeToLive: undefined,
  scheduledFor: undefined,
  content: Buffer.from(messageId),
  changes: {},
  enqueuedSequence: undefined,
  deadLetterSource: undefined,
  ...more,
});

export const NO_FACTS: Filterable = {
  contentType: undefined,
  correlationId: undefined,
  label: undefined,
  messageId: undefined,
  replyTo: undefined,
  replyToSessionId: undefined,
  sessionId: undefined,
  to: undefined,
  properties: {},
};

/** A consumer that remembers what it got. */
export interface TestConsumer extends Consumer {
  readonly deliveries: Delivery[];
  lost: boolean;
}

export function createConsumer(credit: number, mode: Consumer["mode"] = "peekLock"): TestConsumer {
  const consumer: TestConsumer = {
    mode,
    credit,
    deliveries: [],
    lost: false,
    deliver: (delivery) => void consumer.deliveries.push(delivery),
    sessionLost() {
      consumer.lost = true;
    },
  };
  return consumer;
}

/** A journal that keeps what storage would have: copies, so that a change that is not told is not seen. */
export function createTestJournal(before?: Stored): Journal & { stored(): Stored } {
  const messages = new Map<number, { queue: string; message: Message }>();
  const sessions = new Map<string, { queue: string; sessionId: string; state: Uint8Array }>();
  const counters = new Map<string, number>();
  for (const kept of before?.messages ?? []) messages.set(kept.message.id, { ...kept });
  return {
    put(queue, message) {
      messages.set(message.id, { queue, message: { ...message } });
      counters.set(queue, message.sequence);
    },
    update(message) {
      const kept = messages.get(message.id);
      if (kept !== undefined) kept.message = { ...message };
    },
    remove: ({ id }) => void messages.delete(id),
    sessionState(queue, sessionId, state) {
      if (state === undefined) sessions.delete(`${queue} ${sessionId}`);
      else sessions.set(`${queue} ${sessionId}`, { queue, sessionId, state });
    },
    stored: () => ({
      messages: [...messages.values()].map(({ queue, message }) => ({ queue, message: { ...message } })),
      sessions: [...sessions.values()],
      counters: [...counters].map(([queue, lastSequence]) => ({ queue, lastSequence })),
    }),
  };
}

export interface TestBroker {
  readonly namespace: Namespace;
  readonly events: BrokerEvent[];
  now(): number;
  stored(): Stored;
  /** Moves the clock on and does what has become due, in order. */
  advance(milliseconds: number): void;
}

/** A broker on a clock of its own, which begins at `start` with what another left in storage. `filterable` reads the content as JSON. */
export function createBroker(topology: Topology, start = 1_000_000, before?: Stored): TestBroker {
  let clock = start;
  let tokens = 0;
  const events: BrokerEvent[] = [];
  const now = (): number => clock;
  const journal = createTestJournal(before);
  const namespace = createNamespace({
    topology,
    now,
    newToken: () => {
      tokens += 1;
      return String(tokens).padStart(32, "0");
    },
    journal,
    emit: (event) => void events.push(event),
    filterable: (content) => ({ ...NO_FACTS, label: Buffer.from(content).toString() }),
  });
  if (before !== undefined) namespace.restore(before);
  return {
    namespace,
    events,
    now,
    stored: journal.stored,
    advance(milliseconds) {
      const end = clock + milliseconds;
      for (let at = namespace.nextDeadline(); at !== undefined && at <= end; at = namespace.nextDeadline()) {
        clock = Math.max(clock, at);
        namespace.tick();
      }
      clock = end;
    },
  };
}
