import type { Receive } from "../../shared/endpoints.ts";
import type { OutboxItem, OutboxRef, Outgoing, Publish, Store } from "../../shared/exactly-once/contracts.ts";
import type { Steps } from "../../shared/exactly-once/endpoint.ts";
import type { Retention } from "../../shared/exactly-once/guard.ts";
import type { SweepResult } from "../../shared/exactly-once/sweeper.ts";
import type { Memory } from "../../shared/stores/memory/memory.ts";
import type { StoreStep } from "../../shared/stores/steps.ts";

/** The HTTP entry's I/O steps. */
export interface Entry {
  readonly store: Pick<Store, "createRequest" | "request">;
  readonly publish: Publish;
}

export type Feed = (appeared: readonly (OutboxRef & Pick<OutboxItem, "storedAt">)[]) => Promise<void>;

export type Sweep = () => Promise<SweepResult>;

/**
 * Breaks what the program is given or what calls it; the program itself stays as it is. Each function takes the
 * right thing and returns a wrong one.
 */
export interface Sabotage {
  /** The I/O steps of endpoints. `store` is the whole store, of which they see a part. */
  steps?(steps: Steps, store: Store): Steps;
  entry?(entry: Entry): Entry;
  /** What a queue's trigger calls: the message is completed when it resolves. */
  receive?(receive: Receive): Receive;
  feed?(dispatch: Feed): Feed;
  sweep?(sweep: Sweep): Sweep;
  /** What an operator's replay sends. */
  replay?(copy: Outgoing): Outgoing;
  /** The settings that the program is started with. */
  readonly retention?: Partial<Retention>;
  /** The database itself; times in milliseconds since 1970. */
  database?<T>(memory: Memory, now: number, step: StoreStep, apply: () => T): T;
}

/** State that did not change is not written: its version stays. */
export const unchangedIsNotWritten: NonNullable<Sabotage["database"]> = (memory, _now, step, apply) => {
  if (step !== "commit") return apply();
  const before = new Map(memory.states);
  const result = apply();
  for (const [key, { state }] of memory.states) {
    const old = before.get(key);
    if (old !== undefined && JSON.stringify(old.state) === JSON.stringify(state)) memory.states.set(key, old);
  }
  return result;
};

/** What rule 7 allows where commits check a deadline: no guard, and no write of a state that did not change. */
export const withoutFence: Sabotage = {
  retention: { margin: Number.NEGATIVE_INFINITY },
  database: unchangedIsNotWritten,
};
