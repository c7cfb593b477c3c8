import { readFile } from "node:fs/promises";
import { describe, expect, it } from "vitest";
import { outcomeOf, sabotages } from "./outcome.ts";
import { claimOf, claimsIn } from "./sabotage-table.ts";

const outcomes = new Map(sabotages.map((sabotage) => [sabotage.name, once(() => outcomeOf(sabotage, 7))]));

function once<T>(make: () => Promise<T>): () => Promise<T> {
  let made: Promise<T> | undefined;
  return () => {
    made ??= make();
    return made;
  };
}

/** The checks are worth what they catch: each broken rule must be noticed. */
describe("a broken rule is noticed:", { timeout: 600_000 }, () => {
  it.each(sabotages)("rule $rule, $what", async ({ name }) => {
    expect(await outcomes.get(name)?.()).toMatchObject({ name, isCaught: true });
  });

  it("by whom, the README tells", async () => {
    const told = await Promise.all([...outcomes.values()].map((outcome) => outcome()));
    expect(claimsIn(await readFile("README.md", "utf8"))).toEqual(told.map(claimOf));
  });

  it("what breaks nothing is not", async () => {
    const harmless = { name: "harmless", rule: 0, what: "nothing", modes: ["fence"] } as const;
    const nothing = { ...harmless, where: { load: "stopped" }, sabotage: () => ({}) } as const;
    const { isCaught, catches } = await outcomeOf(nothing, 7);
    expect(isCaught).toBe(false);
    expect(catches[0]?.schedules).toBeGreaterThan(100);
  });

  it("at least one way to break each rule that the algorithm keeps", () => {
    const broken = new Set(sabotages.map(({ rule }) => rule));
    const needed = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 15, 16, 18];
    expect(needed.filter((rule) => !broken.has(rule))).toEqual([]);
  });
});
