import { describe, expect, it } from "vitest";
import { faultKinds, serverNames } from "../../emulators/faults/index.ts";
import { mixOf } from "./mix.ts";

const countOf = (orders: number) => {
  const counts = new Map<string, number>();
  for (const { fault, times } of mixOf(7, orders, serverNames).rules) {
    counts.set(fault.kind, (counts.get(fault.kind) ?? 0) + Number(times));
  }
  return counts;
};

describe("the mix of faults", () => {
  it("has each kind at least ten times in a run of 1000 orders", () => {
    const counts = countOf(1000);
    expect(faultKinds.filter((kind) => (counts.get(kind) ?? 0) < 10)).toEqual([]);
  });

  it("leaves no kind out of a short run", () => {
    expect([...countOf(10).keys()].toSorted()).toEqual([...faultKinds].toSorted());
  });

  it("is a plan for as many orders as can be asked for, spread over all of them", () => {
    const { rules } = mixOf(7, 100_000, serverNames);
    expect(rules.filter(({ from }) => from > 50_000).length).toBeGreaterThan(rules.length / 2);
  });

  it("is the same for the same seed, and another for another", () => {
    expect(mixOf(7, 100, serverNames)).toEqual(mixOf(7, 100, serverNames));
    expect(mixOf(7, 100, serverNames).rules).not.toEqual(mixOf(8, 100, serverNames).rules);
  });

  it("leaves servers in peace that take no part", () => {
    expect(new Set(mixOf(7, 100, ["sql"]).rules.map(({ at }) => at.server))).toEqual(new Set(["sql"]));
  });
});
