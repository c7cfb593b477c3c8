import { codec } from "./codec.ts";
import type { Move } from "./moves/move.ts";
import { movesOf } from "./moves.ts";
import type { Setup } from "./setup.ts";
import { initialState, type State } from "./state.ts";

/** What happens, one move after the other. */
export interface Schedule {
  readonly moves: readonly Move[];
  readonly last: State;
}

/**
 * Finds the moves that lead along encoded states. Encoded states have lost the names of handlers and copies;
 * here each keeps its name from the first move to the last.
 */
export function replay(setup: Setup, way: readonly Uint8Array[]): Schedule {
  const { encode } = codec(setup);
  const scratch = new Uint8Array(4096);
  const moves: Move[] = [];
  let state = initialState(setup);
  for (const target of way.slice(1)) {
    const move = movesOf(setup, state)
      .filter(
        ({ next }) =>
          encode(next, scratch) === target.length && target.every((byte, i) => scratch[i] === byte),
      )
      // Where a step and a fault lead to the same state, the search has taken the step.
      .toSorted((a, b) => Number(a.fault !== undefined) - Number(b.fault !== undefined))[0];
    if (move === undefined)
      throw new Error("expected a move to each state of the way; this is a bug of the model");
    moves.push(move);
    state = move.next;
  }
  return { moves, last: state };
}
