import { describe, expect, it } from "vitest";
import { toTheEnd } from "./explore.ts";
import { liveness } from "./liveness.ts";
import { livenessProofs, quickProofs } from "./proofs.ts";
import { search } from "./search.ts";

describe("the production rules", () => {
  it.each(quickProofs)("have no counterexample: $name", ({ setup, faults }) => {
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
