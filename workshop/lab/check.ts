import type { Firing, RuleInput } from "../../emulators/faults/index.ts";
import type { TraceStep } from "./trace.ts";

/** Something that an exercise asks of the attendee's code. */
export interface Check {
  /** Reads like the requirement. */
  readonly name: string;
  /** The last exercise that runs it: the proof of an anomaly is no longer true when it is cured. */
  readonly until?: number;
  /** @throws CheckFailure */
  run(lab: CheckLab): Promise<void>;
}

/** What a check works with; the servers stay the same, so every check takes orders of its own. */
export interface CheckLab {
  /** An order with an id that nobody had. */
  order(): OrderLab;
  /** Faults of this check alone, before those of the app's plan; each must strike, or the check fails. Sent before anything else. */
  faults(...rules: readonly RuleInput[]): Promise<void>;
  /** What has struck since the check began, first to last. */
  readonly firings: readonly Firing[];
  /** Resolves when no message waits and no function runs. @throws CheckFailure after ten seconds */
  rest(): Promise<void>;
}

export interface CommandOptions {
  /** A new one by default: the same id is the same wish. */
  readonly id?: string;
  /** How often it is sent; 1 by default. */
  readonly copies?: number;
}

/** One order as its customer and the facilitator see it. */
export interface OrderLab {
  readonly id: string;
  /** Sends the command as the customer's device does. @returns its id, when the broker has it */
  addItem(filling: string, options?: CommandOptions): Promise<string>;
  removeItem(filling: string, options?: CommandOptions): Promise<string>;
  /** The documents as they are stored; undefined if there is none. */
  order(): Promise<Document | undefined>;
  billing(): Promise<Document | undefined>;
  marketing(): Promise<Document | undefined>;
  /**
   * Resolves when what has happened to it is such.
   * @param what it is waited for, for the message: "the first copy is done"
   * @throws CheckFailure after ten seconds
   */
  until(areSuch: (trace: readonly TraceStep[]) => boolean, what: string): Promise<void>;
  /** What has happened to it so far. */
  readonly trace: readonly TraceStep[];
}

export type Document = Readonly<Record<string, unknown>>;

/** Why a check failed, in the story's words. */
export class CheckFailure extends Error {
  override name = "CheckFailure";
}

/** @param more `until`: the last exercise that runs it */
export const check = (
  name: string,
  run: (lab: CheckLab) => Promise<void>,
  more: { readonly until?: number } = {},
): Check => ({ name, run, ...more });

/** Ends a check: "expected 1 Spinach, got 2". */
export function fail(message: string): never {
  throw new CheckFailure(message);
}
