import { at, removed, replaced } from "../lists.ts";
import type { Setup } from "../setup.ts";
import { endpointOf, idle, type State, type Worker, withEndpoint } from "../state.ts";
import { returned } from "./broker.ts";
import { type Act, type Details, dispatcher, type Move, move } from "./move.ts";
import { tidy } from "./steps.ts";

/** Where a worker sits: handler 0 or 1 of an endpoint, or its dispatcher. */
export interface Seat {
  readonly endpoint: number;
  readonly worker: number;
}

export function workerAt(state: State, { endpoint, worker }: Seat): Worker {
  const { handlers, dispatcher: sweeping } = endpointOf(state, endpoint);
  return worker === dispatcher ? sweeping : at(handlers, worker);
}

/** The position in the queue of the copy whose lock it holds; -1 if none. */
export const ownedCopy = (state: State, { endpoint, worker }: Seat): number =>
  worker === dispatcher ? -1 : endpointOf(state, endpoint).queue.findIndex(({ owner }) => owner === worker);

export function withWorker(state: State, seat: Seat, worker: Worker): State {
  if (seat.worker === dispatcher)
    return withEndpoint(state, seat.endpoint, { dispatcher: tidy(worker, false) });
  const { handlers } = endpointOf(state, seat.endpoint);
  const tidied = tidy(worker, ownedCopy(state, seat) >= 0);
  return withEndpoint(state, seat.endpoint, { handlers: replaced(handlers, seat.worker, tidied) });
}

/** The worker stops (it failed or it crashed): a handler's message goes back to the queue. */
export function givenUp(setup: Setup, state: State, seat: Seat): State {
  const position = ownedCopy(state, seat);
  const stopped = withWorker(state, seat, idle);
  return position < 0
    ? stopped
    : withEndpoint(stopped, seat.endpoint, returned(setup, endpointOf(state, seat.endpoint), position));
}

/** The message is settled: its copy leaves the queue, if the worker still holds its lock. */
export function withoutOwnedCopy(state: State, seat: Seat): State {
  const position = ownedCopy(state, seat);
  const { queue } = endpointOf(state, seat.endpoint);
  return position < 0 ? state : withEndpoint(state, seat.endpoint, { queue: removed(queue, position) });
}

/** A move of the worker at a seat. */
export function workerMove(
  state: State,
  seat: Seat,
  act: Act,
  next: State,
  steps: number,
  { outcome, fault, clock }: Pick<Details, "outcome" | "fault" | "clock"> = {},
): Move {
  const { endpoint, worker } = seat;
  const role = worker === dispatcher ? "Dispatcher" : "Handler";
  const { message, outgoing } = workerAt(state, seat);
  const copy = endpointOf(state, endpoint).queue[ownedCopy(state, seat)]?.number ?? 0;
  const { variant } = outgoing;
  return move(role, act, next, { endpoint, worker, message, copy, steps, variant, outcome, fault, clock });
}
