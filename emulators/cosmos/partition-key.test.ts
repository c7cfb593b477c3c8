import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { keyOfItem, parsePartitionKey, parsePath } from "./partition-key.ts";

describe("partition keys", () => {
  it("of header and item agree for every value that can be one", () => {
    const value = fc.oneof(
      fc.string({ maxLength: 100 }),
      fc.double({ noNaN: true, noDefaultInfinity: true }),
      fc.boolean(),
      fc.constant(null),
    );
    fc.assert(
      fc.property(value, (key) => {
        expect(keyOfItem({ p: key }, ["p"])).toBe(parsePartitionKey(JSON.stringify([key])));
      }),
    );
  });

  it("tell a missing value from null", () => {
    expect(keyOfItem({}, ["p"])).toBe(parsePartitionKey("[{}]"));
    expect(keyOfItem({ p: null }, ["p"])).toBe(parsePartitionKey("[null]"));
    expect(parsePartitionKey("[{}]")).not.toBe(parsePartitionKey("[null]"));
  });

  it("are the same however their text is escaped", () => {
    expect(parsePartitionKey('["\\u00e9"]')).toBe(parsePartitionKey('["é"]'));
    expect(parsePartitionKey("[1.0]")).toBe(parsePartitionKey("[1]"));
  });

  it.each(["", "a", "[]", '["a","b"]', "[[]]", '[{"a":1}]', `["${"x".repeat(2049)}"]`])(
    "refuse %s",
    (text) => {
      expect(() => parsePartitionKey(text)).toThrow("partition key");
    },
  );

  it("of an array or a filled object do not exist", () => {
    expect(keyOfItem({ p: [] }, ["p"])).toBeUndefined();
    expect(keyOfItem({ p: { a: 1 } }, ["p"])).toBeUndefined();
  });

  it("are found along paths", () => {
    expect(parsePath('/a/"b c"/d')).toEqual(["a", "b c", "d"]);
    expect(keyOfItem({ a: { b: "x" } }, parsePath("/a/b"))).toBe('["x"]');
    expect(() => parsePath("a/b")).toThrow("must look like");
    expect(() => parsePath("/")).toThrow("must look like");
  });
});
