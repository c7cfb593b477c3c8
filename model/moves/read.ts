import { looksDone } from "../business.ts";
import { at } from "../lists.ts";
import { causeOf, orders, type Setup } from "../setup.ts";
import { endpointOf, nothing, reads, type State, step, type Worker, withEffect } from "../state.ts";
import { localClocks, shown } from "./clock.ts";
import type { Move, Outcome } from "./move.ts";
import { decided, madeUp, recomputed } from "./outgoing.ts";
import { type Seat, withWorker, workerAt, workerMove } from "./seat.ts";

const { readState, readRecord, save, writeRecord, deleteItem, quarantine, complete } = step;

/** A handler reads the state, the inbox record, or both; after the last read it knows what to do. */
export function readMoves(setup: Setup, state: State, seat: Seat, steps: number): Move[] {
  const worker = workerAt(state, seat);
  const { sheet, records } = endpointOf(state, seat.endpoint);
  const read: Worker = {
    ...worker,
    todo: worker.todo & ~steps,
    ...((steps & readState) !== 0 ? { loaded: sheet, stale: false } : {}),
  };
  const to = (next: State, outcome: Outcome, local?: number) =>
    workerMove(state, seat, "read", next, steps, {
      outcome,
      clock: local === undefined ? undefined : shown(setup, local),
    });
  if ((steps & readRecord) !== 0 && at(records, worker.message) !== 0)
    return [to(recognised(setup, state, seat, read), "copy")];
  if ((read.todo & reads) !== 0) return [to(withWorker(state, seat, read), "")];
  const cause = causeOf(setup, seat.endpoint, worker.message);
  if (checkOf(setup, seat.endpoint) === "state" && looksDone(sheet, at(setup.script, cause)))
    return [to(recognised(setup, withEffect(state, cause, seat.endpoint, true), seat, read), "copy")];
  const { young, refused } = guarded(setup, state.now, worker.created);
  return [
    ...(young === undefined ? [] : [to(begun(setup, state, seat, read), "new", young)]),
    ...(refused === undefined
      ? []
      : [to(withWorker(state, seat, { ...read, todo: quarantine | complete }), "too old", refused)]),
  ];
}

export const checkOf = ({ rules }: Setup, endpoint: number) =>
  endpoint === orders ? rules.check : rules.receiver;

/**
 * Clocks that the handler can have with which the guard (2, 8) lets the message pass, or refuses it: the first
 * of each. It looks at the clock in the moment of the last read: looking later only refuses more.
 */
function guarded(setup: Setup, now: number, created: number): { young?: number; refused?: number } {
  const { guard, retention, margin, skew } = setup.rules;
  const passes = (local: number): boolean =>
    !guard || (local - created <= retention - margin && created <= local + skew);
  const clocks = localClocks(setup, now);
  const young = clocks.find(passes);
  const refused = clocks.find((local) => !passes(local));
  return { ...(young === undefined ? {} : { young }), ...(refused === undefined ? {} : { refused }) };
}

function begun(setup: Setup, state: State, seat: Seat, worker: Worker): State {
  const { rules } = setup;
  const record = checkOf(setup, seat.endpoint) === "id" && rules.idWrite !== "same" ? writeRecord : 0;
  const todo = save | record | complete;
  if (seat.endpoint !== orders || rules.order === "save first")
    return withWorker(state, seat, { ...worker, todo });
  const decision = decided(setup, worker.message, worker.loaded);
  const early = madeUp(setup, state, worker.message, decision, state.now);
  return withWorker(early.state, seat, {
    ...worker,
    todo: todo | early.outgoing.to,
    outgoing: early.outgoing,
  });
}

/** It is a copy: what goes out again is nothing, what today's state says, or what was stored and is still unsent. */
export function recognised(setup: Setup, state: State, seat: Seat, worker: Worker): State {
  const { copies } = setup.rules;
  const { outbox, sheet } = endpointOf(state, seat.endpoint);
  if (seat.endpoint !== orders || copies === "return")
    return withWorker(state, seat, { ...worker, todo: complete });
  if (copies === "publish") {
    const decision = recomputed(setup, worker.message, sheet);
    const again = madeUp(setup, state, worker.message, decision, state.now);
    return withWorker(again.state, seat, {
      ...worker,
      todo: again.outgoing.to | complete,
      outgoing: again.outgoing,
    });
  }
  const item = outbox.find(({ message }) => message === worker.message);
  const todo = item === undefined ? complete : item.outgoing.to | deleteItem | complete;
  return withWorker(state, seat, { ...worker, todo, outgoing: item?.outgoing ?? nothing });
}
