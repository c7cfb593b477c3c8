import type { NodeId, NodeState, Step } from "../protocol.ts";

/** How fast the page shows what happens: 0 stands still, 1 is live. */
export type Speed = 0 | 0.1 | 0.25 | 1;
export const speeds: readonly Speed[] = [1, 0.25, 0.1, 0];

/** Steps that wait for a page that is slow or stands still; behind that it goes on from now. */
export const MOST_WAITING = 5_000;

/** Milliseconds between two steps of a slow playback: long enough to be seen, and no longer than anyone waits. */
const gaps: Readonly<Record<Speed, { least: number; most: number }>> = {
  0: { least: Number.POSITIVE_INFINITY, most: Number.POSITIVE_INFINITY },
  0.1: { least: 900, most: 3_000 },
  0.25: { least: 300, most: 1_500 },
  1: { least: 0, most: 0 },
};

/** The buffer between what happens and what is shown. */
export interface Playback {
  readonly speed: Speed;
  /** What is shown: the state of each place. */
  readonly nodes: Readonly<Record<NodeId, NodeState>>;
  readonly waiting: readonly Step[];
  /** When the last step was shown, and when it had happened. */
  readonly shownAt: number;
  readonly happenedAt: number;
  /** The last step that the page was given. */
  readonly number: number;
  /** Happenings that were left out, since the page stood still for too long. */
  readonly skipped: number;
}

export const nothing: Playback = {
  speed: 1,
  nodes: {},
  waiting: [],
  shownAt: 0,
  happenedAt: 0,
  number: 0,
  skipped: 0,
};

/** A new beginning: all places as they are. */
export const restarted = (
  playback: Playback,
  { nodes, number, at }: { readonly nodes: Playback["nodes"]; readonly number: number; readonly at: number },
): Playback => ({ ...playback, nodes, number, happenedAt: at, waiting: [] });

/** Takes steps as they come; those that a snapshot held already are dropped. */
export function received(playback: Playback, steps: readonly Step[]): Playback {
  const news = steps.filter(({ number }) => number > playback.number);
  const number = news.at(-1)?.number ?? playback.number;
  const waiting = [...playback.waiting, ...news];
  if (waiting.length <= MOST_WAITING) return { ...playback, number, waiting };
  return {
    ...playback,
    number,
    nodes: withStates(playback.nodes, waiting),
    waiting: [],
    skipped: playback.skipped + happeningsIn(waiting),
  };
}

/**
 * What is due now.
 * @returns the steps to show, and the playback behind them
 */
export function due(playback: Playback, now: number): readonly [readonly Step[], Playback] {
  if (playback.speed === 1) return shown(playback, playback.waiting.length, now);
  const next = nextVisible(playback.waiting);
  const step = playback.waiting[next - 1];
  if (step === undefined || now < playback.shownAt + gap(playback, step)) return [[], playback];
  return shown(playback, next, now);
}

/** Shows the next thing that can be seen, whatever the speed. */
export const stepped = (playback: Playback, now: number) =>
  shown(playback, nextVisible(playback.waiting), now);

/** Shows all at once and goes on live. */
export const live = (playback: Playback): Playback => ({
  ...playback,
  speed: 1,
  nodes: withStates(playback.nodes, playback.waiting),
  waiting: [],
  happenedAt: playback.waiting.at(-1)?.at ?? playback.happenedAt,
});

/** Happenings that wait. */
export const behind = ({ waiting }: Playback): number => happeningsIn(waiting);

function gap({ speed, happenedAt }: Playback, step: Step): number {
  const { least, most } = gaps[speed];
  return Math.min(Math.max((step.at - happenedAt) / speed, least), most);
}

function shown(playback: Playback, count: number, now: number): readonly [readonly Step[], Playback] {
  if (count === 0) return [[], playback];
  const steps = playback.waiting.slice(0, count);
  return [
    steps,
    {
      ...playback,
      waiting: playback.waiting.slice(count),
      nodes: withStates(playback.nodes, steps),
      shownAt: now,
      happenedAt: steps.at(-1)?.at ?? playback.happenedAt,
    },
  ];
}

/** How many steps to show so that there is something to see: a change of numbers alone is shown with what follows. */
function nextVisible(waiting: readonly Step[]): number {
  const index = waiting.findIndex(({ moves, says }) => moves.length > 0 || says.length > 0);
  return index === -1 ? waiting.length : index + 1;
}

const withStates = (nodes: Playback["nodes"], steps: readonly Step[]): Playback["nodes"] =>
  Object.assign({ ...nodes }, ...steps.map((step) => step.nodes));

const happeningsIn = (steps: readonly Step[]): number => steps.reduce((sum, { count }) => sum + count, 0);
