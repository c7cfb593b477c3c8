import { createDeadlines } from "./deadlines.ts";
import { BrokerError } from "./errors.ts";
import type { BrokerEvent, Draft, Filterable, Journal, Message, PropertyChanges } from "./message.ts";
import { createQueue, type DeadLetterReason, type Queue, type QueueContext } from "./queue.ts";
import { anyMatches } from "./rules.ts";
import type { QueueSettings, SubscriptionSettings, Topology } from "./topology.ts";

export const DEAD_LETTER_SUFFIX = "/$deadletterqueue";

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

/** All entities, by address: `orders`, `events`, `events/subscriptions/billing`, `orders/$deadletterqueue`. */
export interface Namespace {
  /** @throws BrokerError entity-not-found, also for a topic: nothing can be received from one. */
  queue(address: string): Queue;
  queues(): Iterable<Queue>;
  /** Whether messages can be sent to the address. */
  isTarget(address: string): boolean;
  /** Accepts all messages or none. */
  send(address: string, drafts: readonly Draft[]): void;
  /** Accepts messages for later. @returns Their sequence numbers, with which they can be cancelled. */
  schedule(address: string, drafts: readonly Draft[]): readonly number[];
  cancelScheduled(address: string, sequences: readonly number[]): void;
  /** When `tick` should be called next; undefined: never. */
  nextDeadline(): number | undefined;
  /** Does what has become due: locks, expiry, schedules. */
  tick(): void;
  /** The next message's id must be above every id in storage. */
  restoreMessageIds(lastId: number): void;
}

interface Subscription {
  readonly settings: SubscriptionSettings;
  readonly address: string;
}

