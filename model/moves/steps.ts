import type { Rules } from "../rules.ts";
import { orders, type Setup } from "../setup.ts";
import { idle, nothing, reads, sends, step, type Worker } from "../state.ts";

const { readState, readRecord, save, writeRecord, toBilling, toMarketing, deleteItem, quarantine, complete } =
  step;

/** What a handler begins with. */
export function firstSteps({ rules }: Setup, endpoint: number): number {
  const check = endpoint === orders ? rules.check : rules.receiver;
  return check === "id" && rules.reads !== "state only" ? reads : readState;
}

/** The steps that may come next, each a set that happens at once. */
export function nextSteps(rules: Rules, todo: number): number[] {
  if ((todo & reads) !== 0) return nextReads(rules, todo & reads);
  // The delete may be lazy: before or after the message is completed (9).
  if (rules.deletes === "after sending" && todo === (deleteItem | complete)) return [deleteItem, complete];
  const first = sequence(rules).find((candidate) => (todo & candidate) !== 0);
  return first === undefined ? [] : [first];
}

function nextReads(rules: Rules, pending: number): number[] {
  if (pending !== reads || rules.reads === "together") return [pending];
  if (rules.reads === "in parallel") return [readState, readRecord];
  return [rules.reads === "record first" ? readRecord : readState];
}

function sequence({ order, idWrite, deletes }: Rules): number[] {
  const publish = [toBilling, toMarketing];
  const write = idWrite === "before" ? [writeRecord, save] : [save, writeRecord];
  const stored = order === "publish first" ? [...publish, ...write] : write;
  const sent = deletes === "before sending" ? [deleteItem, ...publish] : [...publish, deleteItem];
  return [...stored, ...sent, quarantine, complete];
}

/**
 * Forgets what a worker no longer needs.
 * @param owns whether it holds the lock of its message: without it, completing does nothing
 */
export function tidy(worker: Worker, owns: boolean): Worker {
  const { message, created, todo, loaded, stale, outgoing } = worker;
  if (todo === 0 || (todo === complete && !owns)) return idle;
  const undecided = (todo & (reads | save)) !== 0;
  return {
    message,
    created: undecided ? created : 0,
    todo,
    loaded: undecided ? loaded : 0,
    stale: undecided && stale,
    outgoing: (todo & sends) === 0 ? nothing : outgoing,
  };
}
