import { createHeap } from "./heap.ts";

/** Something that happens at a time, unless cancelled. */
export interface Deadline {
  cancel(): void;
}

/** All of a broker's deadlines (locks, expiry, schedules) on one clock, without timers of its own. */
export interface Deadlines {
  /** Runs `action` in the first `run` at or after `at` (milliseconds since 1970). */
  add(at: number, action: () => void): Deadline;
  /** When `run` should be called next; undefined: never. */
  next(): number | undefined;
  run(now: number): void;
}

interface Entry extends Deadline {
  readonly at: number;
  readonly order: number;
  action: (() => void) | undefined;
}

/** Creates an empty set of deadlines. Those at the same time run in the order they were added. */
export function createDeadlines(): Deadlines {
  const heap = createHeap<Entry>((a, b) => a.at < b.at || (a.at === b.at && a.order < b.order));
  let order = 0;
  let cancelled = 0;

  /** Most deadlines are cancelled long before they are due (a completed message's expiry): drop them in bulk. */
  const compact = (): void => {
    if (cancelled < 1024 || cancelled < heap.size / 2) return;
    heap.retain((entry) => entry.action !== undefined);
    cancelled = 0;
  };
  const first = (): Entry | undefined => {
    for (let entry = heap.peek(); entry !== undefined; entry = heap.peek()) {
      if (entry.action !== undefined) return entry;
      heap.pop();
      cancelled -= 1;
    }
    return undefined;
  };

  return {
    add(at, action) {
      const entry: Entry = {
        at,
        order,
        action,
        cancel() {
          if (entry.action === undefined) return;
          entry.action = undefined;
          cancelled += 1;
          compact();
        },
      };
      order += 1;
      heap.push(entry);
      return entry;
    },
    next: () => first()?.at,
    run(now) {
      for (let entry = first(); entry !== undefined && entry.at <= now; entry = first()) {
        heap.pop();
        const { action } = entry;
        entry.action = undefined;
        action?.();
      }
    },
  };
}
