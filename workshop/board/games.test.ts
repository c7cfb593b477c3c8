import { describe, expect, it } from "vitest";
import {
  atRest,
  initialState,
  isQuiet,
  movesOf,
  problems,
  type Setup,
  type State,
  search,
  sentenceOf,
  toTheEnd,
  violations,
} from "../../model/index.ts";
import { cured, games } from "./games.ts";
import { positionOf, type Switch } from "./switches.ts";

/** Plays as the room does: each sentence must be exactly one of the legal moves. */
function played(setup: Setup, schedule: readonly string[]): State {
  return schedule.reduce((state, sentence) => {
    const legal = movesOf(setup, state);
    const chosen = legal.filter((move) => sentenceOf(setup, move) === sentence);
    if (chosen.length !== 1 || chosen[0] === undefined) {
      const said = legal.map((move) => sentenceOf(setup, move)).join("\n  ");
      throw new Error(`expected one legal move "${sentence}", found ${chosen.length} of:\n  ${said}`);
    }
    return chosen[0].next;
  }, initialState(setup));
}

const breaks = games.flatMap((game) =>
  game.breaks.map((each) => ({ name: `${game.id}: ${each.title}`, game, schedule: each.schedule })),
);

/** All that the audience can set with some switches. */
const settings = (switches: readonly Switch[]): Partial<Setup["rules"]>[] =>
  switches.reduce<Partial<Setup["rules"]>[]>(
    (all, { positions }) => all.flatMap((some) => positions.map(({ rules }) => ({ ...some, ...rules }))),
    [{}],
  );

describe("the games", () => {
  it.each(breaks)("break what they say they break: $name", ({ game, schedule }) => {
    const last = played(game.setup, schedule);
    expect(isQuiet(movesOf(game.setup, last))).toBe(true);
    expect(violations(game.setup, last).map(({ invariant }) => invariant)).toContain(game.anomaly);
  });

  it.each(games)("find a schedule that breaks the rules at the beginning: $id $title", (game) => {
    const { counterexample } = toTheEnd(
      search(game.setup, { faults: game.bound, invariants: game.promises }),
    );
    expect(counterexample?.violations.map(({ invariant }) => invariant)).toContain(game.anomaly);
    const sentences = counterexample?.moves.map((move) => sentenceOf(game.setup, move)) ?? [];
    expect(played(game.setup, sentences)).toEqual(counterexample?.last);
  });

  it.each(games)("find none with the new rule, whatever fails: $id $title", (game) => {
    const { setup, bound, promises } = game;
    const { verdict, fired } = toTheEnd(search(cured(game), { faults: bound, invariants: promises }));
    expect(verdict).toBe("holds");
    expect(Object.keys(fired).toSorted()).toEqual(setup.faults.toSorted());
  });

  it.each(games)("end well when nothing fails: $id $title", ({ setup }) => {
    let state = initialState(setup);
    for (;;) {
      const move = movesOf(setup, state).find(({ progress }) => progress);
      if (move === undefined) break;
      state = move.next;
    }
    expect(atRest(setup, state)).toBe(true);
    expect(violations(setup, state)).toEqual([]);
  });

  it.each(games)("offer only switches that go together, and begin without the cure: $id $title", (game) => {
    const { setup, switches } = game;
    expect(switches.map((each) => positionOf(each, setup.rules))).not.toContain(-1);
    expect(positionOf(switches[0] ?? { title: "", positions: [] }, setup.rules)).toBe(0);
    for (const rules of settings(switches))
      expect(problems({ ...setup, rules: { ...setup.rules, ...rules } })).toEqual([]);
  });

  it("begin with one handler until a second one is what it takes", () => {
    expect(games.map(({ setup }) => setup.rules.handlers)).toEqual([1, 1, 1, 1, 1, 2, 2]);
  });
});
