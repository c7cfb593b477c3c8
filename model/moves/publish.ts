import { at } from "../lists.ts";
import { billing, causeOf, type FaultKind, marketing, orders, type Setup, variants } from "../setup.ts";
import { endpointOf, type State, step, type Worker, withHistory } from "../state.ts";
import { accept } from "./accept.ts";
import type { Move } from "./move.ts";
import { givenUp, type Seat, withWorker, workerAt, workerMove } from "./seat.ts";

/** A worker sends one event. It can be refused, stored twice, or stored without an answer. */
export function publishMoves(setup: Setup, state: State, seat: Seat, steps: number): Move[] {
  const worker = workerAt(state, seat);
  if (setup.rules.olderFirst && olderUnsent(state, worker)) return [];
  const to = (next: State, fault?: FaultKind) => workerMove(state, seat, "publish", next, steps, { fault });
  const target = steps === step.toBilling ? billing : marketing;
  const sent = acceptEvent(setup, state, worker, target);
  const done = (next: State) => withWorker(next, seat, { ...worker, todo: worker.todo & ~steps });
  const found = [to(done(sent))];
  const { faults } = setup;
  if (faults.includes("refuse a send")) found.push(to(givenUp(setup, state, seat), "refuse a send"));
  if (faults.includes("lose a send's answer"))
    found.push(to(givenUp(setup, sent, seat), "lose a send's answer"));
  if (faults.includes("send twice"))
    found.push(to(done(acceptEvent(setup, sent, worker, target)), "send twice"));
  return found;
}

/** An older outbox item of the order is there: it goes first (19). */
function olderUnsent(state: State, { message }: Worker): boolean {
  const { outbox } = endpointOf(state, orders);
  return outbox.findIndex((item) => item.message === message) > 0;
}

function acceptEvent(setup: Setup, state: State, worker: Worker, target: number): State {
  const { message, outgoing } = worker;
  const command = causeOf(setup, orders, message);
  const { sent } = at(state.history, command);
  const again = sent !== 0 && setup.rules.ids === "deterministic";
  const event = {
    message: message * variants(setup) + outgoing.variant,
    created: setup.rules.restamped ? state.now : outgoing.created,
    again,
  };
  const accepted = accept(setup, state, target, event);
  if (target !== billing) return accepted;
  const differs = again && sent !== outgoing.content + 1;
  const noted = sent === 0 ? withHistory(accepted, command, { sent: outgoing.content + 1 }) : accepted;
  return differs ? { ...noted, differing: true } : noted;
}
