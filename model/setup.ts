import type { Command } from "./business.ts";
import { contradictions, type Rules } from "./rules.ts";

/**
 * What the network, the broker, the store and the machines may do wrong; each costs one of the budget.
 * "hold a copy" lets others overtake it: any copy, but in a session only a second one, since a session is in
 * the order of the first. "hold a second copy" is the smaller fault of the workshop.
 */
export const faultKinds = [
  "send twice",
  "hold a copy",
  "hold a second copy",
  "lose the lock",
  "refuse a send",
  "lose a send's answer",
  "refuse a write for good",
  "refuse a write once",
  "lose a write's answer",
  "lose a delete",
  "crash",
] as const;
export type FaultKind = (typeof faultKinds)[number];

/** A situation that the checker explores: rules, what the client wants, and what may go wrong. */
export interface Setup {
  readonly rules: Rules;
  /** Commands on one order, sent one after the other: each when the broker has acknowledged the one before. */
  readonly script: readonly Command[];
  /** Handlers of Billing; 0: a receiver that takes an event in the moment when the broker accepts it. */
  readonly billingHandlers: 0 | 1 | 2;
  /** Whether Marketing (always such a receiver) listens to FirstItemAdded. */
  readonly marketing: boolean;
  readonly faults: readonly FaultKind[];
  /** How far the clock goes; 0: time plays no part. */
  readonly ticks: number;
}

export const orders = 0;
export const billing = 1;
export const marketing = 2;

/** Random ids: runs of one command that are told apart. */
const runs = 8;

/** Logical ids of one command's events to one receiver. */
export const variants = ({ rules }: Setup): number => (rules.ids === "random" ? runs : 1);

/** Logical ids of commands; an operator who replays under new ids makes as many again. */
export const commandIds = ({ rules, script }: Setup): number =>
  rules.replay === "new logical id" ? 2 * script.length : script.length;

export const messageIds = (setup: Setup, endpoint: number): number =>
  endpoint === orders ? commandIds(setup) : commandIds(setup) * variants(setup);

/** The position in the script of the command that a message is, or was caused by. */
export const causeOf = (setup: Setup, endpoint: number, message: number): number =>
  (endpoint === orders ? message : Math.floor(message / variants(setup))) % setup.script.length;

export const endpointCount = (setup: Setup): number => (setup.marketing ? 3 : 2);

export const handlersOf = (setup: Setup, endpoint: number): number =>
  [setup.rules.handlers, setup.billingHandlers, 0][endpoint] ?? 0;

export const inSession = ({ rules }: Setup, endpoint: number): boolean =>
  rules.sessions === "commands and events" || (rules.sessions === "commands" && endpoint === orders);

/** Portions are counted to 3, and ids are bits of a number. */
const mostCommands = 3;
const mostIds = 31;

/** Says why a situation can't be explored or played; an empty list where it can. */
export function problems(setup: Setup): string[] {
  const { rules, script, faults } = setup;
  const found = contradictions(rules);
  if (script.length === 0 || script.length > mostCommands)
    found.push(`expected 1 to ${mostCommands} commands, got ${script.length}`);
  if (messageIds(setup, billing) > mostIds)
    found.push("too many ids: random ids and replay under new ones go together for one command only");
  if (faults.includes("hold a copy") && faults.includes("hold a second copy"))
    found.push('"hold a copy" includes "hold a second copy": name one of them');
  return found;
}
