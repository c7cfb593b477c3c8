import { describe, expect, it } from "vitest";
import { type FaultKind, type FaultPlan, faultKinds } from "./faults.ts";
import { pairsOf, type Share, shareOf } from "./pairs.ts";

/** Singles at 12 steps, whose schedules are of different lengths. */
const singles = new Map(
  Array.from({ length: 12 }, (_, step) =>
    faultKinds.map((kind, index): [FaultPlan, number] => [new Map([[step, kind]]), 12 + (index % 4)]),
  ).flat(),
);
const nameOf = (plan: FaultPlan): string => JSON.stringify([...plan]);
const secondOf = (plan: FaultPlan): [number, FaultKind] | undefined => [...plan].at(-1);

describe("a night's share of all pairs", () => {
  const first = 20_416;
  const nightsOf = (nights: number): { share: Share; pairs: readonly FaultPlan[] }[] =>
    Array.from({ length: nights }, (_, more) =>
      shareOf(singles, faultKinds, { number: first + more, nights }),
    );

  it.each([1, 3, 21])("of %i: in them each pair is played once", (count) => {
    const nights = nightsOf(count);
    const all = [...pairsOf(singles, faultKinds)].map(nameOf);
    expect(nights.flatMap(({ pairs }) => pairs.map(nameOf)).sort()).toEqual(all.sort());
    for (const { share, pairs } of nights) {
      expect(share).toEqual({ played: pairs.length, all: all.length });
      expect(Math.abs(pairs.length - all.length / count)).toBeLessThan(1);
    }
  });

  it("has no number of nights that would leave out kinds of faults", () => {
    expect(() => nightsOf(15)).toThrow(/without a factor in common with the 10 kinds of faults; came 15/);
  });

  it("strikes with each kind, and every step that can be second", () => {
    for (const { pairs } of nightsOf(21)) {
      const seconds = pairs.map(secondOf);
      expect(new Set(seconds.map((second) => second?.[1]))).toEqual(new Set(faultKinds));
      expect(new Set(seconds.map((second) => second?.[0])).size).toBe(14);
    }
  });
});
