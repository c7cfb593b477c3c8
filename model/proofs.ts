import type { Command } from "./business.ts";
import { deadline, fence, production, type Rules } from "./rules.ts";
import { faultKinds, type Setup } from "./setup.ts";

/** A situation in which the production rules must hold, for every schedule with so many faults. */
export interface Proof {
  readonly name: string;
  readonly setup: Setup;
  readonly faults: number;
}

const meat: Command = { type: "AddItem", filling: "Meat" };
const mushrooms: Command = { type: "AddItem", filling: "Mushrooms" };
const noMeat: Command = { type: "RemoveItem", filling: "Meat" };

/** All that can go wrong ("hold a copy" includes a second copy). */
const everything = faultKinds.filter((kind) => kind !== "hold a second copy");

const anyOrder = { sessions: "none", olderFirst: false } as const;

function proof(
  name: string,
  faults: number,
  rules: Rules,
  script: readonly Command[],
  more: Partial<Setup>,
): Proof {
  const setup = {
    rules,
    script,
    faults: everything,
    billingHandlers: 0,
    marketing: true,
    ticks: 0,
    ...more,
  } as const;
  return { name, setup, faults };
}

const orderKept = [meat, mushrooms, noMeat];
const chain = { billingHandlers: 2, marketing: false } as const;
const clock = { ...chain, ticks: 4 };
const unorderedFence: Rules = { ...fence, ...anyOrder };
const unorderedDeadline: Rules = { ...deadline, ...anyOrder };
/** Rule 7: the record's creation and the deadline are enough, without reading the record and without a guard. */
const bareDeadline: Rules = { ...unorderedDeadline, reads: "state only", guard: false };
const skewed: Rules = { ...unorderedFence, skew: 1, margin: 2, retention: 3 };

/** What happens to a dead letter: two deliveries at most, then an operator, past a broker that drops known broker ids. */
const replayed: Rules = { ...production, deliveryLimit: 2, replay: "fresh broker id", brokerDetection: true };

/** Small enough for each run. Two handlers each, and the sweeper. */
export const quickProofs: readonly Proof[] = [
  proof("one endpoint, in order", 2, production, orderKept, {}),
  proof("one endpoint, any order", 2, { ...production, ...anyOrder }, [meat, meat], {}),
  proof("one endpoint, dead letters replayed", 2, replayed, [meat], {}),
  proof("chain, in order", 1, production, [meat, noMeat], chain),
  proof("clock, fence, one endpoint", 1, unorderedFence, [meat], { ticks: 4 }),
  proof("clock, deadline, one endpoint", 1, unorderedDeadline, [noMeat], { ticks: 4 }),
  proof("clock, deadline, record not read, no guard", 1, bareDeadline, [noMeat], { ticks: 4 }),
  proof("clock, fence, chain", 0, unorderedFence, [meat], clock),
  proof("clock, deadline, chain", 0, unorderedDeadline, [noMeat], clock),
];

/** What `pierogi model --deep` shows. */
export const deepProofs: readonly Proof[] = [
  proof("one endpoint, in order", 3, production, orderKept, {}),
  proof("one endpoint, any order", 3, { ...production, ...anyOrder }, [meat, mushrooms, meat], {}),
  proof("one endpoint, dead letters replayed", 3, replayed, [meat], {}),
  proof("chain, in order", 2, production, [meat, noMeat], chain),
  proof("chain, commands in order", 2, { ...production, sessions: "commands" }, [meat, meat], chain),
  // Both reads in one step: without a clock their order matters to nobody, and there are half as many states.
  proof("chain, any order", 2, { ...production, ...anyOrder, reads: "together" }, [meat, meat], chain),
  proof("clock, fence, chain", 1, unorderedFence, [meat], clock),
  proof("clock, deadline, chain", 1, unorderedDeadline, [noMeat], clock),
  proof("clock, deadline, record not read, no guard", 1, bareDeadline, [noMeat], clock),
  proof("clocks that differ, fence, chain", 1, skewed, [meat], clock),
];

/** Situations in which everything must come to rest, whatever went wrong. */
export const livenessProofs: readonly Proof[] = [
  proof("one endpoint, in order", 2, production, [meat, noMeat], {}),
  proof("one endpoint, two deliveries at most", 2, { ...production, deliveryLimit: 2 }, [meat], {}),
  proof("chain, in order", 1, production, [meat, noMeat], chain),
  proof("clock, fence, one endpoint", 1, unorderedFence, [meat], { ticks: 4 }),
];

/** The same check where it must fail: nobody sends what the last delivery left in the outbox. */
export const livenessBreach: Proof = proof(
  "one delivery at most, no sweeper",
  1,
  { ...production, deliveryLimit: 1, sweeper: false, olderFirst: false },
  [meat],
  { faults: ["crash"] },
);
