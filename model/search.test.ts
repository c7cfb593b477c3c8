import { describe, expect, it } from "vitest";
import { breaches, brokenSetup } from "./breaches.ts";
import { toTheEnd } from "./explore.ts";
import { liveness } from "./liveness.ts";
import { livenessBreach, livenessProofs } from "./proofs.ts";
import { search } from "./search.ts";
import type { Setup } from "./setup.ts";
import { storyOf } from "./story.ts";
import { costs, plainSearch } from "./testing.ts";

const small = livenessProofs[1];
if (small === undefined) throw new Error("expected a liveness proof");

describe("the search", () => {
  it.each(breaches.filter(({ kept }) => kept.ticks === 0 && kept.script.length === 1))(
    "finds what a plain search finds, and no shorter way is left: $name",
    (breach) => {
      const setup = brokenSetup(breach);
      const options = { faults: breach.expected.faults, invariants: breach.invariants };
      const { counterexample } = toTheEnd(search(setup, options));
      expect(plainSearch(setup, options).cheapest).toEqual({
        faults: counterexample?.faults,
        steps: counterexample?.moves.length,
      });
    },
  );

  it("meets the states that a plain search meets, as cheaply, up to handlers' names", () => {
    expect(costs(small.setup, 1)).toEqual(plainSearch(small.setup, { faults: 1 }).costs);
    // In a chain the dispatcher, slowly, does without a fault what a lost answer does: met first at a higher price.
    const faults = ["lose a send's answer", "crash"] as const;
    const chain: Setup = { ...small.setup, billingHandlers: 1, marketing: false, faults };
    expect(costs(chain, 1)).toEqual(plainSearch(chain, { faults: 1 }).costs);
  });

  it("gives up at its limit, and says what is decided by then", () => {
    const { verdict, bound, states } = toTheEnd(search(small.setup, { faults: 2, limit: 200 }));
    expect({ verdict, bound, states }).toEqual({ verdict: "undecided", bound: 0, states: 200 });
  });

  it("refuses switches that contradict each other, and says which", () => {
    const rules = { ...small.setup.rules, copies: "send stored", content: "recomputed" } as const;
    const work = search({ ...small.setup, rules }, { faults: 0 });
    expect(() => work.next()).toThrow('copies "send stored" needs content "stored"');
  });

  it("can be watched, and stopped in the middle", () => {
    const work = search(small.setup, { faults: 2, every: 100 });
    const first = work.next();
    expect(first).toMatchObject({ done: false, value: { states: 100, faults: 1 } });
    const stopped = work.return(undefined as never);
    expect(stopped.done).toBe(true);
    expect(work.next().done).toBe(true);
  });

  it("shows that each fault can happen", () => {
    const { fired } = toTheEnd(search(small.setup, { faults: 2 }));
    expect(Object.keys(fired).toSorted()).toEqual([...small.setup.faults].toSorted());
  });
});

describe("liveness", () => {
  it("holds where the sweeper takes over", () => {
    const { verdict, rests } = toTheEnd(liveness(small.setup, { faults: 1 }));
    expect(verdict).toBe("comes to rest");
    expect(rests).toBeGreaterThan(0);
  });

  it("fails without a sweeper: what the last delivery left in the outbox stays there", () => {
    const { verdict, counterexample } = toTheEnd(liveness(livenessBreach.setup, livenessBreach));
    expect(verdict).toBe("never rests");
    expect(counterexample && storyOf(livenessBreach.setup, counterexample).at(-1)).toBe(
      "Handler A crashes before telling Billing (AddItem Meat): that was its last delivery, it is dead-lettered",
    );
  });
});
