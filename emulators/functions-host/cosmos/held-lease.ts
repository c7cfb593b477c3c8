import type { Lease } from "./lease.ts";
import type { LeaseStore } from "./lease-store.ts";

/** A lease that this instance holds: its writes go one after another, each on what is stored now. */
export interface HeldLease {
  readonly id: string;
  readonly current: Lease;
  /** @returns false when it is another's now. @throws what the store throws */
  renew(): Promise<boolean>;
  checkpoint(continuation: string): Promise<boolean>;
  release(): Promise<boolean>;
}

/** Takes a lease as it was listed. @returns undefined when another was faster */
export async function takeLease(
  store: LeaseStore,
  lease: Lease,
  owner: string,
  now: () => number,
): Promise<HeldLease | undefined> {
  const stamp = (): { timestamp: string } => ({ timestamp: new Date(now()).toISOString() });
  let current = await store.replace({ ...lease, Owner: owner, ...stamp() });
  if (current === undefined) return undefined;
  let held = current;
  let writing: Promise<unknown> = Promise.resolve();

  const update = async (change: Partial<Lease>): Promise<boolean> => {
    for (;;) {
      current = await store.replace({ ...held, ...change, ...stamp() });
      if (current !== undefined) {
        held = current;
        return true;
      }
      const stored = await store.read(held.id);
      if (stored === undefined || stored.Owner !== owner) return false;
      held = { ...stored };
    }
  };
  const inTurn = (change: Partial<Lease>): Promise<boolean> => {
    const result = writing.then(() => update(change));
    writing = result.catch(() => {});
    return result;
  };
  return {
    id: lease.id,
    get current() {
      return held;
    },
    renew: () => inTurn({}),
    checkpoint: (ContinuationToken) => inTurn({ ContinuationToken }),
    release: () => inTurn({ Owner: null }),
  };
}
