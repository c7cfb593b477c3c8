import type { Happening, Move, Step } from "../protocol.ts";

/** Sentences of a merged step: the last ones stand for the rest. */
const SENTENCES = 5;

/** Moves of the same kind between the same places become one with a count. */
function mergeMoves(moves: readonly Move[]): Move[] {
  const merged = new Map<string, Move>();
  for (const move of moves) {
    const key = [move.from, move.to, move.kind, move.type].join(" ");
    const known = merged.get(key);
    if (known === undefined) merged.set(key, move);
    else {
      const { from, to, kind, type } = move;
      merged.set(key, { from, to, kind, type, count: known.count + move.count });
    }
  }
  return [...merged.values()];
}

/** Faults come first: they are few, and what one looks for. */
function lastWords(happenings: readonly Happening[]): Happening[] {
  const faults = happenings.filter(({ kind }) => kind === "fault");
  const others = happenings.filter(({ kind, text }) => kind !== "fault" && text !== "");
  return [...faults.slice(-SENTENCES), ...others.slice(-SENTENCES)].sort((a, b) => a.number - b.number);
}

/** Many steps as one: the last state of each place, moves counted. */
export const mergeSteps = (steps: readonly Step[]): Step => ({
  number: steps.at(-1)?.number ?? 0,
  at: steps.at(-1)?.at ?? 0,
  count: steps.reduce((sum, { count }) => sum + count, 0),
  moves: mergeMoves(steps.flatMap(({ moves }) => moves)),
  nodes: Object.assign({}, ...steps.map(({ nodes }) => nodes)),
  says: lastWords(steps.flatMap(({ says }) => says)),
});
