import type { DeadLetterReason, QueueContext } from "./context.ts";
import { createDeadlines } from "./deadlines.ts";
import { BrokerError } from "./errors.ts";
import type { BrokerEvent, Draft, Filterable, Journal, Message, PropertyChanges } from "./message.ts";
import { createQueue, type Queue } from "./queue.ts";
import { anyMatches } from "./rules.ts";
import type { QueueSettings, SubscriptionSettings, Topology } from "./topology.ts";

const DEAD_LETTERS = "/$deadletterqueue";

/** Azure's limit for chains of ForwardTo. */
const MAX_HOPS = 4;

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

interface Topic {
  readonly defaultTimeToLive: number;
  readonly subscriptions: readonly { readonly settings: SubscriptionSettings; readonly queue: Queue }[];
}

/** Creates the broker's whole state: pure but for the clock and tokens passed in, and knowing no protocol. */
export function createNamespace(options: NamespaceOptions): Namespace {
  const { topology, now, newToken, journal, emit, filterable } = options;
  const deadlines = createDeadlines();
  const queues = new Map<string, Queue>();
  const topics = new Map<string, Topic>();
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

  /**
   * Brings a message to a queue, or through a topic's rules to its subscriptions, and on along ForwardTo.
   * @param undeliverable Where it becomes a dead letter if its target can't take it.
   */
  function route(target: string, draft: Draft, undeliverable: Queue | undefined, hops: number): void {
    const address = target.toLowerCase();
    const topic = topics.get(address);
    if (topic === undefined) {
      const queue = queueAt(address);
      arrive(queue, draft, undeliverable ?? queue.deadLetters, hops);
      return;
    }
    const timeToLive = Math.min(draft.timeToLive ?? Number.POSITIVE_INFINITY, topic.defaultTimeToLive);
    const facts = withChanges(filterable(draft.content), draft.changes);
    for (const { settings, queue } of topic.subscriptions) {
      if (anyMatches(settings.rules, facts)) arrive(queue, { ...draft, timeToLive }, queue.deadLetters, hops);
    }
  }

  function arrive(queue: Queue, draft: Draft, undeliverable: Queue | undefined, hops: number): void {
    const { requiresSession, forwardTo } = queue.settings;
    const { messageId, sessionId } = draft;
    const refuse = (reason: string, description: string): void => {
      const changes = { ...draft.changes, ...reasonChanges({ reason, description }) };
      undeliverable?.enqueue({ ...draft, changes });
    };
    if (requiresSession && sessionId === undefined) {
      refuse(
        "Session ID is null",
        `Session enabled entity '${queue.address}' doesn't allow a message whose session identifier is null.`,
      );
    } else if (forwardTo === undefined) {
      queue.enqueue(draft);
    } else if (hops >= MAX_HOPS) {
      refuse(
        "MaxTransferHopCountExceeded",
        `The message was forwarded ${MAX_HOPS} times, which is the limit.`,
      );
    } else {
      emit({ type: "forwarded", at: now(), entity: queue.address, messageId, sessionId, to: forwardTo });
      route(forwardTo, draft, queue.deadLetters, hops + 1);
    }
  }

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
      for (const draft of drafts) route(address, draft, undefined, 0);
    },
    schedule(address, drafts) {
      const queue = queueAt(address);
      checkTarget(address, drafts);
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
      for (const { queue, message } of kept) queues.get(queue)?.restore(message);
    },
    nextDeadline: () => deadlines.next(),
    tick: () => deadlines.run(now()),
  };
}

const notFound = (address: string): BrokerError =>
  new BrokerError("entity-not-found", `The messaging entity '${address}' could not be found.`);

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

const withChanges = (facts: Filterable, changes: PropertyChanges): Filterable => ({
  ...facts,
  properties: { ...facts.properties, ...changes },
});
