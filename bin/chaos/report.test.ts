import { describe, expect, it } from "vitest";
import { during, plan } from "../../emulators/faults/index.ts";
import { type ChaosReport, type ChaosResult, isClean, neverFiredOf, table, together } from "./report.ts";

const report = (result: Partial<ChaosResult> = {}, more: Partial<ChaosReport> = {}): ChaosReport => ({
  result: {
    orders: 10,
    faults: { loseAnswer: 3 },
    lost: 0,
    duplicated: 0,
    ghosts: 0,
    inconsistent: 0,
    deadLettered: 0,
    quarantined: 3,
    replayed: 2,
    seconds: 9.9,
    ...result,
  },
  neverFired: [],
  suppressed: 4,
  poison: { planted: 3, missing: [], unexpected: [] },
  findings: [],
  atRest: true,
  ...more,
});

describe("a chaos run", () => {
  it("is clean with nothing but the planted poison in quarantine", () => {
    expect(isClean(report())).toBe(true);
  });

  it.each([
    report({ lost: 1 }),
    report({ duplicated: 1 }),
    report({ ghosts: 1 }),
    report({ inconsistent: 1 }),
    report({ deadLettered: 1 }),
    report({}, { neverFired: ["clock"] }),
    report({}, { poison: { planted: 3, missing: ["a"], unexpected: [] } }),
    report({}, { poison: { planted: 3, missing: [], unexpected: ["a"] } }),
    report({}, { atRest: false }),
  ])("is not clean: %#", (unclean) => {
    expect(isClean(unclean)).toBe(false);
  });

  it("of two rounds counts the orders and anomalies of both, and the quarantine once", () => {
    const both = together(report({ lost: 1, quarantined: 3 }), report({ quarantined: 6 }, { atRest: false }));
    expect(both.result).toMatchObject({ orders: 20, lost: 1, quarantined: 6, replayed: 4, seconds: 19.8 });
    expect(both.atRest).toBe(false);
  });

  it("names kinds that were planned and never struck", () => {
    const rules = plan(1, during("cosmos").loseAnswer(), during("cosmos").loseRequest());
    const fired = {
      at: 1,
      rule: "x",
      kind: "loseAnswer",
      point: { server: "cosmos", operation: "read" },
    } as const;
    expect(neverFiredOf(rules, [fired])).toEqual(["loseRequest"]);
    expect(table(report({}, { neverFired: ["loseRequest"] }))).toMatch(/never struck: loseRequest/);
  });
});
