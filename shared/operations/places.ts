import { quarantineQueue } from "../messaging/publisher.ts";
import { billing } from "../pierogi/billing.ts";
import { marketing } from "../pierogi/marketing.ts";
import { orders } from "../pierogi/orders.ts";
import { topic } from "../pierogi/routes.ts";

/** A place where messages wait for an operator. */
export interface Place {
  /** Its path on Service Bus, as shown to and named by an operator. */
  readonly name: string;
  readonly entity: { readonly queue: string } | { readonly topic: string; readonly subscription: string };
  readonly deadLetter: boolean;
  /** The queue that a replay sends to; undefined: the message itself says where it came from. */
  readonly replayTo?: string;
}

const endpoints = [orders.name, billing.name, marketing.name];

/**
 * Quarantine, and every dead-letter queue. A subscription's dead letters are replayed into its endpoint's queue:
 * through the topic other endpoints would hear them again.
 */
export const places: readonly Place[] = [
  { name: quarantineQueue, entity: { queue: quarantineQueue }, deadLetter: false },
  { name: `${quarantineQueue}/$deadletterqueue`, entity: { queue: quarantineQueue }, deadLetter: true },
  ...endpoints.map((queue) => ({
    name: `${queue}/$deadletterqueue`,
    entity: { queue },
    deadLetter: true,
    replayTo: queue,
  })),
  ...endpoints.map((subscription) => ({
    name: `${topic}/subscriptions/${subscription}/$deadletterqueue`,
    entity: { topic, subscription },
    deadLetter: true,
    replayTo: subscription,
  })),
];
