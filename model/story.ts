import { endpointNames } from "./invariants.ts";
import type { Move } from "./moves/move.ts";
import { lower, messageName, stepName, workerName } from "./names.ts";
import type { Schedule } from "./schedule.ts";
import { billing, marketing, orders, type Setup, variants } from "./setup.ts";
import { endpointOf, initialState, reads, type State, step } from "./state.ts";

const stores: readonly string[] = ["the order", "Billing's sheet"];

/** A move as a sentence of a story. */
export const sentenceOf = (setup: Setup, move: Move): string =>
  move.clock === undefined ? story(setup, move) : `${story(setup, move)} (the own clock shows ${move.clock})`;

function story(setup: Setup, move: Move): string {
  const { act, endpoint, worker, message, copy, fault } = move;
  const name = messageName(setup, endpoint, message) + (copy > 1 ? ` (copy ${copy})` : "");
  const who = workerName(setup, endpoint, worker);
  const queue = endpoint === orders ? "" : " for Billing";
  switch (act) {
    case "send":
      return `Client sends ${name}${sendFault(fault)}`;
    case "deliver":
      return `Broker delivers ${name} to ${lower(who)}`;
    case "hold":
      return `Broker holds ${name}${queue} back`;
    case "release":
      return `Broker lets ${name}${queue} go on`;
    case "lose the lock":
      return `Broker takes the lock on ${name} away from ${lower(who)}, which goes on working`;
    case "read":
      return `${who} reads ${readWhat(setup, move, name)}`;
    case "save":
      return `${who} ${saved(setup, move, name)}`;
    case "write the record":
      return `${who} stores the id of ${name}`;
    case "publish":
      return published(setup, move, who);
    case "delete the item":
      return `${who} deletes the outbox item of ${name}${fault === undefined ? "" : ", but the delete is lost"}`;
    case "quarantine":
      return `${who} sends ${name} to quarantine`;
    case "complete":
      return `${who} completes ${name}`;
    case "crash":
      return `${who} crashes before ${stepName(move.steps)} (${name})`;
    case "pick":
      return `Dispatcher finds the outbox item of ${name}`;
    case "tick":
      return `Time passes: it is ${move.next.now}`;
    case "forget":
      return `The store of ${endpointNames[endpoint]} forgets the ${move.outcome === "item" ? "outbox item" : "inbox record"} of ${name}`;
    case "replay":
      return `Operator replays ${name}${replayed(setup)}`;
  }
}

const sendFault = (fault: Move["fault"]): string =>
  fault === "send twice"
    ? ", and the broker gets it twice"
    : fault === undefined
      ? ""
      : "; the broker takes it, but the answer is lost";

function readWhat({ rules }: Setup, { endpoint, steps, outcome }: Move, name: string): string {
  const sheet = stores[endpoint] ?? "";
  const what =
    steps === reads
      ? `${sheet} and the record`
      : (steps & step.readState) !== 0
        ? sheet
        : `the record of ${name}`;
  switch (outcome) {
    case "copy":
      return `${what}: ${name} ${rules.check === "state" && endpoint === orders ? "looks done" : "was processed before"}`;
    case "too old":
      return `${what}: no record, and ${name} is too old or from the future`;
    case "new":
      return rules.check === "none" && endpoint === orders ? what : `${what}: ${name} is new`;
    default:
      return what;
  }
}

function saved(setup: Setup, { endpoint, outcome, fault }: Move, name: string): string {
  const { rules } = setup;
  const sheet = stores[endpoint] ?? "";
  if (fault === "refuse a write once") return `saves ${sheet}, and the store refuses for now`;
  if (fault === "refuse a write for good" || outcome === "refused")
    return `saves ${sheet}, and the store refuses for good: ${name} is dead-lettered`;
  if (outcome === "duplicate") return `saves ${sheet}, and the store has ${name} already`;
  if (outcome === "expired")
    return `saves ${sheet}, and the store says that the deadline of ${name} has passed`;
  if (outcome === "conflict")
    return `saves ${sheet}, and the store says that another has changed it: it starts again`;
  const check = endpoint === orders ? rules.check : rules.receiver;
  const record = check === "id" && rules.idWrite === "same" ? " with the record" : "";
  const item = endpoint === orders && rules.content === "stored" ? " and the outbox item" : "";
  return `saves ${sheet}${record}${item} for ${name}${fault === undefined ? "" : ", but the answer is lost"}`;
}

function published(setup: Setup, move: Move, who: string): string {
  const { message, steps, fault, endpoint } = move;
  const target = steps === step.toBilling ? billing : marketing;
  const name =
    target === marketing
      ? `FirstItemAdded of ${messageName(setup, endpoint, message)}`
      : messageName(setup, billing, message * variants(setup) + move.variant);
  const sentence = `${who} sends ${name} to ${endpointNames[target]}`;
  switch (fault) {
    case "refuse a send":
      return `${sentence}, and the broker refuses`;
    case "send twice":
      return `${sentence}, and the broker gets it twice`;
    case "lose a send's answer":
      return `${sentence}; the broker takes it, but the answer is lost`;
    default:
      return sentence;
  }
}

const replayed = ({ rules }: Setup): string =>
  rules.replay === "new logical id"
    ? " under a new logical id"
    : rules.replay === "same broker id"
      ? " with the same broker id"
      : " with a fresh broker id";

/** A schedule as a story, one sentence a move. */
export function storyOf(setup: Setup, { moves }: Pick<Schedule, "moves">): string[] {
  let before = initialState(setup);
  return moves.map((move) => {
    const usedUp = move.outcome !== "refused" && move.act !== "quarantine" && isDeadLettered(before, move);
    before = move.next;
    const sentence = sentenceOf(setup, move);
    return usedUp ? `${sentence}: that was its last delivery, it is dead-lettered` : sentence;
  });
}

function isDeadLettered(before: State, { endpoint, fault, next }: Move): boolean {
  const killed = endpointOf(next, endpoint).dead & ~endpointOf(before, endpoint).dead;
  return killed !== 0 && fault !== "refuse a write for good";
}
