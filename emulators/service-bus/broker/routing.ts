import { notFound } from "./errors.ts";
import type { BrokerEvent, Draft, Filterable, PropertyChanges } from "./message.ts";
import type { Queue } from "./queue.ts";
import { anyMatches } from "./rules.ts";
import type { SubscriptionSettings } from "./topology.ts";

/** Azure's limit for chains of ForwardTo. */
const MAX_HOPS = 4;

export interface Topic {
  readonly defaultTimeToLive: number;
  readonly subscriptions: readonly { readonly settings: SubscriptionSettings; readonly queue: Queue }[];
}

/** The entities that messages move between, by address. */
export interface Entities {
  readonly queues: ReadonlyMap<string, Queue>;
  readonly topics: ReadonlyMap<string, Topic>;
}

interface Parts extends Entities {
  readonly now: () => number;
  emit(event: BrokerEvent): void;
  filterable(content: Uint8Array): Filterable;
}

/**
 * Brings a message to a queue, or through a topic's rules to its subscriptions, and on along ForwardTo.
 * @param undeliverable Where it becomes a dead letter if its target can't take it; undefined: the target's own.
 */
export type Route = (target: string, draft: Draft, undeliverable?: Queue, hops?: number) => void;

export function createRouter({ queues, topics, now, emit, filterable }: Parts): Route {
  const route: Route = (target, draft, undeliverable, hops = 0) => {
    const address = target.toLowerCase();
    const topic = topics.get(address);
    if (topic === undefined) {
      const queue = queues.get(address);
      if (queue === undefined) throw notFound(address);
      arrive(queue, draft, undeliverable ?? queue.deadLetters, hops);
      return;
    }
    const timeToLive = Math.min(draft.timeToLive ?? Number.POSITIVE_INFINITY, topic.defaultTimeToLive);
    const facts = withChanges(filterable(draft.content), draft.changes);
    const { messageId, sessionId } = draft;
    emit({ type: "published", at: now(), entity: address, messageId, sessionId, message: draft });
    for (const { settings, queue } of topic.subscriptions) {
      if (anyMatches(settings.rules, facts)) arrive(queue, { ...draft, timeToLive }, queue.deadLetters, hops);
    }
  };

  function arrive(queue: Queue, draft: Draft, undeliverable: Queue | undefined, hops: number): void {
    const { requiresSession, forwardTo } = queue.settings;
    const { messageId, sessionId } = draft;
    const refuse = (DeadLetterReason: string, DeadLetterErrorDescription: string): void => {
      const changes = { ...draft.changes, DeadLetterReason, DeadLetterErrorDescription };
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
      refuse("MaxTransferHopCountExceeded", `The message was forwarded ${MAX_HOPS} times, the limit.`);
    } else {
      emit({ type: "forwarded", at: now(), entity: queue.address, messageId, sessionId, to: forwardTo });
      route(forwardTo, draft, queue.deadLetters, hops + 1);
    }
  }

  return route;
}

const withChanges = (facts: Filterable, changes: PropertyChanges): Filterable => ({
  ...facts,
  properties: { ...facts.properties, ...changes },
});
