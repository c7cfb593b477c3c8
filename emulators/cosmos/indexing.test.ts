import { describe, expect, it } from "vitest";
import { CosmosError } from "./errors.ts";
import { compileIndexing, DEFAULT_INDEXING, indexedTerms } from "./indexing.ts";

const LEAN = { includedPaths: [], excludedPaths: [{ path: "/*" }] };

describe("an indexing policy", () => {
  it("by default indexes every scalar but the etag", () => {
    const policy = compileIndexing(DEFAULT_INDEXING);
    expect(policy.indexes(["a", "b"])).toBe(true);
    expect(policy.indexes(["_etag"])).toBe(false);
    const terms = indexedTerms({ id: "1", list: [1, { x: null }], nested: { y: true } }, policy);
    expect([...terms.keys()]).toEqual(["/id", "/list/0", "/list/1/x", "/nested/y"]);
  });

  it("that excludes all still indexes id and _ts, and makes writes pay for no terms", () => {
    const policy = compileIndexing(LEAN);
    expect(policy.indexes(["id"])).toBe(true);
    expect(policy.indexes(["_ts"])).toBe(true);
    expect(policy.indexes(["a"])).toBe(false);
    expect(indexedTerms({ id: "1", a: 2 }, policy).size).toBe(0);
  });

  it("goes by the more precise path", () => {
    const policy = compileIndexing({
      includedPaths: [{ path: "/*" }, { path: "/a/b/*" }, { path: "/a/x/?" }],
      excludedPaths: [{ path: "/a/*" }, { path: "/list/[]/?" }],
    });
    expect(policy.indexes(["z"])).toBe(true);
    expect(policy.indexes(["a", "c"])).toBe(false);
    expect(policy.indexes(["a", "b", "deep"])).toBe(true);
    expect(policy.indexes(["a", "x"])).toBe(true);
    expect(policy.indexes(["a", "x", "y"])).toBe(false);
    expect(policy.indexes(["list", "[]"])).toBe(false);
  });

  it("is refused by the name of what is not supported", () => {
    expect(() => compileIndexing({ vectorIndexes: [] })).toThrow("vectorIndexes");
    expect(() => compileIndexing({ spatialIndexes: [{ path: "/*" }] })).toThrow("spatial");
    expect(() => compileIndexing({ indexingMode: "lazy" })).toThrow("lazy");
    expect(() => compileIndexing({ includedPaths: [{ path: "/a" }] })).toThrow(CosmosError);
  });
});
