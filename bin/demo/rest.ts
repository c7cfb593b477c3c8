import type { Bus, BusCounts } from "./bus.ts";
import type { StoreView } from "./store-view.ts";

export interface RestOptions {
  readonly bus: Pick<Bus, "count">;
  readonly store: Pick<StoreView, "unsent" | "handled">;
  readonly now: () => number;
  readonly sleep: (milliseconds: number) => Promise<unknown>;
  readonly onLook?: (look: Look) => void;
}

export interface Look extends BusCounts {
  readonly unsent: number;
  readonly handled: number;
}

export interface Rest {
  readonly look: Look;
  /** Whether nothing is under way; otherwise it just does not change any more. */
  readonly atRest: boolean;
}

const lookEvery = 250;
/**
 * Milliseconds without any change after which it is given up: more than a lock of a killed worker takes to expire
 * and the sweeper to come by after that.
 */
const stillWithin = 150_000;

/**
 * Waits until nothing is under way any more.
 *
 * Work is always visible in a queue or in the outbox: an outbox item is deleted after its messages are on the bus,
 * and a message is completed after its outbox item is stored. But it can move while one looks at both in turn. So
 * all must be empty twice in a row, and no message may have been handled in between: whatever moved unseen was.
 */
export async function untilAtRest(options: RestOptions): Promise<Rest> {
  const { now, sleep, onLook = () => {} } = options;
  let previous: Look | undefined;
  let changedAt = now();
  for (;;) {
    const look = await lookAt(options).catch((error: unknown) => {
      // A server may be down for a moment: what can't be seen is not at rest.
      if (now() - changedAt > stillWithin) throw error;
      return undefined;
    });
    if (look === undefined) {
      previous = undefined;
      await sleep(lookEvery);
      continue;
    }
    onLook(look);
    if (previous !== undefined && isEmpty(look) && isEmpty(previous) && look.handled === previous.handled) {
      return { look, atRest: true };
    }
    if (JSON.stringify(look) !== JSON.stringify(previous)) changedAt = now();
    if (now() - changedAt > stillWithin) return { look, atRest: false };
    previous = look;
    await sleep(lookEvery);
  }
}

const isEmpty = ({ waiting, unsent }: Look): boolean => waiting === 0 && unsent === 0;

async function lookAt({ bus, store }: RestOptions): Promise<Look> {
  const counts = await bus.count();
  return { ...counts, unsent: await store.unsent(), handled: await store.handled() };
}
