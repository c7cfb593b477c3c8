import { describe, expect, it } from "vitest";
import { type Move, sentenceOf, violations } from "../../model/index.ts";
import { at } from "../../model/lists.ts";
import { games } from "./games.ts";
import {
  type Action,
  failuresOf,
  legalMoves,
  nextOf,
  openTable,
  type Plan,
  reduce,
  stateOf,
  type Table,
} from "./table.ts";

const ghost = at(games, 1);
const plan: Plan = { title: "the break", setup: ghost.setup, schedule: at(ghost.breaks, 0).schedule };
const played = (table: Table, ...actions: readonly Action[]): Table => actions.reduce(reduce, table);
const said = ({ run }: Table): string[] => run.moves.map((move: Move) => sentenceOf(run.setup, move));
const step: Action = { type: "step" };
const undo: Action = { type: "undo" };
const first: Action = { type: "move", index: 0 };

describe("a table", () => {
  it("offers what is legal, and takes it", () => {
    const table = played(openTable(ghost), first, first);
    expect(said(table)).toEqual(["Client sends AddItem Meat", "Broker delivers AddItem Meat to handler"]);
    expect(legalMoves(table.run)).toHaveLength(1);
    expect(played(table, { type: "move", index: 7 })).toBe(table);
  });

  it("takes back each move, a new beginning and a switch", () => {
    const one = played(openTable(ghost), first);
    const rules = { ...ghost.setup.rules, order: "save first" } as const;
    const switched = played(one, { type: "restart" }, first, {
      type: "change",
      setup: { ...ghost.setup, rules },
    });
    expect(said(switched)).toEqual([]);
    expect(switched.run.setup.rules.order).toBe("save first");
    expect(said(played(switched, undo))).toEqual(said(one));
    expect(played(switched, undo, undo, undo).run).toEqual(one.run);
    expect(played(switched, undo, undo, undo, undo, undo).run).toEqual(openTable(ghost).run);
  });

  it("plays a plan step by step, to its end and not beyond", () => {
    const table = played(
      openTable(ghost),
      first,
      { type: "plan", plan },
      ...plan.schedule.map(() => step),
      step,
    );
    expect(said(table)).toEqual(plan.schedule);
    expect(nextOf(plan, table.run)).toEqual({ kind: "over" });
    expect(failuresOf(table.run)).toBe(1);
    expect(violations(ghost.setup, stateOf(table.run)).map(({ invariant }) => invariant)).toContain(
      "no ghost",
    );
  });

  it("leaves a plan by another move, and finds back into it by undo", () => {
    const four = played(openTable(ghost), { type: "plan", plan }, step, step, step, step);
    const saved = legalMoves(four.run).findIndex(({ fault }) => fault === undefined);
    const left = played(four, { type: "move", index: saved });
    expect(nextOf(plan, left.run)).toEqual({ kind: "left" });
    expect(played(left, step)).toBe(left);
    expect(nextOf(plan, played(left, undo).run)).toMatchObject({
      kind: "step",
      done: 4,
      sentence: plan.schedule[4],
    });
  });

  it("offers nothing in a situation that can't be played", () => {
    const setup = { ...ghost.setup, script: [] };
    expect(legalMoves(played(openTable(ghost), { type: "change", setup }).run)).toEqual([]);
  });
});
