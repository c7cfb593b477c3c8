import { codec } from "./codec.ts";
import { at } from "./lists.ts";
import { isQuiet, movesOf } from "./moves.ts";
import { replay, type Schedule } from "./schedule.ts";
import { type FaultKind, problems, type Setup } from "./setup.ts";
import { initialState, type State } from "./state.ts";
import { stateTable } from "./table.ts";

export interface Bounds {
  /** How many faults there may be. */
  readonly faults: number;
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

export interface Visitor {
  /** A state in which no move makes progress any more. @returns whether to stop here */
  readonly quiet: (number: number, state: State) => boolean;
  /** One state follows from another by a move that makes progress. */
  readonly follows?: (from: number, to: number) => void;
}

export interface Explored extends Progress {
  readonly ended: "done" | "stopped" | "limit";
  /** The longest way to a state, in steps. */
  readonly steps: number;
  /** States in which nothing moves any more. */
  readonly rests: number;
  /** How often each fault was tried, so that one that can't happen shows. */
  readonly fired: Readonly<Partial<Record<FaultKind, number>>>;
  /** What it cost to reach a state, as `costOf` says. */
  readonly costOf: (number: number) => number;
  /** The shortest way to a state, of those with the fewest faults. */
  readonly scheduleTo: (number: number) => Schedule;
}

/**
 * Looks at every schedule with up to so many faults: those with fewer faults first, then the shorter ones.
 * A state that is met again with more faults, or on a longer way, is not looked at again: whatever follows
 * from it followed already, with more of the budget left. So a state does not hold the faults so far.
 *
 * It is a generator, to be stopped or slowed down from outside: each turn ends after some states.
 */
export function* explore(setup: Setup, bounds: Bounds, visitor: Visitor): Generator<Progress, Explored> {
  const wrong = problems(setup);
  if (wrong.length > 0) throw new Error(`this situation can't be explored: ${wrong.join("; ")}`);
  const { faults: budget, limit = Number.POSITIVE_INFINITY, every = 10_000 } = bounds;
  const { encode, decode } = codec(setup);
  const table = stateTable();
  const scratch = new Uint8Array(4096);
  // waiting[faults][steps]: numbers of states. One that was reached on a cheaper way since is skipped.
  const waiting: number[][][] = Array.from({ length: budget + 1 }, () => []);
  const fired: Partial<Record<FaultKind, number>> = {};
  let states = 0;
  let rests = 0;
  let longest = 0;

  /** Stores a state that was reached, unless it is known at that price. @returns its number */
  function reach(state: State, parent: number, faults: number, steps: number): number {
    const number = table.put(scratch, encode(state, scratch));
    if (!table.added() && !isCheaper(number, faults, steps)) return number;
    table.reach(number, parent, costOf(faults, steps));
    const layers = at(waiting, faults);
    while (layers.length <= steps) layers.push([]);
    at(layers, steps).push(number);
    return number;
  }

  function isCheaper(known: number, faults: number, steps: number): boolean {
    return costOf(faults, steps) < table.costOf(known);
  }

  function stateOf(number: number): State {
    const { bytes, start } = table.bytesOf(number);
    return decode(bytes, start);
  }

  function scheduleTo(number: number): Schedule {
    const way = [number];
    for (let current = number; current !== 0; ) {
      current = table.parentOf(current);
      way.unshift(current);
    }
    return replay(setup, way.map(stateOf));
  }

  const explored = (ended: Explored["ended"], faults: number): Explored => {
    return {
      ended,
      faults,
      states,
      stored: table.size(),
      rests,
      steps: longest,
      fired,
      costOf: table.costOf,
      scheduleTo,
    };
  };

  reach(initialState(setup), 0, 0, 0);
  for (let faults = 0; faults <= budget; faults++) {
    const layers = at(waiting, faults);
    // With the budget used up, nothing more goes wrong.
    const allowed: Setup = faults === budget ? { ...setup, faults: [] } : setup;
    for (let steps = 0; steps < layers.length; steps++) {
      for (const number of at(layers, steps)) {
        if (table.costOf(number) !== costOf(faults, steps)) continue;
        if (states === limit) return explored("limit", faults);
        states++;
        longest = Math.max(longest, steps);
        if (states % every === 0) yield { states, stored: table.size(), faults };
        const state = stateOf(number);
        const moves = movesOf(allowed, state);
        if (isQuiet(moves)) {
          rests++;
          if (visitor.quiet(number, state)) return explored("stopped", faults);
        }
        for (const { fault, next, progress } of moves) {
          if (fault !== undefined) fired[fault] = (fired[fault] ?? 0) + 1;
          const successor = reach(next, number, fault === undefined ? faults : faults + 1, steps + 1);
          if (progress) visitor.follows?.(number, successor);
        }
      }
      layers[steps] = [];
    }
  }
  return explored("done", budget);
}

/** One number that orders states: fewer faults first, then fewer steps. */
export const costOf = (faults: number, steps: number): number => (faults << 24) | steps;

/** Runs a search to its end. */
export function toTheEnd<T>(work: Generator<unknown, T>): T {
  for (;;) {
    const turn = work.next();
    if (turn.done) return turn.value;
  }
}
