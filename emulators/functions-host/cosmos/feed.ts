import {
  ChangeFeedStartFrom,
  type ChangeFeedPullModelIterator,
  type Container,
  type FeedRange,
} from "@azure/cosmos";
import type { CosmosDbTrigger } from "../config/bindings.ts";
import type { Lease } from "./lease.ts";

/** Documents that changed, and where to go on once they are handled. */
export interface Batch {
  readonly documents: readonly unknown[];
  readonly continuation: string;
}

export interface Feed {
  /** @returns undefined when there is nothing new. @throws what the client throws; the next call goes on from the last checkpoint */
  next(): Promise<Batch | undefined>;
}

/**
 * Reads a lease's range from its checkpoint. Before the first one that is the beginning or, as in the real
 * host, now: what changed between a first start and the first batch ever delivered is seen by nobody.
 */
export function openFeed(container: Container, trigger: CosmosDbTrigger, lease: () => Lease): Feed {
  let iterator: ChangeFeedPullModelIterator<unknown> | undefined;
  const open = (): ChangeFeedPullModelIterator<unknown> => {
    const { ContinuationToken, FeedRange: range } = lease();
    const feedRange: FeedRange = { minInclusive: range.min, maxExclusive: range.max };
    const start =
      ContinuationToken !== null
        ? ChangeFeedStartFrom.Continuation(ContinuationToken)
        : trigger.startFromBeginning
          ? ChangeFeedStartFrom.Beginning(feedRange)
          : ChangeFeedStartFrom.Now(feedRange);
    return container.items.getChangeFeedIterator<unknown>({
      changeFeedStartFrom: start,
      ...(trigger.maxItemsPerInvocation === undefined ? {} : { maxItemCount: trigger.maxItemsPerInvocation }),
    });
  };
  return {
    async next() {
      iterator ??= open();
      try {
        const page = await iterator.readNext();
        if (page.statusCode === 304 || page.count === 0) return undefined;
        return { documents: page.result as unknown as readonly unknown[], continuation: page.continuationToken };
      } catch (error) {
        iterator = undefined;
        throw error;
      }
    },
  };
}
