import type { Mode } from "./modes.ts";

/** What holds locks: a transaction. */
export interface Owner {
  /** The session's number, which messages name. */
  readonly spid: number;
  /** Deadlock priority, -10 to 10: the lowest is the victim. */
  readonly priority: number;
  /** Rows written: of equal priorities the cheapest to undo is the victim. */
  cost(): number;
  /** What it holds. Kept by the lock manager. */
  readonly held: Map<Resource, Mode>;
}

/** A row's slot, or the name of a key, a table or an application resource. */
export type Resource = object | string;

/** Something a statement waits for; `cancel` ends the waiting with the error. */
export interface Wait {
  readonly promise: Promise<unknown>;
  cancel(error: Error): void;
}

export interface Waiter {
  readonly owner: Owner;
  readonly resource: Resource;
  readonly mode: Mode;
  readonly grant: () => void;
  readonly fail: (error: Error) => void;
}

export interface LockManager {
  /** Takes the lock if that needs no waiting. */
  tryAcquire(owner: Owner, resource: Resource, mode: Mode): boolean;
  /**
   * Takes the lock at once (undefined), or gives what to wait for. It fails with 1222 after `timeout` ms (Infinity:
   * never; 0: at once), and with 1205 in the transaction that a deadlock chooses.
   */
  acquire(owner: Owner, resource: Resource, mode: Mode, timeout: number): Wait | undefined;
  /** Gives one lock back, to the mode that was held before. */
  restore(owner: Owner, resource: Resource, before: Mode | undefined): void;
  releaseAll(owner: Owner): void;
  /** Whether anybody holds or awaits the resource. */
  isUsed(resource: Resource): boolean;
  /** Waiters and held resources, for tests of leaks. */
  counts(): { resources: number; waiting: number };
}
