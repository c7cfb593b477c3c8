import type { FaultKind } from "../setup.ts";
import type { State } from "../state.ts";

/** Who acts. */
export type Role = "Client" | "Broker" | "Handler" | "Database" | "Dispatcher" | "Clock" | "Operator";

export type Act =
  | "send"
  | "deliver"
  | "hold"
  | "release"
  | "lose the lock"
  | "read"
  | "save"
  | "write the record"
  | "publish"
  | "delete the item"
  | "quarantine"
  | "complete"
  | "crash"
  | "pick"
  | "tick"
  | "forget"
  | "replay";

/** One step that somebody can take, and the state after it. */
export interface Move {
  readonly role: Role;
  readonly act: Act;
  readonly endpoint: number;
  /** The handler, or `dispatcher`. */
  readonly worker: number;
  readonly message: number;
  /** The copy's number, where it is one copy that moves; otherwise 0. */
  readonly copy: number;
  /** For a worker: the steps (bits) that it takes, or before which it crashes. */
  readonly steps: number;
  /** For a send: which of the command's random ids. */
  readonly variant: number;
  /** What the clock of the one who acts shows, where clocks may differ. */
  readonly clock: number | undefined;
  /** How it went, where it could have gone another way. */
  readonly outcome: Outcome;
  readonly fault: FaultKind | undefined;
  /** Needed for rest: without them the system would wait for ever. Time, forgetting and the operator are not. */
  readonly progress: boolean;
  readonly next: State;
}

export type Outcome =
  | ""
  | "new"
  | "copy"
  | "too old"
  | "conflict"
  | "duplicate"
  | "expired"
  | "refused"
  | "item"
  | "record";

export const dispatcher = -1;

/** What a move says of itself, beside who does what. */
export type Details = {
  readonly [Key in Exclude<keyof Move, "role" | "act" | "next">]?: Move[Key] | undefined;
};

/** A move; a fault makes no progress. */
export function move(role: Role, act: Act, next: State, details: Details): Move {
  const { endpoint = 0, worker = 0, message = 0, copy = 0, steps = 0, variant = 0, outcome = "" } = details;
  const { clock, fault, progress = fault === undefined } = details;
  return {
    role,
    act,
    endpoint,
    worker,
    message,
    copy,
    steps,
    variant,
    clock,
    outcome,
    fault,
    progress,
    next,
  };
}
