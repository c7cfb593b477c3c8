import { describe, expect, it } from "vitest";
import { fillings } from "../shared/pierogi/menu.ts";
import { type Box, shares, tall, wayOf, ways, wide } from "./page/geometry.ts";
import { fillings as shown } from "./page/menu.ts";
import { nodes, serverNodes } from "./server/places.ts";

const places = nodes.filter((node) => !(serverNodes as readonly string[]).includes(node));

describe.each([
  ["wide", wide],
  ["tall", tall],
])("the %s picture", (_name, layout) => {
  it("has every place, inside its edges, and none on another", () => {
    expect(Object.keys(layout.boxes).sort()).toEqual([...places].sort());
    const boxes = Object.values(layout.boxes);
    for (const box of boxes) {
      expect(box.x + box.w).toBeLessThanOrEqual(layout.width);
      expect(box.y + box.h).toBeLessThanOrEqual(layout.height);
      expect(boxes.filter((other) => other !== box && overlap(box, other))).toEqual([]);
    }
  });

  it("has a way between any two places, that begins and ends in them", () => {
    for (const from of places) {
      for (const to of places) {
        const way = wayOf(layout, from, to);
        expect(touches(layout.boxes[from], way[0]), `${from} to ${to}`).toBe(true);
        expect(touches(layout.boxes[to], way.at(-1)), `${from} to ${to}`).toBe(true);
      }
    }
  });

  it("draws no way through a place that it does not belong to", () => {
    for (const [from, to] of ways) {
      const way = wayOf(layout, from, to);
      const others = Object.entries(layout.boxes).filter(([node]) => node !== from && node !== to);
      for (const [i, corner] of way.entries()) {
        const before = way[i - 1] ?? corner;
        const line = spanOf(before, corner);
        expect(others.filter(([, box]) => overlap(box, line)).map(([node]) => node)).toEqual([]);
      }
    }
  });
});

it("a way's shares rise from 0 to 1", () => {
  expect(
    shares([
      [0, 0],
      [0, 10],
      [30, 10],
    ]),
  ).toEqual([0, 0.25, 1]);
});

it("the page's menu is the program's", () => {
  expect(shown).toEqual(fillings);
});

const overlap = (a: Box, b: Box): boolean =>
  a.x < b.x + b.w && b.x < a.x + a.w && a.y < b.y + b.h && b.y < a.y + a.h;

const spanOf = ([ax, ay]: readonly [number, number], [bx, by]: readonly [number, number]): Box => ({
  x: Math.min(ax, bx),
  y: Math.min(ay, by),
  w: Math.abs(ax - bx) || 0.1,
  h: Math.abs(ay - by) || 0.1,
});

function touches(box: Box | undefined, point: readonly [number, number] | undefined): boolean {
  if (box === undefined || point === undefined) return false;
  const [x, y] = point;
  return x >= box.x && x <= box.x + box.w && y >= box.y && y <= box.y + box.h;
}
