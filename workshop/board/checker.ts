import { type Invariant, type Progress, type Setup, search, sentenceOf } from "../../model/index.ts";

/** What the checker is asked: does any schedule with so many failures break a promise? */
export interface Question {
  readonly setup: Setup;
  readonly faults: number;
  readonly promises: readonly Invariant[] | undefined;
}

export type Answer =
  | { readonly verdict: "holds"; readonly faults: number; readonly states: number }
  | {
      readonly verdict: "broken";
      readonly faults: number;
      readonly states: number;
      /** The model's sentences, one a move. */
      readonly schedule: readonly string[];
    }
  /** `bound`: no schedule with so many failures breaks a promise; -1: not even those without one are decided. */
  | { readonly verdict: "undecided"; readonly bound: number; readonly states: number };

/** What the worker says. */
export type Report =
  | { readonly progress: Progress }
  | { readonly answer: Answer }
  | { readonly error: string };

/** About 300 MB in the larger situations. */
export const limit = 2_000_000;

/** States between two reports of progress: several a second. */
const every = 5_000;

/** Looks for an answer; each turn reports how far it is. */
export function* ask(question: Question): Generator<Progress, Answer> {
  const { setup, faults, promises } = question;
  const verdict = yield* search(setup, { faults, invariants: promises, limit, every });
  const { states, bound, counterexample } = verdict;
  if (counterexample !== undefined) {
    const schedule = counterexample.moves.map((move) => sentenceOf(setup, move));
    return { verdict: "broken", faults: counterexample.faults, states, schedule };
  }
  return verdict.verdict === "holds"
    ? { verdict: "holds", faults, states }
    : { verdict: "undecided", bound, states };
}

/** What is known when a search is stopped. */
export const stoppedAt = ({ states, faults }: Progress): Answer => ({
  verdict: "undecided",
  bound: faults - 1,
  states,
});

/** For example "no schedule breaks these rules within 3 failures (24 states)". */
export function inWords(answer: Answer): string {
  const states = `${counted(answer.states)} states`;
  switch (answer.verdict) {
    case "holds":
      return `no schedule breaks these rules within ${failures(answer.faults)} (${states})`;
    case "broken":
      return `these rules break in ${answer.schedule.length} steps with ${failures(answer.faults)}; no schedule does it with less (${states})`;
    case "undecided":
      return answer.bound < 0
        ? `not decided: stopped after ${states}`
        : `not decided: stopped after ${states}; up to ${failures(answer.bound)}, none breaks these rules`;
  }
}

export const failures = (count: number): string =>
  count === 0 ? "no failure" : count === 1 ? "1 failure" : `${count} failures`;

export const counted = (count: number): string => count.toLocaleString("en");
