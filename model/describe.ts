import { inWords } from "./business.ts";
import { endpointNames } from "./invariants.ts";
import { at } from "./lists.ts";
import { dispatcher, type Move } from "./moves/move.ts";
import { billing, causeOf, handlersOf, marketing, orders, type Setup, variants } from "./setup.ts";
import { type Copy, nobody, reads, type State, step, type Worker } from "./state.ts";

const handlerNames = ["A", "B"] as const;
const stores: readonly string[] = ["the order", "Billing's sheet"];

/** For example "AddItem Meat" or, of a second random id, "ItemAdded Meat (id 2)". */
export function messageName(setup: Setup, endpoint: number, message: number): string {
  const { type, filling } = at(setup.script, causeOf(setup, endpoint, message));
  if (endpoint === orders)
    return `${type} ${filling}${message < setup.script.length ? "" : " (under a new id)"}`;
  if (endpoint === marketing) return "FirstItemAdded";
  const variant = message % variants(setup);
  return `${type === "AddItem" ? "ItemAdded" : "ItemRemoved"} ${filling}${variant === 0 ? "" : ` (id ${variant + 1})`}`;
}

export function workerName(setup: Setup, endpoint: number, worker: number): string {
  if (worker === dispatcher) return "Dispatcher";
  const whose = endpoint === orders ? "" : `${endpointNames[endpoint]}'s `;
  const which = handlersOf(setup, endpoint) === 1 ? "handler" : `handler ${handlerNames[worker]}`;
  const name = `${whose}${which}`;
  return name.charAt(0).toUpperCase() + name.slice(1);
}

const stepNames: Readonly<Record<number, string>> = {
  [step.save]: "saving",
  [step.writeRecord]: "storing the id",
  [step.toBilling]: "telling Billing",
  [step.toMarketing]: "telling Marketing",
  [step.deleteItem]: "deleting the outbox item",
  [step.quarantine]: "sending it to quarantine",
  [step.complete]: "completing it",
};

const stepName = (steps: number): string => stepNames[steps] ?? "reading";

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

const lower = (name: string): string =>
  name.startsWith("H") ? name.charAt(0).toLowerCase() + name.slice(1) : name;

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

/** What everybody holds, one line each: what a board shows. */
export function describeState(setup: Setup, state: State): string[] {
  const lines = setup.ticks > 0 ? [`Clock: ${state.now}`] : [];
  state.endpoints.forEach((endpoint, index) => {
    const name = endpointNames[index] ?? "";
    const show = (label: string, items: readonly string[]) => {
      if (items.length > 0) lines.push(`${name}, ${label}: ${items.join(", ")}`);
    };
    const copyName = (copy: Copy) => copyText(setup, index, copy);
    show("queue", endpoint.queue.map(copyName));
    show("late", endpoint.held.map(copyName));
    show(
      "dead letters",
      bitsOf(endpoint.dead).map((message) => messageName(setup, index, message)),
    );
    endpoint.handlers.forEach((worker, handler) => {
      if (worker.message !== nobody) lines.push(workerText(setup, index, handler, worker));
    });
    if (endpoint.dispatcher.message !== nobody)
      lines.push(workerText(setup, index, dispatcher, endpoint.dispatcher));
    lines.push(
      index === marketing
        ? `${name}, heard: ${endpoint.sheet}`
        : `${name}, sheet: ${inWords(endpoint.sheet)}`,
    );
    const recorded = endpoint.records.flatMap((life, message) => (life > 0 ? [message] : []));
    show(
      "records",
      recorded.map((message) => messageName(setup, index, message)),
    );
    show(
      "outbox",
      endpoint.outbox.map(({ message }) => `events of ${messageName(setup, index, message)}`),
    );
  });
  return lines;
}

function copyText(setup: Setup, endpoint: number, copy: Copy): string {
  const owner = copy.owner === nobody ? "" : ` (with ${lower(workerName(setup, endpoint, copy.owner))})`;
  return `${messageName(setup, endpoint, copy.message)}${copy.number > 1 ? ` (copy ${copy.number})` : ""}${owner}`;
}

function workerText(setup: Setup, endpoint: number, worker: number, { message, todo }: Worker): string {
  const steps = Object.values(step).filter((bit) => (todo & bit) !== 0);
  return `${workerName(setup, endpoint, worker)}: ${messageName(setup, endpoint, message)}, still ${steps.map(stepName).join(", ")}`;
}

const bitsOf = (set: number): number[] =>
  Array.from({ length: 32 }, (_, bit) => bit).filter((bit) => (set & (1 << bit)) !== 0);
