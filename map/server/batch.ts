import type { Happening, Move, NodeId, NodeState, Step } from "../protocol.ts";
import type { Effect } from "./effects.ts";
import { mergeSteps } from "./merge.ts";

/** Steps shown one by one in a batch; with more of them they are taken together. */
export const SINGLES = 150;

/** Collects what happens between two looks of a page. */
export interface Batch {
  add(effect: Effect, happening: Happening): void;
  /** What was added since the last call. */
  take(): Step[];
}

/** @param state of a place as it is now */
export function createBatch(state: (node: NodeId) => NodeState): Batch {
  let steps: Step[] = [];
  let rest: { happenings: Happening[]; moves: Move[]; touched: Set<NodeId> } | undefined;

  const statesOf = (nodes: Iterable<NodeId>) =>
    Object.fromEntries([...nodes].map((node) => [node, state(node)]));

  return {
    add(effect, happening) {
      const { node, touched = [], move, at, text } = effect;
      const moves = move === undefined ? [] : [move];
      const says = text === "" ? [] : [happening];
      if (rest === undefined && steps.length < SINGLES) {
        // A place's state is part of its step: a slow page shows it when the message arrives, not before.
        steps.push({
          number: happening.number,
          at,
          count: 1,
          moves,
          says,
          nodes: statesOf([node, ...touched]),
        });
        return;
      }
      rest ??= { happenings: [], moves: [], touched: new Set() };
      rest.happenings.push(happening);
      rest.moves.push(...moves);
      for (const each of [node, ...touched]) rest.touched.add(each);
    },
    take() {
      const taken = steps;
      const more = rest;
      steps = [];
      rest = undefined;
      if (more === undefined) return taken;
      const last = more.happenings.at(-1);
      return [
        mergeSteps([
          ...taken,
          {
            number: last?.number ?? 0,
            at: last?.at ?? 0,
            count: more.happenings.length,
            moves: more.moves,
            nodes: statesOf(more.touched),
            says: more.happenings,
          },
        ]),
      ];
    },
  };
}
