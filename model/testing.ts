import { type Breach, brokenSetup } from "./breaches.ts";
import { codec } from "./codec.ts";
import { costOf, explore, toTheEnd } from "./explore.ts";
import { violations } from "./invariants.ts";
import { isQuiet, movesOf } from "./moves.ts";
import { type SearchOptions, search } from "./search.ts";
import type { Setup } from "./setup.ts";
import { initialState, type State } from "./state.ts";

/** The state as the checker stores it, readable enough for a failing test. */
export function stored(setup: Setup, state: State): string {
  const bytes = new Uint8Array(4096);
  return bytes.subarray(0, codec(setup).encode(state, bytes)).toString();
}

/**
 * The search again, as simple as can be: breadth first by steps, whole states with their faults as keys, no
 * symmetry, nothing stored in short. For small situations, to compare the real one with.
 */
export function plainSearch(setup: Setup, { faults: budget, invariants }: SearchOptions) {
  const seen = new Set<string>();
  const costs = new Map<string, number>();
  let cheapest: { faults: number; steps: number } | undefined;
  let layer: { state: State; faults: number }[] = [{ state: initialState(setup), faults: 0 }];
  for (let steps = 0; layer.length > 0; steps++) {
    const next: typeof layer = [];
    for (const { state, faults } of layer) {
      const key = `${faults} ${JSON.stringify(state, (name, value) => (labels.includes(name) ? 0 : value))}`;
      if (seen.has(key)) continue;
      seen.add(key);
      const name = stored(setup, state);
      costs.set(name, Math.min(costs.get(name) ?? Number.POSITIVE_INFINITY, costOf(faults, steps)));
      const moves = movesOf(setup, state);
      const isBroken =
        isQuiet(moves) &&
        violations(setup, state).some(({ invariant }) => invariants?.includes(invariant) ?? true);
      if (isBroken && (cheapest === undefined || faults < cheapest.faults)) cheapest = { faults, steps };
      for (const move of moves) {
        const cost = move.fault === undefined ? faults : faults + 1;
        if (cost <= budget) next.push({ state: move.next, faults: cost });
      }
    }
    layer = next;
  }
  return { costs: [...costs.values()].toSorted((a, b) => a - b), cheapest };
}

/** What is for the reader only. */
const labels: readonly string[] = ["number", "accepted"];

export const findBroken = (breach: Breach) =>
  toTheEnd(search(brokenSetup(breach), { faults: breach.expected.faults, invariants: breach.invariants }));

/** What breaks without the rule, to compare with what is expected. */
export function found(breach: Breach) {
  const { counterexample } = findBroken(breach);
  const names = (counterexample?.violations ?? []).map(({ invariant }) => invariant);
  const { invariant } = breach.expected;
  return {
    invariant: names.includes(invariant) ? invariant : names.join(", "),
    faults: counterexample?.faults,
    steps: counterexample?.moves.length,
  };
}

/** With the rule, though as much may go wrong. */
export const verdictWithRule = ({ kept, expected, invariants }: Breach): string =>
  toTheEnd(search(kept, { faults: expected.faults, invariants })).verdict;

/** What it costs to reach each state, cheapest first: the same as in a plain search, or something is left out. */
export function costs(setup: Setup, faults: number): number[] {
  const { stored, costOf } = toTheEnd(explore(setup, { faults }, { quiet: () => false }));
  return Array.from({ length: stored }, (_, number) => costOf(number)).toSorted((a, b) => a - b);
}
