import { describe, expect, it } from "vitest";
import { parseDefinition, parseTtl } from "./definition.ts";

const PLAIN = { id: "c", partitionKey: { paths: ["/p"] } };

describe("a container's definition", () => {
  it("is read back with its defaults", () => {
    const definition = parseDefinition({ ...PLAIN, defaultTtl: -1 });
    expect(definition.partitionKey).toEqual({ paths: ["/p"], kind: "Hash", version: 2 });
    expect(definition.defaultTtl).toBe(-1);
    expect(parseDefinition({ ...definition, _rid: "x", _etag: "y" })).toEqual(definition);
  });

  it.each([
    ["hierarchical", { partitionKey: { paths: ["/a", "/b"], kind: "MultiHash" } }],
    ["uniqueKeyPolicy", { uniqueKeyPolicy: { uniqueKeys: [{ paths: ["/a"] }] } }],
    ["conflictResolutionPolicy", { conflictResolutionPolicy: { mode: "Custom" } }],
    ["computedProperties", { computedProperties: [{ name: "x", query: "SELECT" }] }],
    ["changeFeedPolicy", { changeFeedPolicy: { retentionDuration: 10 } }],
    ["analyticalStorageTtl", { analyticalStorageTtl: -1 }],
    ["somethingNew", { somethingNew: 1 }],
  ])("is refused by name: %s", (name, more) => {
    expect(() => parseDefinition({ ...PLAIN, ...more })).toThrow(name);
  });

  it("takes empty policies, as SDKs send them", () => {
    expect(parseDefinition({ ...PLAIN, uniqueKeyPolicy: { uniqueKeys: [] } }).id).toBe("c");
    expect(parseDefinition({ ...PLAIN, conflictResolutionPolicy: { mode: "LastWriterWins" } }).id).toBe("c");
  });

  it.each(["", "a/b", "a\\b", "a?b", "a#b", "a ", "x".repeat(256), "\ud800"])("refuses the id %j", (id) => {
    expect(() => parseDefinition({ ...PLAIN, id })).toThrow("id");
  });

  it.each([0, null, -2, 1.5, "60", 2_147_483_648])("refuses the ttl %j", (ttl) => {
    expect(() => parseTtl(ttl, "ttl")).toThrow("ttl must be");
  });

  it.each([-1, 1, 2_147_483_647])("takes the ttl %j", (ttl) => {
    expect(parseTtl(ttl, "ttl")).toBe(ttl);
  });
});
