import { describe, expect, it } from "vitest";
import type { Json } from "../json.ts";
import { applyPatch, parsePatch } from "./patch.ts";

const ITEM = { id: "1", n: 1, list: ["a", "b"], nested: { x: true } };
const patched = (...operations: Json[]) => applyPatch(parsePatch(operations), ITEM);

describe("a patch", () => {
  it("adds, sets, replaces, removes, increments and moves", () => {
    expect(patched({ op: "add", path: "/m", value: 2 })).toEqual({ ...ITEM, m: 2 });
    expect(patched({ op: "set", path: "/nested/x", value: [1] })).toEqual({ ...ITEM, nested: { x: [1] } });
    expect(patched({ op: "replace", path: "/n", value: null })).toEqual({ ...ITEM, n: null });
    expect(patched({ op: "remove", path: "/nested" })).toEqual({ id: "1", n: 1, list: ["a", "b"] });
    expect(patched({ op: "incr", path: "/n", value: 2 }, { op: "incr", path: "/new", value: -1 })).toEqual({
      ...ITEM,
      n: 3,
      new: -1,
    });
    expect(patched({ op: "move", from: "/n", path: "/nested/n" })).toEqual({
      id: "1",
      list: ["a", "b"],
      nested: { x: true, n: 1 },
    });
  });

  it("inserts into arrays, appends with -, and sets in place", () => {
    expect(patched({ op: "add", path: "/list/1", value: "x" })).toMatchObject({ list: ["a", "x", "b"] });
    expect(patched({ op: "add", path: "/list/-", value: "x" })).toMatchObject({ list: ["a", "b", "x"] });
    expect(patched({ op: "set", path: "/list/0", value: "x" })).toMatchObject({ list: ["x", "b"] });
    expect(patched({ op: "remove", path: "/list/0" })).toMatchObject({ list: ["b"] });
  });

  it("leaves the item alone that it was given", () => {
    patched({ op: "remove", path: "/list/0" });
    expect(ITEM.list).toEqual(["a", "b"]);
  });

  it.each([
    ["does not exist", { op: "replace", path: "/none", value: 1 }],
    ["does not exist", { op: "remove", path: "/none" }],
    ["does not exist", { op: "set", path: "/none/deep", value: 1 }],
    ["does not exist", { op: "add", path: "/list/9", value: 1 }],
    ["does not exist", { op: "set", path: "/toString/x", value: 1 }],
    ["no number", { op: "incr", path: "/nested", value: 1 }],
    ["needs a number", { op: "incr", path: "/n", value: "1" }],
    ["needs a value", { op: "set", path: "/n" }],
    ["cannot change /id", { op: "set", path: "/id", value: "2" }],
    ['operation "test"', { op: "test", path: "/n", value: 1 }],
    ["must look like", { op: "set", path: "n", value: 1 }],
  ])("is refused: %s", (message, operation) => {
    expect(() => patched(operation)).toThrow(message);
  });

  it("has 1 to 10 operations", () => {
    expect(() => patched()).toThrow("at least one");
    expect(() =>
      patched(...Array.from({ length: 11 }, () => ({ op: "incr", path: "/n", value: 1 }))),
    ).toThrow("at most 10");
  });

  it("applies only if its condition is true", () => {
    const operations = [{ op: "incr", path: "/n", value: 1 }];
    expect(applyPatch(parsePatch({ operations, condition: "from c where c.n = 1" }), ITEM)).toMatchObject({
      n: 2,
    });
    expect(() => applyPatch(parsePatch({ operations, condition: "FROM c WHERE c.n = 2" }), ITEM)).toThrow(
      "condition is not true",
    );
    expect(() => applyPatch(parsePatch({ operations, condition: "FROM c WHERE c.n LIKE 1" }), ITEM)).toThrow(
      "LIKE",
    );
  });
});
