import { describe, expect, it } from "vitest";
import { breaches, brokenSetup } from "./breaches.ts";
import { storyOf } from "./story.ts";
import { findBroken, found, verdictWithRule } from "./testing.ts";

const timed = breaches.filter(({ kept }) => kept.ticks > 0);

describe("a broken rule where time plays a part", () => {
  it.each(timed)("$name: is found with its fewest faults and steps", (breach) => {
    expect(found(breach)).toEqual(breach.expected);
  });

  it.each(timed)("$name: kept, nothing breaks with as many faults", (breach) => {
    expect(verdictWithRule(breach)).toBe("holds");
  });

  it("is told with the names of handlers and copies kept from the first move to the last", () => {
    const breach = breaches.find(({ name }) => name.startsWith("fence: state before record"));
    if (breach === undefined) throw new Error("expected a breach of the order of reads");
    const { counterexample } = findBroken(breach);
    const story = counterexample === undefined ? [] : storyOf(brokenSetup(breach), counterexample);
    const told = [
      "Broker delivers AddItem Meat to handler A",
      "Broker delivers AddItem Meat (copy 2) to handler B",
      "Handler B reads the record of AddItem Meat (copy 2)",
      "Handler A saves the order with the record and the outbox item for AddItem Meat",
      "Handler B reads the order: AddItem Meat (copy 2) is new",
      "The store of Orders forgets the inbox record of AddItem Meat",
      "Handler B saves the order with the record and the outbox item for AddItem Meat (copy 2)",
    ];
    expect(story.filter((sentence) => told.includes(sentence))).toEqual(told);
  });
});