/** Creates the broker's whole state: pure but for the clock and tokens passed in, and knowing no protocol. */
export function createNamespace(options: NamespaceOptions): Namespace {
  const { topology, now, newToken, journal, emit, filterable } = options;
  const deadlines = createDeadlines();
  const queues = new Map<string, Queue>();
  const topics = new Map<
    string,
    { readonly defaultTimeToLive: number; readonly subscriptions: Subscription[] }
  >();
  let lastId = 0;
  const context: QueueContext = {
    now,
    newToken,
    deadlines,
    journal,
    emit,
    nextMessageId() {
      lastId += 1;
      return lastId;
    },
  };

  function addQueue(settings: QueueSettings, address: string): void {
    const deadLetters = createQueue(
      context,
      {
        ...settings,
        requiresSession: false,
        maxDeliveryCount: Number.POSITIVE_INFINITY,
        defaultTimeToLive: Number.POSITIVE_INFINITY,
        forwardTo: undefined,
        forwardDeadLetteredTo: undefined,
      },
      address + DEAD_LETTER_SUFFIX,
      undefined,
      undefined,
    );
    const moveToDeadLetters = (message: Message, reason: DeadLetterReason): void => {
      const draft = deadLetterDraft(message, reason);
      if (settings.forwardDeadLetteredTo === undefined) deadLetters.enqueue(draft, message);
      else route(settings.forwardDeadLetteredTo, draft, 1, message, deadLetters);
    };
    queues.set(address, createQueue(context, settings, address, moveToDeadLetters, deadLetters));
    queues.set(deadLetters.address, deadLetters);
  }

  for (const settings of topology.queues) addQueue(settings, settings.name.toLowerCase());
  for (const topic of topology.topics) {
    const address = topic.name.toLowerCase();
    const subscriptions = topic.subscriptions.map((settings) => ({
      settings,
      address: `${address}/subscriptions/${settings.name.toLowerCase()}`,
    }));
    topics.set(address, { defaultTimeToLive: topic.defaultTimeToLive, subscriptions });
    for (const { settings, address } of subscriptions) addQueue(settings, address);
  }

  /**
   * Brings a message to a queue or, through a topic's rules, to its subscriptions, and on along ForwardTo.
   * @param source Where a message that its target can't take becomes a dead letter; undefined: it was checked.
   */
  function route(target: string, draft: Draft, hops: number, origin?: Message, source?: Queue): void {
    const address = target.toLowerCase();
    const topic = topics.get(address);
    if (topic === undefined) {
      arrive(queue(address), draft, hops, origin, source);
      return;
    }
    const timeToLive = Math.min(draft.timeToLive ?? Number.POSITIVE_INFINITY, topic.defaultTimeToLive);
    const facts = withChanges(filterable(draft.content), draft.changes);
    for (const subscription of topic.subscriptions) {
      if (!anyMatches(subscription.settings.rules, facts)) continue;
      const receiver = queue(subscription.address);
      arrive(receiver, { ...draft, timeToLive }, hops, origin, receiver.deadLetters);
    }
  }

  function arrive(
    receiver: Queue,
    draft: Draft,
    hops: number,
    origin: Message | undefined,
    source?: Queue,
  ): void {
    const { settings } = receiver;
    const toDeadLetters = (reason: string, description: string): void => {
      (source ?? receiver.deadLetters ?? receiver).enqueue(
        {
          ...draft,
          changes: { ...draft.changes, ...reasonChanges({ reason, description }) },
          timeToLive: undefined,
        },
        origin,
      );
    };
    if (settings.requiresSession && draft.sessionId === undefined) {
      toDeadLetters(
        "Session ID is null",
        `Session enabled entity '${receiver.address}' doesn't allow a message whose session identifier is null.`,
      );
    } else if (settings.forwardTo === undefined) {
      receiver.enqueue(
        draft,
        origin,
        source !== undefined && origin !== undefined ? sourceName(source) : undefined,
      );
    } else if (hops >= MAX_HOPS) {
      toDeadLetters("MaxTransferHopCountExceeded", `The message was forwarded ${MAX_HOPS} times.`);
    } else {
      emit({
        type: "forwarded",
        at: now(),
        entity: receiver.address,
        messageId: draft.messageId,
        sessionId: draft.sessionId,
        to: settings.forwardTo,
      });
      route(settings.forwardTo, draft, hops + 1, origin, receiver.deadLetters);
    }
  }

  function queue(address: string): Queue {
    const found = queues.get(address);
    if (found !== undefined) return found;
    throw notFound(address);
  }

  const isTarget = (address: string): boolean =>
    topics.has(address) ||
    (queues.has(address) && !address.includes("/subscriptions/") && !address.endsWith(DEAD_LETTER_SUFFIX));

  function checkTarget(address: string, drafts: readonly Draft[]): void {
    if (!isTarget(address)) throw notFound(address);
    const needsSession = queues.get(address)?.settings.requiresSession === true;
    if (needsSession && drafts.some(({ sessionId }) => sessionId === undefined)) {
      throw new BrokerError(
        "invalid-operation",
        `The SessionId was not set on a message, and it cannot be sent to the entity '${address}'. Entities that have session support enabled can only receive messages that have the SessionId set to a valid value.`,
      );
    }
  }

  return {
    queue,
    queues: () => queues.values(),
    isTarget,
    send(address, drafts) {
      checkTarget(address, drafts);
      for (const draft of drafts) route(address, draft, 0);
    },
    schedule(address, drafts) {
      const target = queue(address);
      checkTarget(address, drafts);
      return drafts.map((draft) => target.enqueue(draft).sequence);
    },
    cancelScheduled: (address, sequences) => queue(address).cancelScheduled(sequences),
    nextDeadline: () => deadlines.next(),
    tick: () => deadlines.run(now()),
    restoreMessageIds(id) {
      lastId = Math.max(lastId, id);
    },
  };
}

const notFound = (address: string): BrokerError =>
  new BrokerError("entity-not-found", `The messaging entity '${address}' could not be found.`);

const sourceName = (deadLetters: Queue): string => deadLetters.address.slice(0, -DEAD_LETTER_SUFFIX.length);

const reasonChanges = ({ reason, description }: DeadLetterReason): PropertyChanges => ({
  ...(reason === undefined ? {} : { DeadLetterReason: reason }),
  ...(description === undefined ? {} : { DeadLetterErrorDescription: description }),
});

const deadLetterDraft = (message: Message, reason: DeadLetterReason): Draft => ({
  messageId: message.messageId,
  sessionId: message.sessionId,
  timeToLive: undefined,
  scheduledFor: undefined,
  content: message.content,
  changes: { ...message.changes, ...reason.changes, ...reasonChanges(reason) },
});

const withChanges = (facts: Filterable, changes: PropertyChanges): Filterable => ({
  ...facts,
  properties: { ...facts.properties, ...changes },
});
