import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createDeadlines } from "./deadlines.ts";
import { createHeap } from "./heap.ts";

describe("a heap", () => {
  it("gives its items in order, whatever was kept of them", () => {
    fc.assert(
      fc.property(fc.array(fc.integer()), fc.integer({ min: 1, max: 5 }), (numbers, divisor) => {
        const heap = createHeap<number>((a, b) => a < b);
        for (const number of numbers) heap.push(number);
        const keep = (number: number): boolean => number % divisor === 0;
        heap.retain(keep);
        const given = Array.from({ length: heap.size }, () => heap.pop());
        expect(given).toEqual(numbers.filter(keep).toSorted((a, b) => a - b));
        expect(heap.pop()).toBeUndefined();
      }),
    );
  });
});

describe("deadlines", () => {
  it("run once, in order, those that were not cancelled", () => {
    const deadlines = createDeadlines();
    const ran: string[] = [];
    deadlines.add(20, () => void ran.push("b"));
    deadlines.add(10, () => void ran.push("a"));
    deadlines.add(20, () => void ran.push("c"));
    const cancelled = deadlines.add(5, () => void ran.push("never"));
    cancelled.cancel();
    cancelled.cancel();
    expect(deadlines.next()).toBe(10);
    deadlines.run(20);
    deadlines.run(30);
    expect(ran).toEqual(["a", "b", "c"]);
    expect(deadlines.next()).toBeUndefined();
  });

  it("keep the living ones when thousands are cancelled", () => {
    const deadlines = createDeadlines();
    const ran: number[] = [];
    const all = Array.from({ length: 5000 }, (_, at) => deadlines.add(at, () => void ran.push(at)));
    for (const [at, deadline] of all.entries()) if (at % 1000 !== 7) deadline.cancel();
    deadlines.run(5000);
    expect(ran).toEqual([7, 1007, 2007, 3007, 4007]);
  });
});
