import { type ChangeFeedPullModelIterator, ChangeFeedStartFrom, type Container } from "@azure/cosmos";
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
  const start = async (): Promise<ChangeFeedStartFrom> => {
    const { ContinuationToken, FeedRange: range } = lease();
    if (ContinuationToken !== null) return ChangeFeedStartFrom.Continuation(ContinuationToken);
    // The client takes only a range that it made itself.
    const ranges = await container.getFeedRanges();
    const own = ranges.find(
      ({ minInclusive, maxExclusive }) => minInclusive === range.min && maxExclusive === range.max,
    );
    if (own === undefined)
      throw new Error(`The container was split: it has no range ${range.min} to ${range.max}`);
    return trigger.startFromBeginning ? ChangeFeedStartFrom.Beginning(own) : ChangeFeedStartFrom.Now(own);
  };
  const open = async (): Promise<ChangeFeedPullModelIterator<unknown>> =>
    container.items.getChangeFeedIterator<unknown>({
      changeFeedStartFrom: await start(),
      ...(trigger.maxItemsPerInvocation === undefined ? {} : { maxItemCount: trigger.maxItemsPerInvocation }),
    });
  return {
    async next() {
      try {
        iterator ??= await open();
        const page = await iterator.readNext();
        if (page.statusCode === 304 || page.count === 0) return undefined;
        return {
          documents: page.result as unknown as readonly unknown[],
          continuation: page.continuationToken,
        };
      } catch (error) {
        iterator = undefined;
        throw error;
      }
    },
  };
}
