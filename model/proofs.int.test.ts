import { describe, expect, it } from "vitest";
import { toTheEnd } from "./explore.ts";
import { liveness } from "./liveness.ts";
import { livenessProofs, quickProofs } from "./proofs.ts";
import { contradictions } from "./rules.ts";
import { search } from "./search.ts";
import type { Setup } from "./setup.ts";
import { costs, plainSearch } from "./testing.ts";

describe("the production rules", () => {
  it.each(quickProofs)("have no counterexample: $name", ({ setup, faults }) => {
    expect(contradictions(setup.rules)).toEqual([]);
    const { verdict, bound, fired } = toTheEnd(search(setup, { faults }));
    expect({ verdict, bound }).toEqual({ verdict: "holds", bound: faults });
    // Each fault can happen: a proof without them would say little.
    const never = setup.faults.filter((kind) => faults > 0 && fired[kind] === undefined);
    expect(never.filter((kind) => kind !== "hold a copy" || faults > 1)).toEqual([]);
  });

  it.each(livenessProofs)("let everything come to rest: $name", ({ setup, faults }) => {
    const { verdict, rests } = toTheEnd(liveness(setup, { faults }));
    expect(verdict).toBe("comes to rest");
    expect(rests).toBeGreaterThan(0);
  });
});

describe("the search in a chain", () => {
  it("meets the states that a plain search meets, as cheaply, up to handlers' names", () => {
    // The dispatcher, slowly, does without a fault what a fault does at once: such a state is met twice.
    const chain = quickProofs.find(({ name }) => name === "chain, in order");
    if (chain === undefined) throw new Error("expected a proof for the chain");
    const setup: Setup = { ...chain.setup, billingHandlers: 1, faults: ["send twice", "crash"] };
    expect(costs(setup, 1)).toEqual(plainSearch(setup, { faults: 1 }).costs);
  });
});
