import type { Storage } from "./storage.ts";

/** Commits for many operations at once: all that happen in one turn of the event loop share a transaction. */
export interface GroupCommit {
  /** Resolves when everything done so far is durable. */
  committed(): Promise<void>;
  /** Commits now what waits. */
  flush(): void;
}

/** @param afterCommit Called after each commit, before those who waited for it go on. */
export function createGroupCommit(storage: Storage, afterCommit: () => void): GroupCommit {
  let waiting: { readonly promise: Promise<void>; readonly resolve: () => void } | undefined;

  // A commit that fails (a full disk) is thrown on the event loop's turn and ends the process: memory is then ahead
  // of the disk, nothing of it was acknowledged, and a restart goes on from what is durable.
  const flush = (): void => {
    const done = waiting;
    if (done === undefined) return;
    waiting = undefined;
    storage.commit();
    afterCommit();
    done.resolve();
  };

  return {
    flush,
    committed() {
      if (waiting === undefined) {
        waiting = Promise.withResolvers<void>();
        setImmediate(flush);
      }
      return waiting.promise;
    },
  };
}
