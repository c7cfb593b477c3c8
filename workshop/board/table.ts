import {
  initialState,
  type Move,
  movesOf,
  problems,
  type Setup,
  type State,
  sentenceOf,
} from "../../model/index.ts";
import type { Situation } from "./game.ts";

/** What has happened under some rules, from the beginning. */
export interface Run {
  readonly setup: Setup;
  readonly moves: readonly Move[];
}

/** A schedule to be played step by step: the facilitator's, or what the checker found. */
export interface Plan {
  readonly title: string;
  readonly setup: Setup;
  /** The model's sentences, one a move. */
  readonly schedule: readonly string[];
}

/** The whole state of a game: what a click changes, and nothing else does. */
export interface Table {
  readonly situation: Situation;
  readonly run: Run;
  /** Newest last. */
  readonly past: readonly Run[];
  readonly plan: Plan | undefined;
}

export type Action =
  | { readonly type: "open"; readonly situation: Situation }
  /** One of the legal moves, by its place among them. */
  | { readonly type: "move"; readonly index: number }
  /** New rules or another situation: the game begins again. */
  | { readonly type: "change"; readonly setup: Setup }
  /** Begins again with the plan's rules, to play it. */
  | { readonly type: "plan"; readonly plan: Plan }
  | { readonly type: "step" }
  | { readonly type: "restart" }
  | { readonly type: "undo" };

export const openTable = (situation: Situation): Table => ({
  situation,
  run: begun(situation.setup),
  past: [],
  plan: undefined,
});

export function reduce(table: Table, action: Action): Table {
  const { run, past, plan } = table;
  const changedTo = (next: Run): Table => ({ ...table, run: next, past: [...past, run] });
  switch (action.type) {
    case "open":
      return openTable(action.situation);
    case "move": {
      const move = legalMoves(run)[action.index];
      return move === undefined ? table : changedTo({ ...run, moves: [...run.moves, move] });
    }
    case "change":
      return changedTo(begun(action.setup));
    case "plan":
      return { ...changedTo(begun(action.plan.setup)), plan: action.plan };
    case "step": {
      const next = plan === undefined ? undefined : nextOf(plan, run);
      return next?.kind === "step" ? reduce(table, { type: "move", index: next.index }) : table;
    }
    case "restart":
      return run.moves.length === 0 ? table : changedTo(begun(run.setup));
    case "undo": {
      const before = past.at(-1);
      return before === undefined ? table : { ...table, run: before, past: past.slice(0, -1) };
    }
  }
}

const begun = (setup: Setup): Run => ({ setup, moves: [] });

export const stateOf = ({ setup, moves }: Run): State => moves.at(-1)?.next ?? initialState(setup);

/** What can happen next, failures included; nothing in a situation that can't be played. */
export const legalMoves = (run: Run): Move[] =>
  problems(run.setup).length > 0 ? [] : movesOf(run.setup, stateOf(run));

export const failuresOf = ({ moves }: Run): number => moves.filter(({ fault }) => fault !== undefined).length;

/** Where a plan stands: its next step, at its end, or left, because somebody went another way. */
export type Next =
  | { readonly kind: "step"; readonly index: number; readonly sentence: string; readonly done: number }
  | { readonly kind: "over" }
  | { readonly kind: "left" };

/** It follows from what has happened, so that undo leads back into a plan, too. */
export function nextOf({ setup, schedule }: Plan, run: Run): Next {
  const { moves } = run;
  const isOnIt =
    JSON.stringify(setup) === JSON.stringify(run.setup) &&
    moves.every((move, index) => sentenceOf(setup, move) === schedule[index]);
  if (!isOnIt) return { kind: "left" };
  const sentence = schedule[moves.length];
  if (sentence === undefined) return { kind: "over" };
  const index = legalMoves(run).findIndex((move) => sentenceOf(setup, move) === sentence);
  return index < 0 ? { kind: "left" } : { kind: "step", index, sentence, done: moves.length };
}
