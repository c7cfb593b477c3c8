import { describe, expect, it } from "vitest";
import { at } from "../../model/lists.ts";
import { games } from "./games.ts";
import { type Holdings, holdings } from "./holdings.ts";
import { openTable, reduce, stateOf } from "./table.ts";

/** What is on the table after so many steps of a game's break. */
function played(game: number, steps: number, which = 0): Holdings {
  const situation = at(games, game - 1);
  const { title, schedule } = at(situation.breaks, which);
  let table = reduce(openTable(situation), {
    type: "plan",
    plan: { title, schedule, setup: situation.setup },
  });
  for (let done = 0; done < steps; done++) table = reduce(table, { type: "step" });
  return holdings(table.run.setup, stateOf(table.run));
}
const meat = { type: "AddItem", filling: "Meat", id: "1", copy: 1 } as const;

describe("what everybody holds", () => {
  it("begins with all cards at the client", () => {
    const { toSend, queues, seats, tray, dispatcher, marketing } = played(4, 0);
    expect(toSend.map(({ type, id }) => `${type} ${id}`)).toEqual(["AddItem 1", "RemoveItem 2"]);
    expect(queues).toEqual([{ name: "Orders", waiting: [], late: [], dead: [] }]);
    expect(seats).toEqual([{ name: "Handler", card: undefined, hasLock: false }]);
    expect([tray, dispatcher, marketing]).toEqual([undefined, undefined, undefined]);
  });

  it("tells copies apart, waiting and under the table", () => {
    expect(at(played(4, 1).queues, 0).waiting.map(({ copy }) => copy)).toEqual([1, 2]);
    expect(at(played(4, 2).queues, 0)).toMatchObject({ waiting: [{ copy: 1 }], late: [{ copy: 2 }] });
  });

  it("shows a handler that works on without its lock, while the card waits again", () => {
    expect(played(1, 4, 1).seats).toEqual([{ name: "Handler", card: meat, hasLock: true }]);
    const { seats, queues } = played(1, 5, 1);
    expect(seats).toMatchObject([{ card: meat, hasLock: false }]);
    expect(at(queues, 0).waiting).toEqual([meat]);
  });

  it("shows the dead letter, and both sheets", () => {
    const { queues, sheets } = played(2, 5);
    expect(at(queues, 0).dead).toEqual([meat]);
    expect(sheets.map(({ name, lines }) => ({ name, lines }))).toEqual([
      { name: "Orders", lines: [] },
      { name: "Billing", lines: [{ filling: "Meat", count: 1 }] },
    ]);
  });

  it("shows lists of ids: by die, two names for one fact", () => {
    const lists = played(5, 10).sheets.map(({ ids }) => ids);
    expect(lists[0]).toEqual(["1"]);
    expect(lists[1]).toEqual(["die 2 4", "die 3 5"]);
    expect(played(7, 17).sheets.map(({ ids }) => ids)).toEqual([
      ["1", "2"],
      ["1-b", "2-b"],
    ]);
  });

  it("shows the outbox tray where there is one", () => {
    expect(played(7, 4).tray).toEqual([{ type: "ItemAdded", filling: "Meat", id: "1", copy: 1 }]);
    expect(played(7, 4).dispatcher).toEqual({
      name: "Dispatcher",
      card: undefined,
      hasLock: false,
    });
  });

  it("shows what Marketing has heard", () => {
    expect(played(6, 16).marketing).toBe(0);
  });
});
