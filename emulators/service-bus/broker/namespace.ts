import type { DeadLetterReason, QueueContext } from "./context.ts";
import { createDeadlines } from "./deadlines.ts";
import { BrokerError, notFound } from "./errors.ts";
import type { BrokerEvent, Draft, Filterable, Journal, Message, PropertyChanges } from "./message.ts";
import { createQueue, type Queue } from "./queue.ts";
import { createRouter, type Topic } from "./routing.ts";
import type { QueueSettings, Topology } from "./topology.ts";

const DEAD_LETTERS = "/$deadletterqueue";

export interface NamespaceOptions {
  readonly topology: Topology;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  readonly newToken: () => string;
  readonly journal: Journal;
  emit(event: BrokerEvent): void;
  /** Reads from an encoded message what rules compare. */
  filterable(content: Uint8Array): Filterable;
}

/** What storage kept from before. */
export interface Stored {
  readonly messages: Iterable<{ readonly queue: string; readonly message: Message }>;
  readonly sessions: Iterable<{
    readonly queue: string;
    readonly sessionId: string;
    readonly state: Uint8Array;
  }>;
  /** The last sequence number that each queue ever gave. */
  readonly counters: Iterable<{ readonly queue: string; readonly lastSequence: number }>;
}

/** All entities, by address: `orders`, `events`, `events/subscriptions/billing`, `orders/$deadletterqueue`. */
export interface Namespace {
  /** @throws BrokerError entity-not-found, also for a topic: nothing can be received from one. */
  queue(address: string): Queue;
  /** Whether messages can be sent to the address. */
  isTarget(address: string): boolean;
  /** Accepts all messages or none. */
  send(address: string, drafts: readonly Draft[]): void;
  /** Accepts messages of a queue for later. @returns Their sequence numbers, with which they can be cancelled. */
  schedule(address: string, drafts: readonly Draft[]): readonly number[];
  cancelScheduled(address: string, sequences: readonly number[]): void;
  /** Puts back what storage kept; what belongs to entities that are no longer there stays in storage. */
  restore(stored: Stored): void;
  /** When `tick` should be called next; undefined: never. */
  nextDeadline(): number | undefined;
  /** Does what has become due: locks, expiry, schedules. */
  tick(): void;
}

/** Creates the broker's whole state: pure but for the clock and tokens passed in, and knowing no protocol. */
export function createNamespace(options: NamespaceOptions): Namespace {
  const { topology, now, newToken, journal, emit } = options;
  const deadlines = createDeadlines();
  const queues = new Map<string, Queue>();
  const topics = new Map<string, Topic>();
  const route = createRouter({ ...options, queues, topics });
  let lastId = 0;
  const nextMessageId = (): number => {
    lastId += 1;
    return lastId;
  };
  const context: QueueContext = { now, newToken, deadlines, journal, emit, nextMessageId };

  function addQueue(settings: QueueSettings, address: string): Queue {
    const deadLetters = createQueue(context, deadLetterSettings(settings), address + DEAD_LETTERS, undefined);
    const move = (message: Message, reason: DeadLetterReason): void => {
      const draft = deadLetter(message, reason);
      const { forwardDeadLetteredTo } = settings;
      if (forwardDeadLetteredTo === undefined) deadLetters.enqueue(draft);
      else route(forwardDeadLetteredTo, { ...draft, deadLetterSource: address }, deadLetters, 1);
    };
    const queue = createQueue(context, settings, address, { queue: deadLetters, move });
    queues.set(address, queue);
    queues.set(deadLetters.address, deadLetters);
    return queue;
  }

  for (const settings of topology.queues) addQueue(settings, settings.name.toLowerCase());
  for (const { name, defaultTimeToLive, subscriptions } of topology.topics) {
    const address = name.toLowerCase();
    topics.set(address, {
      defaultTimeToLive,
      subscriptions: subscriptions.map((settings) => ({
        settings,
        queue: addQueue(settings, `${address}/subscriptions/${settings.name.toLowerCase()}`),
      })),
    });
  }
  const targets = new Set([...topology.queues, ...topology.topics].map(({ name }) => name.toLowerCase()));

  function queueAt(address: string): Queue {
    const found = queues.get(address);
    if (found === undefined) throw notFound(address);
    return found;
  }

  function checkTarget(address: string, drafts: readonly Draft[]): void {
    if (!targets.has(address)) throw notFound(address);
    const needsSession = queues.get(address)?.settings.requiresSession === true;
    if (needsSession && drafts.some(({ sessionId }) => sessionId === undefined)) {
      throw new BrokerError(
        "invalid-operation",
        `The SessionId was not set on a message, and it cannot be sent to the entity '${address}'. Entities that have session support enabled can only receive messages that have the SessionId set to a valid value.`,
      );
    }
  }

  return {
    queue: queueAt,
    isTarget: (address) => targets.has(address),
    send(address, drafts) {
      checkTarget(address, drafts);
      for (const draft of drafts) route(address, draft);
    },
    schedule(address, drafts) {
      checkTarget(address, drafts);
      const queue = queues.get(address);
      if (queue === undefined || queue.settings.forwardTo !== undefined) {
        throw new BrokerError(
          "invalid-operation",
          `Messages to '${address}', a topic or forwarding queue, can't be scheduled with a sequence number here: send them with a scheduled enqueue time.`,
        );
      }
      return drafts.map((draft) => queue.enqueue(draft).sequence);
    },
    cancelScheduled: (address, sequences) => queueAt(address).cancelScheduled(sequences),
    restore({ counters, sessions, messages }) {
      for (const { queue, lastSequence } of counters) queues.get(queue)?.restoreCounter(lastSequence);
      for (const { queue, sessionId, state } of sessions) {
        queues.get(queue)?.restoreSessionState(sessionId, state);
      }
      const kept = [...messages];
      // First: a message whose deliveries are used up becomes a dead letter, with a new id, as it is restored.
      for (const { message } of kept) lastId = Math.max(lastId, message.id);
      for (const { queue: address, message } of kept) {
        const queue = queues.get(address);
        if (queue?.settings.forwardTo === undefined) queue?.restore(message);
        else {
          // The queue did not forward when the message came.
          journal.remove(message);
          route(address, { ...message, timeToLive: message.expiresAt - now() });
        }
      }
    },
    nextDeadline: () => deadlines.next(),
    tick: () => deadlines.run(now()),
  };
}

/** Dead letters wait without end, outside sessions. */
const deadLetterSettings = (settings: QueueSettings): QueueSettings => ({
  ...settings,
  requiresSession: false,
  maxDeliveryCount: Number.POSITIVE_INFINITY,
  defaultTimeToLive: Number.POSITIVE_INFINITY,
  forwardTo: undefined,
  forwardDeadLetteredTo: undefined,
});

const deadLetter = (message: Message, reason: DeadLetterReason): Draft => ({
  messageId: message.messageId,
  sessionId: message.sessionId,
  timeToLive: undefined,
  scheduledFor: undefined,
  content: message.content,
  changes: { ...message.changes, ...reason.changes, ...reasonChanges(reason) },
  enqueuedSequence: message.enqueuedSequence,
  deadLetterSource: message.deadLetterSource,
});

const reasonChanges = ({ reason, description }: DeadLetterReason): PropertyChanges => ({
  ...(reason === undefined ? {} : { DeadLetterReason: reason }),
  ...(description === undefined ? {} : { DeadLetterErrorDescription: description }),
});
