import type { DatabaseSync } from "node:sqlite";
import { CosmosError } from "../errors.ts";

/** Writes that share one transaction, so that one wait for the disk serves all of them. */
export interface CommitGroup {
  /** Runs `work` atomically within the open transaction; if it throws, nothing of it remains. */
  atomically<T>(work: () => T): T;
  /** Runs an effect after the open transaction was committed, or at once if there is none. */
  afterCommit(effect: () => void): void;
  /**
   * Resolves when everything written so far is durable, which every answer waits for: a read must not tell of a
   * write that a crash could still undo. Throws 503 if the commit failed.
   */
  settled(): Promise<void>;
  /** Commits now. */
  flush(): void;
}

interface Pending {
  readonly promise: Promise<void>;
  resolve(): void;
  reject(error: Error): void;
  readonly effects: Array<() => void>;
}

/**
 * Collects the writes of one turn of the event loop into one transaction and commits it at the turn's end.
 * `undo` is called after a failed commit, to bring memory back to what the database holds.
 */
export function commitGroup(database: DatabaseSync, undo: () => void): CommitGroup {
  const begin = database.prepare("BEGIN IMMEDIATE");
  const commit = database.prepare("COMMIT");
  const rollback = database.prepare("ROLLBACK");
  const mark = database.prepare("SAVEPOINT request");
  const release = database.prepare("RELEASE request");
  const back = database.prepare("ROLLBACK TO request");
  let pending: Pending | undefined;

  const open = (): void => {
    if (pending !== undefined) return;
    begin.run();
    let resolve = (): void => {};
    let reject: (error: Error) => void = () => {};
    const promise = new Promise<void>((onResolve, onReject) => {
      resolve = onResolve;
      reject = onReject;
    });
    // Nobody may be waiting (a cleaner's write): then the failure is for nobody, too.
    promise.catch(() => {});
    pending = { promise, resolve, reject, effects: [] };
    setImmediate(flush);
  };

  const flush = (): void => {
    if (pending === undefined) return;
    const group = pending;
    pending = undefined;
    try {
      commit.run();
    } catch (cause) {
      if (database.isTransaction) rollback.run();
      undo();
      const reason = cause instanceof Error ? cause.message : String(cause);
      group.reject(
        new CosmosError(503, `The data could not be written: ${reason}. Nothing was changed.`, { cause }),
      );
      return;
    }
    group.resolve();
    for (const effect of group.effects) effect();
  };

  return {
    atomically(work) {
      open();
      mark.run();
      try {
        const result = work();
        release.run();
        return result;
      } catch (error) {
        back.run();
        release.run();
        throw error;
      }
    },
    afterCommit(effect) {
      if (pending === undefined) effect();
      else pending.effects.push(effect);
    },
    settled: () => pending?.promise ?? Promise.resolve(),
    flush,
  };
}
