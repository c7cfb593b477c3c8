import type { FaultKind, FaultPlan } from "./faults.ts";

/** One night of several, which together play every pair once: any number of days will do, such as those since 1970. */
export interface Night {
  readonly number: number;
  readonly nights: number;
}

/** What a night plays of all pairs. */
export interface Share {
  readonly played: number;
  readonly all: number;
}

/** Every plan with one fault, and how many steps its schedule took. */
export type Singles = ReadonlyMap<FaultPlan, number>;

/** The first step that a further fault can strike. */
export const afterLast = (plan: FaultPlan): number => 1 + Math.max(-1, ...plan.keys());

/** Every plan with two faults: the second strikes any step of the trace that the first has left. */
export function* pairsOf(singles: Singles, kinds: readonly FaultKind[]): Generator<FaultPlan> {
  for (const [plan, left] of singles)
    for (let step = afterLast(plan); step < left; step++)
      for (const kind of kinds) yield new Map([...plan, [step, kind]]);
}

/**
 * A night's share of all pairs: one in as many as there are nights. They lie evenly between all, so that in each night
 * each step is struck, and since the distance has no factor in common with the number of kinds, by each kind.
 */
export function shareOf(
  singles: Singles,
  kinds: readonly FaultKind[],
  { number, nights }: Night,
): { readonly share: Share; readonly pairs: readonly FaultPlan[] } {
  if (commonFactor(nights, kinds.length) > 1) {
    throw new Error(
      `expected a number of nights without a factor in common with the ${kinds.length} kinds of faults; came ${nights}`,
    );
  }
  const every = [...pairsOf(singles, kinds)];
  const pairs = every.filter((_, index) => index % nights === number % nights);
  return { share: { played: pairs.length, all: every.length }, pairs };
}

const commonFactor = (a: number, b: number): number => (b === 0 ? a : commonFactor(b, a % b));

export const together = (shares: readonly Share[]): Share => ({
  played: shares.reduce((sum, { played }) => sum + played, 0),
  all: shares.reduce((sum, { all }) => sum + all, 0),
});
