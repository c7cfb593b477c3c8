import { changed } from "../business.ts";
import { at, replaced } from "../lists.ts";
import { causeOf, type FaultKind, orders, type Setup } from "../setup.ts";
import {
  endpointOf,
  reads,
  type State,
  step,
  type Worker,
  withEffect,
  withEndpoint,
  withHistory,
} from "../state.ts";
import { localClocks, recordLife, shown } from "./clock.ts";
import type { Move, Outcome } from "./move.ts";
import { decided, madeUp } from "./outgoing.ts";
import { checkOf, recognised } from "./read.ts";
import { givenUp, type Seat, withoutOwnedCopy, withWorker, workerAt, workerMove } from "./seat.ts";
import { firstSteps } from "./steps.ts";

const { save, readState, deleteItem, quarantine, complete } = step;

/** The commit: state, record and outbox item in one write, as far as the rules say so. It may be refused. */
export function saveMoves(setup: Setup, state: State, seat: Seat): Move[] {
  const { rules, faults } = setup;
  const worker = workerAt(state, seat);
  const to = (next: State, outcome: Outcome, fault?: FaultKind, clock?: number) =>
    workerMove(state, seat, "save", next, save, { outcome, fault, clock });
  if ((endpointOf(state, seat.endpoint).refused & (1 << worker.message)) !== 0)
    return [to(refusedForGood(setup, state, seat), "refused")];
  const found: Move[] = [];
  if (faults.includes("refuse a write once"))
    found.push(to(givenUp(setup, state, seat), "", "refuse a write once"));
  if (faults.includes("refuse a write for good"))
    found.push(to(refusedForGood(setup, state, seat), "", "refuse a write for good"));

  // A duplicate is told by the record, or by the item where the record has gone already (6).
  if (writesRecord(setup, seat) && rules.recordWrite === "create" && isThere(state, seat, worker.message))
    return [...found, to(recognised(setup, state, seat, worker), "duplicate")];
  // The clock is checked last (4), so that a duplicate is one at any age.
  if (rules.mode === "deadline" && state.now >= worker.created + rules.retention)
    return [...found, to(withWorker(state, seat, { ...worker, todo: quarantine | complete }), "expired")];
  if (rules.conditionalWrite && worker.stale && writesState(setup, state, seat, worker))
    return [
      ...found,
      to(withWorker(state, seat, { ...worker, todo: firstSteps(setup, seat.endpoint) }), "conflict"),
    ];

  for (const local of localClocks(setup, state.now)) {
    const saved = committed(setup, state, seat, local);
    const clock = shown(setup, local);
    found.push(to(saved, "", undefined, clock));
    if (faults.includes("lose a write's answer"))
      found.push(to(givenUp(setup, saved, seat), "", "lose a write's answer", clock));
  }
  return found;
}

const writesRecord = (setup: Setup, { endpoint }: Seat): boolean =>
  checkOf(setup, endpoint) === "id" && setup.rules.idWrite === "same";

function isThere(state: State, { endpoint }: Seat, message: number): boolean {
  const { records, outbox } = endpointOf(state, endpoint);
  return at(records, message) !== 0 || outbox.some((item) => item.message === message);
}

/** The sheet that the handler changes: the one it read, which is the store's while nobody else has written. */
const base = (setup: Setup, state: State, { endpoint }: Seat, worker: Worker): number =>
  setup.rules.conditionalWrite && !worker.stale ? endpointOf(state, endpoint).sheet : worker.loaded;

function writesState(setup: Setup, state: State, seat: Seat, worker: Worker): boolean {
  const before = base(setup, state, seat, worker);
  const command = at(setup.script, causeOf(setup, seat.endpoint, worker.message));
  return setup.rules.writesUnchanged || changed(before, command) !== before;
}

function committed(setup: Setup, state: State, seat: Seat, local: number): State {
  const worker = workerAt(state, seat);
  const { message } = worker;
  const cause = causeOf(setup, seat.endpoint, message);
  const before = base(setup, state, seat, worker);
  const { sheet, handlers, records } = endpointOf(state, seat.endpoint);
  const writes = writesState(setup, state, seat, worker);
  const life = recordLife(setup, state.now, worker.created, local);
  const stored = withEndpoint(withEffect(state, cause, seat.endpoint), seat.endpoint, {
    sheet: writes ? changed(before, at(setup.script, cause)) : sheet,
    handlers: writes ? handlers.map((other) => outdated(setup, other)) : handlers,
    records: writesRecord(setup, seat) ? replaced(records, message, 1 + life) : records,
  });
  const todo = worker.todo & ~save;
  if (seat.endpoint !== orders) return withWorker(stored, seat, { ...worker, todo });
  return told(setup, stored, seat, { ...worker, todo }, before, local);
}

/** What Orders has decided to tell: sent already, to be sent, or in the outbox as well. */
function told(setup: Setup, state: State, seat: Seat, worker: Worker, before: number, local: number): State {
  const { rules } = setup;
  const { message, todo } = worker;
  const decision = decided(setup, message, before);
  const cause = causeOf(setup, orders, message);
  const { decided: earlier } = at(state.history, cause);
  const noted = withHistory(state, cause, { decided: earlier === 0 ? decision.to : earlier });
  if (rules.order === "publish first") return withWorker(noted, seat, worker);
  const made = madeUp(setup, noted, message, decision, setup.ticks === 0 ? 0 : local);
  const { outgoing } = made;
  if (rules.content === "recomputed")
    return withWorker(made.state, seat, { ...worker, todo: todo | outgoing.to, outgoing });
  const { outbox } = endpointOf(made.state, orders);
  const others = outbox.filter((item) => item.message !== message);
  return withWorker(withEndpoint(made.state, orders, { outbox: [...others, { message, outgoing }] }), seat, {
    ...worker,
    todo: todo | outgoing.to | deleteItem,
    outgoing,
  });
}

/** Somebody else wrote: what this worker has read is old. Where it can't be saved any more, it doesn't matter what it was. */
function outdated({ rules }: Setup, worker: Worker): Worker {
  if ((worker.todo & (save | reads)) === 0 || (worker.todo & readState) !== 0) return worker;
  const useless = rules.conditionalWrite && rules.writesUnchanged && rules.order === "save first";
  return { ...worker, stale: true, loaded: useless ? 0 : worker.loaded };
}

/** The store will never take it, from whichever delivery: the message goes where an operator finds it (8), whatever its delivery count. */
function refusedForGood(setup: Setup, state: State, seat: Seat): State {
  const { message } = workerAt(state, seat);
  const settled = withoutOwnedCopy(state, seat);
  const { dead, refused } = endpointOf(settled, seat.endpoint);
  const bit = 1 << message;
  const marked = withEndpoint(settled, seat.endpoint, { dead: dead | bit, refused: refused | bit });
  return givenUp(setup, marked, seat);
}
