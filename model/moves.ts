import { brokerMoves } from "./moves/broker.ts";
import { clientMoves } from "./moves/client.ts";
import { clockMoves, storeMoves } from "./moves/clock.ts";
import type { Move } from "./moves/move.ts";
import { operatorMoves } from "./moves/operator.ts";
import { dispatcherMoves, handlerMoves } from "./moves/worker.ts";
import type { Setup } from "./setup.ts";
import type { State } from "./state.ts";

/** Everything that can happen next, faults included; what they cost is the caller's business. */
export const movesOf = (setup: Setup, state: State): Move[] => [
  ...clientMoves(setup, state),
  ...brokerMoves(setup, state),
  ...handlerMoves(setup, state),
  ...dispatcherMoves(setup, state),
  ...clockMoves(setup, state),
  ...storeMoves(setup, state),
  ...operatorMoves(setup, state),
];

/** Nothing goes on by itself any more: it is the moment to look at the invariants. */
export const isQuiet = (moves: readonly Move[]): boolean => !moves.some(({ progress }) => progress);
