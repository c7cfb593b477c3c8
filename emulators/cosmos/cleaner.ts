import type { CosmosEvent } from "./events.ts";
import { type Account, secondOf } from "./operations/operation.ts";

const INTERVAL_MS = 5_000;
/** Few enough that requests do not wait for it. */
const MOST_AT_ONCE = 500;

/** Removes what has expired (it is hidden already) from time to time, a limited number at once. */
export function startCleaner(account: Account): { stop(): void } {
  const timer = setInterval(() => {
    try {
      removeExpired(account);
    } catch {
      // A full disk, perhaps. What expired stays hidden, and the next turn tries again.
    }
  }, INTERVAL_MS);
  timer.unref();
  return { stop: () => clearInterval(timer) };
}

/** Removes at most one portion of expired items; returns how many. */
export function removeExpired(account: Account): number {
  const { store } = account;
  const removed = store.atomically(() => store.items.removeExpired(secondOf(account), MOST_AT_ONCE));
  if (removed.length === 0) return 0;
  const names = new Map(
    [...store.catalog.databases()].flatMap(({ id, containers }) =>
      [...containers.values()].map(
        (container) => [container.key, { database: id, container: container.id }] as const,
      ),
    ),
  );
  for (const { container, pk: partitionKey, id } of removed) {
    const place = names.get(container);
    if (place === undefined) continue;
    const event: CosmosEvent = { type: "expired", ...place, partitionKey, id };
    store.afterCommit(() => account.emit(event));
  }
  return removed.length;
}
