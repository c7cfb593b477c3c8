import { codec } from "./codec.ts";
import { type Invariant, type Violation, violations } from "./invariants.ts";
import { at } from "./lists.ts";
import { movesOf } from "./moves.ts";
import { replay, type Schedule } from "./schedule.ts";
import type { FaultKind, Setup } from "./setup.ts";
import { initialState } from "./state.ts";
import { stateTable } from "./table.ts";

export interface SearchOptions {
  /** How many faults there may be. */
  readonly faults: number;
  /** Look for these only (default: all). */
  readonly invariants?: readonly Invariant[];
  /** Give up after this many states (default: never). */
  readonly limit?: number;
  /** States between two reports of progress (default 10,000). */
  readonly every?: number;
}

export interface Progress {
  /** States whose moves have been tried. */
  readonly states: number;
  /** States met, and so stored. */
  readonly stored: number;
  /** The faults of the schedules that are being looked at: all with fewer are done. */
  readonly faults: number;
}

export interface Verdict extends Progress {
  /** `holds`: no schedule within the bound breaks an invariant. `undecided`: the limit came first. */
  readonly verdict: "holds" | "broken" | "undecided";
  /** The bound that is decided: no schedule with so many faults breaks an invariant; -1 if not even without one. */
  readonly bound: number;
  /** The longest way to a state, in steps. */
  readonly steps: number;
  /** States in which nothing moves any more: where the invariants were looked at. */
  readonly rests: number;
  /** How often each fault was tried, so that one that can't happen shows. */
  readonly fired: Readonly<Partial<Record<FaultKind, number>>>;
  readonly counterexample?: Schedule & { readonly violations: readonly Violation[] };
}

/**
 * Looks at every schedule with up to so many faults: those with fewer faults first, then the shorter ones,
 * so that the counterexample it finds has the fewest faults, and no shorter one has as few.
 *
 * A state that is met again with more faults, or on a longer way, is not looked at again: whatever follows
 * from it followed already, with more of the budget left.
 *
 * It is a generator, to be stopped or slowed down from outside: each turn ends after some states.
 */
export function* search(setup: Setup, options: SearchOptions): Generator<Progress, Verdict> {
  const { faults: budget, limit = Number.POSITIVE_INFINITY, every = 10_000 } = options;
  const { encode, decode } = codec(setup);
  const table = stateTable();
  const scratch = new Uint8Array(4096);
  // waiting[faults][steps]: numbers of states. One that was reached on a cheaper way since is skipped.
  const waiting: number[][][] = Array.from({ length: budget + 1 }, () => []);
  const fired: Partial<Record<FaultKind, number>> = {};
  const counts = { states: 0, rests: 0, steps: 0 };

  function reached(state: number, parent: number, faults: number, steps: number): void {
    table.reach(state, parent, faults, steps);
    const layers = at(waiting, faults);
    while (layers.length <= steps) layers.push([]);
    at(layers, steps).push(state);
  }

  function found(verdict: Verdict["verdict"], faults: number): Verdict {
    const bound = verdict === "holds" ? budget : faults - 1;
    return { verdict, bound, faults, stored: table.size(), fired, ...counts };
  }

  table.put(scratch, encode(initialState(setup), scratch));
  reached(0, 0, 0, 0);
  for (let faults = 0; faults <= budget; faults++) {
    const layers = at(waiting, faults);
    // With the budget used up, nothing more goes wrong.
    const allowed: Setup = faults === budget ? { ...setup, faults: [] } : setup;
    for (let steps = 0; steps < layers.length; steps++) {
      for (const number of at(layers, steps)) {
        if (table.faultsOf(number) !== faults || table.stepsOf(number) !== steps) continue;
        counts.states++;
        counts.steps = Math.max(counts.steps, steps);
        if (counts.states % every === 0) yield { states: counts.states, stored: table.size(), faults };
        if (counts.states > limit) return found("undecided", faults);
        const { bytes, start } = table.bytesOf(number);
        const state = decode(bytes, start);
        const moves = movesOf(allowed, state);
        if (!moves.some(({ progress }) => progress)) {
          counts.rests++;
          const broken = violations(setup, state).filter(
            ({ invariant }) => options.invariants?.includes(invariant) ?? true,
          );
          if (broken.length > 0)
            return {
              ...found("broken", faults),
              counterexample: { ...replay(setup, wayTo(number)), violations: broken },
            };
        }
        for (const { fault, next } of moves) {
          const cost = fault === undefined ? faults : faults + 1;
          if (fault !== undefined) fired[fault] = (fired[fault] ?? 0) + 1;
          const successor = table.put(scratch, encode(next, scratch));
          if (
            table.added() ||
            cost < table.faultsOf(successor) ||
            (cost === table.faultsOf(successor) && steps + 1 < table.stepsOf(successor))
          )
            reached(successor, number, cost, steps + 1);
        }
      }
      layers[steps] = [];
    }
  }
  return found("holds", budget);

  /** The encoded states from the first to this one. */
  function wayTo(state: number): Uint8Array[] {
    const way: number[] = [state];
    for (let current = state; current !== 0; ) {
      current = table.parentOf(current);
      way.unshift(current);
    }
    return way.map((number) => {
      const { bytes, start } = table.bytesOf(number);
      const length = encode(decode(bytes, start), scratch);
      return scratch.slice(0, length);
    });
  }
}

/** Runs a search, or any other such generator, to its end. */
export function toTheEnd<T>(work: Generator<unknown, T>): T {
  for (;;) {
    const { done, value } = work.next();
    if (done) return value as T;
  }
}
