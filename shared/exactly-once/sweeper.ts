import type { OutboxItem, Publish, Store, Surroundings } from "./contracts.ts";
import { dispatchItem } from "./dispatcher.ts";
import { PermanentError } from "./errors.ts";
import type { Telemetry } from "./telemetry.ts";

const pageSize = 100;

export interface SweepResult {
  readonly sent: number;
  /** Items that could not be sent and stay for the next sweep. */
  readonly left: number;
}

type Outbox = Pick<Store, "pending" | "remove">;

/**
 * Makes the sweeper: sends every item older than `grace` (milliseconds), whoever stored it and however its
 * endpoint ended (10). A destination that fails is not asked again in the same run, and holds up no other;
 * a store that fails makes the run fail, after the others were swept.
 */
export function sweeper(
  stores: readonly Outbox[],
  publish: Publish,
  { now }: Pick<Surroundings, "now">,
  telemetry: Telemetry,
  grace: number,
): (limits?: { forAtMost?: number }) => Promise<SweepResult> {
  return ({ forAtMost = Number.POSITIVE_INFINITY } = {}) =>
    telemetry.span("sweep", {}, () => sweep(forAtMost));

  async function sweep(forAtMost: number): Promise<SweepResult> {
    const startedAt = now();
    const young = { since: startedAt - grace, until: startedAt + grace };
    const failing = new Set<string>();
    let sent = 0;
    let left = 0;
    let oldestAge = 0;

    async function sweepItem(store: Outbox, item: OutboxItem): Promise<void> {
      const destinations = item.outgoing.map((message) => message.destination);
      if (destinations.some((destination) => failing.has(destination))) {
        left++;
        return;
      }
      try {
        await dispatchItem(store, publish, telemetry, item);
        sent++;
      } catch (error) {
        left++;
        // A permanent failure is this item's own; any other says that the way there is closed.
        if (!(error instanceof PermanentError))
          for (const destination of destinations) failing.add(destination);
        telemetry.failed(
          `sweep of ${item.aggregate.endpoint} ${item.messageId}: left for the next sweep`,
          error,
        );
      }
    }

    async function sweepStore(store: Outbox): Promise<void> {
      for await (const page of store.pending(young, pageSize)) {
        for (const item of page) {
          if (now() - startedAt >= forAtMost) return;
          oldestAge = Math.max(oldestAge, startedAt - item.storedAt);
          await sweepItem(store, item);
        }
      }
    }

    const swept = await Promise.allSettled(stores.map(sweepStore));
    const failed = swept.flatMap((result) => (result.status === "rejected" ? [result.reason] : []));
    if (failed.length > 0)
      throw failed.length === 1 ? failed[0] : new AggregateError(failed, "stores failed");
    telemetry.outbox(oldestAge, sent + left);
    return { sent, left };
  }
}
