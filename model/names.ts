import { endpointNames } from "./invariants.ts";
import { at } from "./lists.ts";
import { dispatcher } from "./moves/move.ts";
import { causeOf, handlersOf, marketing, orders, type Setup, variants } from "./setup.ts";
import { step } from "./state.ts";

const handlerNames = ["A", "B"] as const;

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

export const stepName = (steps: number): string => stepNames[steps] ?? "reading";

/** A worker's name inside a sentence. */
export const lower = (name: string): string =>
  name.startsWith("H") ? name.charAt(0).toLowerCase() + name.slice(1) : name;
