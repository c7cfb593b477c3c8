import { type Bounds, type Explored, explore, type Progress } from "./explore.ts";
import { at } from "./lists.ts";
import type { Schedule } from "./schedule.ts";
import type { Setup } from "./setup.ts";
import { atRest } from "./state.ts";

export interface LivenessVerdict extends Pick<Explored, "states" | "rests"> {
  /** `comes to rest`: whatever has happened, when the faults stop the work ends. */
  readonly verdict: "comes to rest" | "never rests" | "undecided";
  /** The bound that is decided. */
  readonly faults: number;
  /** Whether moves can go round in a circle, so that the work ends only if none is put off for ever. */
  readonly needsFairness: boolean;
  /** The shortest way, of those with the fewest faults, to a state from which the work can't end any more. */
  readonly counterexample?: Schedule;
}

/**
 * Under fairness everything comes to rest: from each state that faults can lead to, moves that are no faults
 * lead to one with nothing left to do. There are finitely many states, so a run that puts no possible move
 * off for ever gets there. Time, the forgetting of records and the operator may not be needed for it.
 */
export function* liveness(setup: Setup, bounds: Bounds): Generator<Progress, LivenessVerdict> {
  const from = numbers();
  const to = numbers();
  const rests: number[] = [];
  const explored = yield* explore(setup, bounds, {
    quiet(number, state) {
      if (atRest(setup, state)) rests.push(number);
      return false;
    },
    follows(before, after) {
      from.push(before);
      to.push(after);
    },
  });
  const { states, stored, ended, faults, scheduleTo } = explored;
  const result = { states, rests: rests.length, faults: ended === "limit" ? faults - 1 : faults };
  if (ended === "limit") return { verdict: "undecided", needsFairness: false, ...result };

  const graph = backwards(from.all(), to.all(), stored);
  const needsFairness = hasCycle(graph, stored);
  const canRest = reachedBackwards(graph, rests, stored);
  const lost = cheapest(explored, canRest);
  return lost === undefined
    ? { verdict: "comes to rest", needsFairness, ...result }
    : { verdict: "never rests", needsFairness, ...result, counterexample: scheduleTo(lost) };
}

/** For each state, those that it follows from: `sources[starts[state]]` to `sources[starts[state + 1]]`. */
interface Backwards {
  readonly starts: Uint32Array;
  readonly sources: Uint32Array;
  /** For each state, how many follow from it. */
  readonly followers: Uint32Array;
}

function backwards(from: Uint32Array, to: Uint32Array, size: number): Backwards {
  const starts = new Uint32Array(size + 1);
  const followers = new Uint32Array(size);
  for (const state of to) starts[state + 1] = at(starts, state + 1) + 1;
  for (let state = 0; state < size; state++) starts[state + 1] = at(starts, state + 1) + at(starts, state);
  const sources = new Uint32Array(to.length);
  const filled = starts.slice();
  for (let edge = 0; edge < to.length; edge++) {
    const source = at(from, edge);
    const target = at(to, edge);
    const place = at(filled, target);
    sources[place] = source;
    filled[target] = place + 1;
    followers[source] = at(followers, source) + 1;
  }
  return { starts, sources, followers };
}

const sourcesOf = ({ starts, sources }: Backwards, state: number): Uint32Array =>
  sources.subarray(at(starts, state), at(starts, state + 1));

function reachedBackwards(graph: Backwards, ends: readonly number[], size: number): Uint8Array {
  const reached = new Uint8Array(size);
  const pending = [...ends];
  for (const end of ends) reached[end] = 1;
  for (let state = pending.pop(); state !== undefined; state = pending.pop()) {
    for (const source of sourcesOf(graph, state)) {
      if (reached[source] === 1) continue;
      reached[source] = 1;
      pending.push(source);
    }
  }
  return reached;
}

/** Takes away states from which nothing follows, one after the other: what stays lies on a cycle or before one. */
function hasCycle(graph: Backwards, size: number): boolean {
  const followers = graph.followers.slice();
  const pending: number[] = [];
  followers.forEach((count, state) => {
    if (count === 0) pending.push(state);
  });
  let taken = 0;
  for (let state = pending.pop(); state !== undefined; state = pending.pop()) {
    taken++;
    for (const source of sourcesOf(graph, state)) {
      followers[source] = at(followers, source) - 1;
      if (followers[source] === 0) pending.push(source);
    }
  }
  return taken < size;
}

function cheapest({ costOf }: Explored, canRest: Uint8Array): number | undefined {
  let best: number | undefined;
  for (let state = 0; state < canRest.length; state++) {
    if (canRest[state] === 0 && (best === undefined || costOf(state) < costOf(best))) best = state;
  }
  return best;
}

/** A list of numbers of four bytes each. */
function numbers() {
  let list = new Uint32Array(1 << 10);
  let length = 0;
  return {
    push(number: number): void {
      if (length === list.length) {
        const longer = new Uint32Array(2 * length);
        longer.set(list);
        list = longer;
      }
      list[length++] = number;
    },
    all: (): Uint32Array => list.subarray(0, length),
  };
}
