import { type Bounds, type Explored, explore, type Progress } from "./explore.ts";
import { type Invariant, type Violation, violations } from "./invariants.ts";
import type { Schedule } from "./schedule.ts";
import type { Setup } from "./setup.ts";

export interface SearchOptions extends Bounds {
  /** Look for these only (default: all). */
  readonly invariants?: readonly Invariant[] | undefined;
}

export interface Verdict extends Pick<Explored, "states" | "stored" | "rests" | "steps" | "fired"> {
  /** `holds`: no schedule within the bound breaks an invariant. `undecided`: the limit came first. */
  readonly verdict: "holds" | "broken" | "undecided";
  /** No schedule with so many faults breaks an invariant; -1: not even those without one are decided. */
  readonly bound: number;
  readonly counterexample?: Schedule & { readonly faults: number; readonly violations: readonly Violation[] };
}

/**
 * Looks for a schedule that comes to an end where an invariant is broken. The one that it finds has the
 * fewest faults, and is a shortest one of these.
 */
export function* search(setup: Setup, options: SearchOptions): Generator<Progress, Verdict> {
  const { invariants } = options;
  let broken: { readonly number: number; readonly violations: readonly Violation[] } | undefined;
  const explored = yield* explore(setup, options, {
    quiet(number, state) {
      const found = violations(setup, state).filter(
        ({ invariant }) => invariants?.includes(invariant) ?? true,
      );
      if (found.length > 0) broken = { number, violations: found };
      return found.length > 0;
    },
  });
  const { states, stored, rests, steps, fired, faults, ended, scheduleTo } = explored;
  const counts = { states, stored, rests, steps, fired };
  if (broken !== undefined) {
    const counterexample = { ...scheduleTo(broken.number), faults, violations: broken.violations };
    return { verdict: "broken", bound: faults - 1, ...counts, counterexample };
  }
  return ended === "limit"
    ? { verdict: "undecided", bound: faults - 1, ...counts }
    : { verdict: "holds", bound: faults, ...counts };
}
