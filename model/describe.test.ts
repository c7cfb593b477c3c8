import { describe, expect, it } from "vitest";
import { breaches, brokenSetup } from "./breaches.ts";
import { describeState } from "./describe.ts";
import { violations } from "./invariants.ts";
import { at } from "./lists.ts";
import { isQuiet, movesOf } from "./moves.ts";
import { initialState, type State } from "./state.ts";
import { sentenceOf } from "./story.ts";

const setup = brokenSetup(at(breaches, 1));

/** Plays as a board does: each sentence names one of the legal moves. */
function played(...sentences: string[]): State {
  return sentences.reduce((state, sentence) => {
    const chosen = movesOf(setup, state).find((move) => sentenceOf(setup, move) === sentence);
    if (chosen === undefined) throw new Error(`expected a legal move "${sentence}"`);
    return chosen.next;
  }, initialState(setup));
}

describe("a game", () => {
  const sent = ["Client sends AddItem Meat", "Broker delivers AddItem Meat to handler"];

  it("offers what can happen next, and nothing else", () => {
    expect(movesOf(setup, played(...sent)).map((move) => sentenceOf(setup, move))).toEqual([
      "Handler reads the order: AddItem Meat is new",
    ]);
  });

  it("shows what everybody holds", () => {
    const told = played(
      ...sent,
      "Handler reads the order: AddItem Meat is new",
      "Handler sends ItemAdded Meat to Billing",
    );
    expect(describeState(setup, told)).toEqual([
      "Orders, queue: AddItem Meat (with handler)",
      "Handler: AddItem Meat, still saving, completing it",
      "Orders, sheet: nothing",
      "Billing, sheet: 1 Meat",
    ]);
  });

  it("says what is wrong when nothing moves any more", () => {
    const ghost = played(
      ...sent,
      "Handler reads the order: AddItem Meat is new",
      "Handler sends ItemAdded Meat to Billing",
      "Handler saves the order, and the store refuses for good: AddItem Meat is dead-lettered",
    );
    expect(isQuiet(movesOf(setup, ghost))).toBe(true);
    expect(describeState(setup, ghost)).toContain("Orders, dead letters: AddItem Meat");
    expect(violations(setup, ghost).map(({ sentence }) => sentence)).toEqual([
      "ItemAdded of AddItem Meat was told, but Orders never stored it",
      "Billing charges for 1 Meat, and the order holds nothing",
    ]);
  });
});
