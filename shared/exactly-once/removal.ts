import type { OutboxRef, Surroundings } from "./contracts.ts";

export interface LazyRemoval {
  remove(refs: readonly OutboxRef[]): void;
  /** Resolves when everything given so far was tried. */
  flush(): Promise<void>;
}

/**
 * Collects removals and carries them out together: after `after` milliseconds, or as soon as there are `most`.
 * A removal that fails is reported and left: the sweeper sends the item once more, and its receivers know it (9).
 */
export function lazyRemoval(
  removeAll: (refs: readonly OutboxRef[]) => Promise<void>,
  failed: (error: unknown) => void,
  { sleep }: Pick<Surroundings, "sleep">,
  { after, most }: { after: number; most: number },
): LazyRemoval {
  let waiting: OutboxRef[] = [];
  let scheduled = false;
  const running = new Set<Promise<void>>();

  function carryOut(): void {
    const refs = waiting;
    waiting = [];
    if (refs.length === 0) return;
    const run = removeAll(refs)
      .catch(failed)
      .finally(() => running.delete(run));
    running.add(run);
  }

  return {
    remove(refs) {
      waiting.push(...refs);
      if (waiting.length >= most) return carryOut();
      if (scheduled) return;
      scheduled = true;
      sleep(after)
        .then(() => {
          // Before it is carried out: what comes from now on waits for a next time.
          scheduled = false;
          carryOut();
        })
        .catch(failed);
    },
    async flush() {
      carryOut();
      await Promise.all(running);
    },
  };
}
