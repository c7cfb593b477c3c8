import type { Mode } from "../locks/modes.ts";
import type { Resource } from "../locks/owner.ts";

/**
 * Thrown by a statement that needs a lock which another transaction holds. The statement is undone, waits for the
 * lock, keeps the locks it has, and runs anew on what is committed by then: so nothing that it read before the wait
 * is relied on after it.
 */
export class LockConflict extends Error {
  readonly resource: Resource;
  readonly mode: Mode;
  /** Given back as soon as it is granted: the statement only had to wait for the other transaction's end. */
  readonly momentary: boolean;

  constructor(resource: Resource, mode: Mode, momentary: boolean) {
    super(`Needs lock ${mode}.`);
    this.resource = resource;
    this.mode = mode;
    this.momentary = momentary;
  }
}
