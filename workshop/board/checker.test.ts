import { describe, expect, it } from "vitest";
import { toTheEnd } from "../../model/index.ts";
import { at } from "../../model/lists.ts";
import { type Answer, ask, inWords, stoppedAt } from "./checker.ts";
import { cured, games } from "./games.ts";
import { nextOf, openTable, reduce, stateOf } from "./table.ts";

const silence = at(games, 2);
const answer = (setup = silence.setup): Answer => toTheEnd(ask({ setup, faults: 3, promises: undefined }));

describe("the checker's answer", () => {
  it("names the bound and the states where nothing breaks", () => {
    expect(inWords(answer(cured(silence)))).toMatch(
      /^no schedule breaks these rules within 3 failures \(\d+ states\)$/,
    );
  });

  it("is a schedule that can be played on the table", () => {
    const found = answer();
    if (found.verdict !== "broken") throw new Error(`expected a schedule, got ${found.verdict}`);
    expect(inWords(found)).toMatch(
      /^these rules break in 8 steps with 1 failure; no schedule does it with less/,
    );
    const plan = { title: "found", setup: silence.setup, schedule: found.schedule };
    let table = reduce(openTable(silence), { type: "plan", plan });
    for (const _ of found.schedule) table = reduce(table, { type: "step" });
    expect(nextOf(plan, table.run)).toEqual({ kind: "over" });
    expect(stateOf(table.run).endpoints[0]?.sheet).toBeGreaterThan(0);
    expect(stateOf(table.run).endpoints[1]?.sheet).toBe(0);
  });

  it("says what is decided when it is stopped", () => {
    expect(inWords(stoppedAt({ states: 5000, stored: 6000, faults: 0 }))).toBe(
      "not decided: stopped after 5,000 states",
    );
    expect(inWords(stoppedAt({ states: 5000, stored: 6000, faults: 2 }))).toBe(
      "not decided: stopped after 5,000 states; up to 1 failure, none breaks these rules",
    );
  });
});
