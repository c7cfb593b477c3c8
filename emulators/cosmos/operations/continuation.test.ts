import { describe, expect, it } from "vitest";
import { readToken, writeToken } from "./continuation.ts";

const POSITION = { given: 3, missing: [1], after: { pk: '["é"]', id: "x", order: [1, null] } };

describe("continuation tokens", () => {
  it("give back their position", () => {
    expect(readToken(writeToken(POSITION, "query", {}), "query")).toEqual(POSITION);
    expect(readToken(writeToken({ given: 7 }, "query", {}), "query")).toEqual({ given: 7 });
    expect(readToken(undefined, "query")).toBeUndefined();
  });

  it("of another query, or none at all, are refused", () => {
    expect(() => readToken(writeToken(POSITION, "query", {}), "another")).toThrow("does not belong");
    for (const bad of ["x", "e30", Buffer.from("null").toString("base64url"), "%%%"])
      expect(() => readToken(bad, "query")).toThrow("continuation token");
  });

  it("stay below the size that the caller set", () => {
    const large = { ...POSITION, after: { ...POSITION.after, order: ["x".repeat(2000)] } };
    expect(() =>
      writeToken(large, "query", { "x-ms-documentdb-responsecontinuationtokenlimitinkb": "1" }),
    ).toThrow("continuationTokenLimitInKB");
  });
});
