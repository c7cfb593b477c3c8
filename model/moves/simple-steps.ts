import { replaced } from "../lists.ts";
import type { Setup } from "../setup.ts";
import { endpointOf, type State, step, withEndpoint } from "../state.ts";
import type { Move } from "./move.ts";
import { type Seat, withoutOwnedCopy, withWorker, workerAt, workerMove } from "./seat.ts";

/** The inbox record, where it is a write of its own. */
export function writeRecordMoves(state: State, seat: Seat): Move[] {
  const { records } = endpointOf(state, seat.endpoint);
  const written = withEndpoint(state, seat.endpoint, {
    records: replaced(records, workerAt(state, seat).message, 1),
  });
  return [
    workerMove(state, seat, "write the record", done(written, seat, step.writeRecord), step.writeRecord),
  ];
}

/** Deleting an item that is gone already is fine; a delete can be lost (9). */
export function deleteMoves({ faults }: Setup, state: State, seat: Seat): Move[] {
  const { message } = workerAt(state, seat);
  const { outbox } = endpointOf(state, seat.endpoint);
  const rest = outbox.filter((item) => item.message !== message);
  const to = (next: State, fault?: "lose a delete") =>
    workerMove(state, seat, "delete the item", done(next, seat, step.deleteItem), step.deleteItem, { fault });
  const found = [to(withEndpoint(state, seat.endpoint, { outbox: rest }))];
  if (faults.includes("lose a delete") && rest.length < outbox.length) found.push(to(state, "lose a delete"));
  return found;
}

export function quarantineMoves(state: State, seat: Seat): Move[] {
  const { dead } = endpointOf(state, seat.endpoint);
  const sent = withEndpoint(state, seat.endpoint, { dead: dead | (1 << workerAt(state, seat).message) });
  return [workerMove(state, seat, "quarantine", done(sent, seat, step.quarantine), step.quarantine)];
}

export function completeMoves(state: State, seat: Seat): Move[] {
  const completed = withoutOwnedCopy(state, seat);
  return [workerMove(state, seat, "complete", done(completed, seat, step.complete), step.complete)];
}

function done(state: State, seat: Seat, steps: number): State {
  const worker = workerAt(state, seat);
  return withWorker(state, seat, { ...worker, todo: worker.todo & ~steps });
}
