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
 * Finds the moves that lead along stored states. Stored states have lost the names of handlers and copies;
 * here each keeps its name from the first move to the last.
 */
export function replay(setup: Setup, way: readonly State[]): Schedule {
  const { encode } = codec(setup);
  const bytesOf = (state: State): string => {
    const bytes = new Uint8Array(4096);
    return bytes.subarray(0, encode(state, bytes)).toString();
  };
  const moves: Move[] = [];
  let state = initialState(setup);
  for (const target of way.slice(1).map(bytesOf)) {
    const candidates = movesOf(setup, state).filter(({ next }) => bytesOf(next) === target);
    // Where a step and a fault lead to the same state, the search has taken the step.
    const move = candidates.find(({ fault }) => fault === undefined) ?? candidates[0];
    if (move === undefined)
      throw new Error("expected a move to each state of the way, found none: this is a bug of the model");
    moves.push(move);
    state = move.next;
  }
  return { moves, last: state };
}
