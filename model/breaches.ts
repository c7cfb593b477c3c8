import type { Command, Filling } from "./business.ts";
import { after1, after3, after4 } from "./exercises.ts";
import type { Invariant } from "./invariants.ts";
import { deadline, fence, production, type Rules } from "./rules.ts";
import type { FaultKind, Setup } from "./setup.ts";

/** A rule, what breaks without it, and the shortest schedule's size. */
export interface Breach {
  readonly name: string;
  /** Why the counterexample is the right one. */
  readonly because: string;
  /** The situation with the rule kept: nothing breaks with so many faults. */
  readonly kept: Setup;
  /** The switches that break the rule. */
  readonly broken: Partial<Rules>;
  /** What to look at: a step of the workshop does not keep yet what later ones bring. */
  readonly invariants?: readonly Invariant[];
  readonly expected: { readonly invariant: Invariant; readonly faults: number; readonly steps: number };
}

/** The situation with the rule broken. */
export const brokenSetup = ({ kept, broken }: Breach): Setup => ({
  ...kept,
  rules: { ...kept.rules, ...broken },
});

const add = (filling: Filling): Command => ({ type: "AddItem", filling });
const remove = (filling: Filling): Command => ({ type: "RemoveItem", filling });

function situation(
  rules: Rules,
  script: readonly Command[],
  faults: readonly FaultKind[],
  more: Partial<Setup> = {},
): Setup {
  return { rules, script, faults, billingHandlers: 0, marketing: false, ticks: 0, ...more };
}

const after7: Rules = { ...after4, check: "id" };
const after8: Rules = { ...after7, ids: "deterministic", receiver: "id" };
/** Production's rules where order plays no part. */
const unordered: Rules = { ...production, sessions: "none", olderFirst: false };
const unorderedFence: Rules = { ...fence, sessions: "none", olderFirst: false };
const unorderedDeadline: Rules = { ...deadline, sessions: "none", olderFirst: false };
const skewed: Rules = { ...unorderedFence, skew: 1, margin: 2, retention: 3 };
const clock = { ticks: 4 };

