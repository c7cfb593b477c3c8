import { at } from "../lists.ts";
import { orders, type Setup } from "../setup.ts";
import { endpointOf, idle, nobody, reads, type State, sends, step } from "../state.ts";
import { dispatcher, type Move, move } from "./move.ts";
import { publishMoves } from "./publish.ts";
import { readMoves } from "./read.ts";
import { saveMoves } from "./save.ts";
import { givenUp, type Seat, withWorker, workerAt, workerMove } from "./seat.ts";
import { completeMoves, deleteMoves, quarantineMoves, writeRecordMoves } from "./simple-steps.ts";
import { nextSteps } from "./steps.ts";

/** What the handlers can do. */
export function handlerMoves(setup: Setup, state: State): Move[] {
  return state.endpoints.flatMap(({ handlers }, endpoint) =>
    handlers.flatMap((_, worker) => workerMoves(setup, state, { endpoint, worker })),
  );
}

/** The dispatcher takes any item at any time: its grace period decides when, not whether (10). */
export function dispatcherMoves(setup: Setup, state: State): Move[] {
  const { outbox, dispatcher: sweeping } = endpointOf(state, orders);
  const seat = { endpoint: orders, worker: dispatcher };
  if (!setup.rules.sweeper) return [];
  if (sweeping.message !== nobody) return workerMoves(setup, state, seat);
  const candidates = setup.rules.olderFirst ? outbox.slice(0, 1) : outbox;
  return candidates.map(({ message, outgoing }) => {
    const next = { ...idle, message, todo: outgoing.to | step.deleteItem, outgoing };
    return move("Dispatcher", "pick", withWorker(state, seat, next), { ...seat, message });
  });
}

function workerMoves(setup: Setup, state: State, seat: Seat): Move[] {
  const { message, todo } = workerAt(state, seat);
  if (message === nobody) return [];
  const next = nextSteps(setup.rules, todo);
  const found = next.flatMap((steps) => stepMoves(setup, state, seat, steps));
  if (setup.faults.includes("crash"))
    found.push(
      workerMove(state, seat, "crash", givenUp(setup, state, seat), at(next, 0), { fault: "crash" }),
    );
  return found;
}

function stepMoves(setup: Setup, state: State, seat: Seat, steps: number): Move[] {
  if ((steps & reads) !== 0) return readMoves(setup, state, seat, steps);
  if ((steps & sends) !== 0) return publishMoves(setup, state, seat, steps);
  switch (steps) {
    case step.save:
      return saveMoves(setup, state, seat);
    case step.writeRecord:
      return writeRecordMoves(state, seat);
    case step.deleteItem:
      return deleteMoves(setup, state, seat);
    case step.quarantine:
      return quarantineMoves(state, seat);
    default:
      return completeMoves(state, seat);
  }
}
