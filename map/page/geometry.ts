import type { NodeId } from "../protocol.ts";

/** Where the picture's places are, for a wide screen and for a phone. Units are pixels of the drawing. */

export interface Box {
  readonly x: number;
  readonly y: number;
  readonly w: number;
  readonly h: number;
}
export type Point = readonly [x: number, y: number];
export interface Layout {
  readonly width: number;
  readonly height: number;
  readonly boxes: Readonly<Record<NodeId, Box>>;
  /** Squares for messages in one row of a queue, of an outbox. */
  readonly chips: number;
  /** Heads of columns, where places have no room for more than their name. */
  readonly captions: readonly (readonly [x: number, y: number, text: string])[];
}

const rows = ["orders", "billing", "marketing"] as const;

function layout(
  frame: Omit<Layout, "boxes">,
  row: { readonly top: number; readonly every: number; readonly h: number },
  columns: Readonly<Record<"queue" | "function" | "store", readonly [x: number, w: number]>>,
  others: Readonly<Record<NodeId, Box>>,
): Layout {
  const boxes: Record<NodeId, Box> = { ...others };
  for (const [i, name] of rows.entries()) {
    for (const [kind, [x, w]] of Object.entries(columns)) {
      boxes[`${kind}:${name}`] = { x, y: row.top + i * row.every, w, h: row.h };
    }
  }
  return { ...frame, boxes };
}

export const wide = layout(
  { width: 840, height: 484, chips: 4, captions: [] },
  { top: 22, every: 138, h: 108 },
  { queue: [196, 172], function: [428, 112], store: [600, 212] },
  {
    client: { x: 10, y: 22, w: 140, h: 44 },
    frontend: { x: 10, y: 90, w: 140, h: 52 },
    "queue:quarantine": { x: 10, y: 176, w: 150, h: 108 },
    dispatch: { x: 10, y: 318, w: 140, h: 42 },
    sweep: { x: 10, y: 372, w: 140, h: 42 },
    "topic:events": { x: 196, y: 436, w: 616, h: 42 },
  },
);

export const tall = layout(
  {
    ...{ width: 366, height: 664, chips: 2 },
    captions: [
      [90, 70, "queue"],
      [160, 70, "function"],
      [278, 70, "store"],
    ],
  },
  { top: 88, every: 135, h: 110 },
  { queue: [18, 114], function: [147, 84], store: [246, 104] },
  {
    client: { x: 18, y: 8, w: 106, h: 48 },
    frontend: { x: 152, y: 8, w: 198, h: 48 },
    "topic:events": { x: 18, y: 496, w: 332, h: 44 },
    "queue:quarantine": { x: 18, y: 552, w: 156, h: 106 },
    dispatch: { x: 190, y: 552, w: 160, h: 46 },
    sweep: { x: 190, y: 608, w: 160, h: 46 },
  },
);

/** Ways that are drawn although nothing moves there. */
export const ways: readonly (readonly [NodeId, NodeId])[] = [
  ["client", "frontend"],
  ["frontend", "queue:orders"],
  ...rows.flatMap((name): [NodeId, NodeId][] => [
    [`queue:${name}`, `function:${name}`],
    [`function:${name}`, `store:${name}`],
    [`store:${name}`, "topic:events"],
    ["topic:events", `queue:${name}`],
  ]),
  ["store:orders", "queue:billing"],
];

const right = ({ x, y, w, h }: Box): Point => [x + w, y + h / 2];
const left = ({ x, y, h }: Box): Point => [x, y + h / 2];
const top = ({ x, y, w }: Box): Point => [x + w / 2, y];
const bottom = ({ x, y, w, h }: Box): Point => [x + w / 2, y + h];
const middle = ({ x, y, w, h }: Box): Point => [x + w / 2, y + h / 2];

/** The corners of the way from one place to another; empty if one of them is not in the picture. */
export function wayOf({ boxes }: Layout, from: NodeId, to: NodeId): readonly Point[] {
  const [a, b] = [boxes[from], boxes[to]];
  if (a === undefined || b === undefined) return [];
  if (from === to) return [middle(a), [a.x + a.w - 14, a.y + a.h - 12]];
  if (a.y === b.y && a.x < b.x) return [right(a), left(b)];
  // A message that is given back: below the way on which it came.
  if (a.y === b.y) return [shifted(left(a), 16), shifted(right(b), 16)];
  if (to === "topic:events") return aroundRight(a, b);
  if (from === "topic:events") return aroundLeft(a, b);
  if (from === "frontend" && to === "store:orders") return over(a, b);
  if (from === "frontend" || from === "client") return down(a, b);
  if (from.startsWith("store:") && to.startsWith("queue:")) return between(a, b);
  return [middle(a), middle(b)];
}

const shifted = ([x, y]: Point, by: number): Point => [x, y + by];

function aroundRight(a: Box, b: Box): Point[] {
  const lane = b.x + b.w + 9;
  const [x, y] = right(a);
  return [[x, y], [lane, y], [lane, b.y + b.h / 2], right(b)];
}

function aroundLeft(a: Box, b: Box): Point[] {
  const lane = b.x - 9;
  return [left(a), [lane, a.y + a.h / 2], [lane, b.y + b.h / 2 + 12], shifted(left(b), 12)];
}

/** From above or beside, into the side that is nearer. */
function down(a: Box, b: Box): readonly Point[] {
  if (a.x + a.w <= b.x) {
    const lane = a.x + a.w + 14;
    const [x, y] = right(a);
    return [[x, y], [lane, y], [lane, b.y + b.h / 2 - 12], shifted(left(b), -12)];
  }
  if (a.y + a.h <= b.y) {
    const gap = b.y - 12;
    return [bottom(a), [a.x + a.w / 2, gap], [b.x + b.w / 2, gap], top(b)];
  }
  return [middle(a), middle(b)];
}

function over(a: Box, b: Box): Point[] {
  const gap = b.y - 10;
  const lane = a.x + a.w + 14;
  return [right(a), [lane, a.y + a.h / 2], [lane, gap], [b.x + b.w / 2, gap], top(b)];
}

function between(a: Box, b: Box): Point[] {
  const gap = (a.y + a.h + b.y) / 2;
  return [bottom(a), [a.x + a.w / 2, gap], [b.x + b.w / 2, gap], top(b)];
}

/** An SVG path's data. */
export const pathData = (points: readonly Point[]): string =>
  points.map(([x, y], i) => `${i === 0 ? "M" : "L"}${x} ${y}`).join(" ");

/** How much of the way lies before each corner, from 0 to 1. */
export function shares(points: readonly Point[]): readonly number[] {
  const lengths = points.map(([x, y], i) => {
    const [px, py] = points[i - 1] ?? [x, y];
    return Math.hypot(x - px, y - py);
  });
  const total = lengths.reduce((sum, length) => sum + length, 0);
  let before = 0;
  return lengths.map((length) => {
    before += length;
    return total === 0 ? 0 : before / total;
  });
}
