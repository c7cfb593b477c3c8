import { describe, expect, it } from "vitest";
import { breaches, brokenSetup } from "./breaches.ts";
import { problems } from "./setup.ts";
import { storyOf } from "./story.ts";
import { findBroken, found, verdictWithRule } from "./testing.ts";

// Those with a clock take seconds: breaches.int.test.ts.
const timeless = breaches.filter(({ kept }) => kept.ticks === 0);

function storyWithout(name: string): string[] {
  const breach = breaches.find((candidate) => candidate.name.startsWith(name));
  if (breach === undefined) throw new Error(`expected a breach named ${name}`);
  const { counterexample } = findBroken(breach);
  return counterexample === undefined ? [] : storyOf(brokenSetup(breach), counterexample);
}

describe("a broken rule", () => {
  it.each(timeless)("$name: is found with its fewest faults and steps", (breach) => {
    expect(found(breach)).toEqual(breach.expected);
  });

  it.each(timeless)("$name: kept, nothing breaks with as many faults", (breach) => {
    expect(verdictWithRule(breach)).toBe("holds");
  });

  it.each(breaches)("$name: differs in switches that go together", (breach) => {
    expect([...problems(breach.kept), ...problems(brokenSetup(breach))]).toEqual([]);
  });
});

describe("the stories", () => {
  it("tells of the ghost", () => {
    expect(storyWithout("save first")).toEqual([
      "Client sends AddItem Meat",
      "Broker delivers AddItem Meat to handler",
      "Handler reads the order: AddItem Meat is new",
      "Handler sends ItemAdded Meat to Billing",
      "Handler saves the order, and the store refuses for good: AddItem Meat is dead-lettered",
    ]);
  });

  it("tells of the dead letter that nobody dispatches", () => {
    expect(storyWithout("sweeper").slice(-2)).toEqual([
      "Handler A saves the order with the record and the outbox item for AddItem Meat",
      "Handler A crashes before telling Billing (AddItem Meat): that was its last delivery, it is dead-lettered",
    ]);
  });
});