/** In the order of the exercises, then of the rules. */
export const breaches: readonly Breach[] = [
  {
    name: "look first",
    because: "the copy is a second command to a handler that does not look",
    kept: situation(after1, [add("Meat")], ["send twice"]),
    broken: { check: "none" },
    expected: { invariant: "order as wished", faults: 1, steps: 11 },
  },
  {
    name: "save first",
    because: "what was told before the save stays told when the store never takes it",
    kept: situation(after3, [add("Meat")], ["refuse a write for good"]),
    broken: { order: "publish first" },
    expected: { invariant: "no ghost", faults: 1, steps: 5 },
  },
  {
    name: "copies publish",
    because: "the second delivery finds the work done and returns, but nobody was told",
    kept: situation(after4, [add("Meat")], ["refuse a send", "crash"]),
    broken: { copies: "return" },
    expected: { invariant: "none lost", faults: 1, steps: 8 },
  },
  {
    name: "remember ids, not states",
    because: "after the removal the state no longer shows that the late copy was processed",
    kept: situation(after7, [add("Mushrooms"), remove("Mushrooms")], ["send twice", "hold a second copy"]),
    broken: { check: "state" },
    invariants: ["order as wished"],
    expected: { invariant: "order as wished", faults: 2, steps: 19 },
  },
  {
    name: "id in the same write (rule 3)",
    because: "a crash between the save and the record makes the redelivery look new",
    kept: situation(after8, [add("Meat")], ["crash"]),
    broken: { idWrite: "after" },
    expected: { invariant: "one effect", faults: 1, steps: 11 },
  },
  {
    name: "id not before the save (rule 3)",
    because: "a crash between the record and the save makes the redelivery look processed",
    kept: situation(after8, [add("Meat")], ["crash"]),
    broken: { idWrite: "before" },
    expected: { invariant: "none lost", faults: 1, steps: 9 },
  },
  {
    name: "deterministic ids (rule 1)",
    because: "the event sent again has a new id, so Billing can't know it",
    kept: situation(after8, [add("Meat")], ["crash"]),
    broken: { ids: "random" },
    expected: { invariant: "one effect", faults: 1, steps: 10 },
  },
  {
    name: "receivers remember ids",
    because: "the event sent again has its old id, but Billing does not look at it",
    kept: situation(after8, [add("Meat")], ["crash"]),
    broken: { receiver: "none" },
    expected: { invariant: "one effect", faults: 1, steps: 10 },
  },
  {
    name: "stored content (rule 1)",
    because: "when the retry looks, a second item is there, and the first is no longer told as the first",
    kept: situation(unordered, [add("Meat"), add("Mushrooms")], ["refuse a send"], { marketing: true }),
    broken: { content: "recomputed", copies: "publish", sweeper: false },
    invariants: ["none lost"],
    expected: { invariant: "none lost", faults: 1, steps: 18 },
  },
  {
    name: "a copy sends what was stored (rule 1)",
    because: "the copy computes the event from a state that has moved on: one id, two contents",
    kept: situation(unordered, [add("Meat"), add("Mushrooms")], ["crash"]),
    broken: { copies: "publish" },
    expected: { invariant: "copies identical", faults: 1, steps: 21 },
  },
  {
    name: "conditional write (rule 3)",
    because: "both handlers read the empty order, and the second save overwrites the first",
    kept: situation(unordered, [add("Meat"), add("Mushrooms")], []),
    broken: { conditionalWrite: false },
    expected: { invariant: "order as wished", faults: 0, steps: 16 },
  },
  {
    name: "records are created, never overwritten (rule 3)",
    because: "both copies find no record, and where no state is written only the record's creation can tell",
    kept: situation(unorderedDeadline, [remove("Meat")], ["send twice"], clock),
    broken: { recordWrite: "upsert" },
    expected: { invariant: "one effect", faults: 1, steps: 15 },
  },
  {
    name: "broker detection is no check (rule 14)",
    because: "a redelivery after a lost lock is no second send, so the broker detects nothing",
    kept: situation({ ...after8, brokerDetection: true }, [add("Meat")], ["send twice", "lose the lock"]),
    broken: { check: "none" },
    expected: { invariant: "order as wished", faults: 1, steps: 11 },
  },
  {
    name: "replay under a fresh broker id (rules 14, 16)",
    because: "the broker has seen the replayed message's id, and drops it without a word",
    kept: situation(
      { ...production, deliveryLimit: 1, brokerDetection: true, replay: "fresh broker id" },
      [add("Meat")],
      ["crash"],
    ),
    broken: { replay: "same broker id" },
    expected: { invariant: "none lost", faults: 1, steps: 4 },
  },
  {
    name: "replay under the old logical id (rule 16)",
    because: "the dead letter had been processed, and under its new id nobody knows",
    kept: situation({ ...production, deliveryLimit: 1, replay: "fresh broker id" }, [add("Meat")], ["crash"]),
    broken: { replay: "new logical id" },
    expected: { invariant: "order as wished", faults: 1, steps: 16 },
  },
  {
    name: "sweeper (rule 10)",
    because: "the last delivery commits and crashes: no delivery will send the outbox item any more",
    kept: situation({ ...unordered, deliveryLimit: 1 }, [add("Meat")], ["crash"]),
    broken: { sweeper: false },
    expected: { invariant: "none lost", faults: 1, steps: 6 },
  },
  {
    name: "delete after the acknowledgement (rule 9)",
    because: "the item is gone, the send is refused, and the redelivery finds nothing to send",
    kept: situation(unordered, [add("Meat")], ["refuse a send"]),
    broken: { deletes: "before sending" },
    expected: { invariant: "none lost", faults: 1, steps: 11 },
  },
  {
    name: "sessions for commands (rule 19)",
    because: "the removal overtakes the addition on a second handler",
    kept: situation(production, [add("Meat"), remove("Meat")], []),
    broken: { sessions: "none" },
    expected: { invariant: "order as wished", faults: 0, steps: 16 },
  },
  {
    name: "sessions for events (rule 19)",
    because: "Billing's second handler books the removal before the first books the addition",
    kept: situation(production, [add("Meat"), remove("Meat")], [], { billingHandlers: 2 }),
    broken: { sessions: "commands" },
    expected: { invariant: "Billing equals Orders", faults: 0, steps: 26 },
  },
  {
    name: "older items first (rule 19)",
    because: "the addition's send is refused on its last delivery, and the removal's event goes first",
    kept: situation(
      { ...production, handlers: 1, deliveryLimit: 1 },
      [add("Meat"), remove("Meat")],
      ["refuse a send"],
    ),
    broken: { olderFirst: false },
    expected: { invariant: "Billing equals Orders", faults: 1, steps: 17 },
  },
  {
    name: "too-old guard (rule 8)",
    because: "the second copy comes when the first one's record has gone",
    kept: situation(unorderedFence, [add("Meat")], ["send twice"], clock),
    broken: { guard: false },
    expected: { invariant: "order as wished", faults: 1, steps: 18 },
  },
  {
    name: "the guard's margin (rule 5)",
    because: "in its last moment the guard lets a copy through whose record is just gone",
    kept: situation(unorderedFence, [add("Meat")], ["send twice"], clock),
    broken: { margin: 0 },
    expected: { invariant: "order as wished", faults: 1, steps: 18 },
  },
  {
    name: "fence: state before record (rule 5)",
    because:
      "the record was read before the other copy's commit and the state after it, so the version agrees",
    kept: situation(unorderedFence, [add("Meat")], ["send twice"], clock),
    broken: { reads: "record first" },
    expected: { invariant: "order as wished", faults: 1, steps: 18 },
  },
  {
    name: "fence: reads not in parallel (rule 5)",
    because: "in parallel the record can be read first",
    kept: situation(unorderedFence, [add("Meat")], ["send twice"], clock),
    broken: { reads: "in parallel" },
    expected: { invariant: "order as wished", faults: 1, steps: 18 },
  },
  {
    name: "fence: the record is always read (rule 7)",
    because: "the missing record at commit time proves nothing once it may have gone",
    kept: situation(unorderedFence, [add("Meat")], ["send twice"], clock),
    broken: { reads: "state only" },
    expected: { invariant: "order as wished", faults: 1, steps: 16 },
  },
  {
    name: "fence: every commit writes the state (rule 5)",
    because: "the first commit left the version as it was, so the second one's condition still holds",
    kept: situation(unorderedFence, [remove("Meat")], ["send twice"], clock),
    broken: { writesUnchanged: false },
    expected: { invariant: "one effect", faults: 1, steps: 18 },
  },
  {
    name: "deadline (rule 4)",
    because: "a handler that paused after its reads commits when the other copy's record has gone",
    kept: situation(unorderedDeadline, [remove("Meat")], ["send twice"], clock),
    broken: { mode: "fence" },
    expected: { invariant: "one effect", faults: 1, steps: 18 },
  },
  {
    name: "creation time is never stamped anew (rule 1)",
    because: "Billing's record of the event has gone, and the late re-dispatch looks young",
    kept: situation(unorderedFence, [add("Meat")], [], { ...clock, billingHandlers: 1 }),
    broken: { restamped: true },
    expected: { invariant: "one effect", faults: 0, steps: 24 },
  },
  {
    name: "outbox items never expire (rule 12)",
    because: "the store forgets the item before anybody has sent it",
    kept: situation(unorderedFence, [add("Meat")], ["crash"], clock),
    broken: { itemsExpire: true },
    expected: { invariant: "none lost", faults: 1, steps: 13 },
  },
  {
    name: "records outlive the clocks' skew (rule 12)",
    because:
      "creation time ahead and guard behind the store's clock: the record goes while the guard still lets copies in",
    kept: situation(skewed, [add("Meat")], ["send twice"], { ticks: 4 }),
    broken: { skewInLife: false },
    expected: { invariant: "order as wished", faults: 1, steps: 19 },
  },
];
