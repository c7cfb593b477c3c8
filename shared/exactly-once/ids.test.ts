import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { outgoingId, requestId, timeOfUuidV7, uuidV5 } from "./ids.ts";

describe("uuidV5", () => {
  it("agrees with the example of RFC 9562, appendix A.4", () => {
    expect(uuidV5("6ba7b810-9dad-11d1-80b4-00c04fd430c8", "www.example.com")).toBe(
      "2ed6657d-e927-568b-95e1-2665a8aea6a2",
    );
  });

  it("always makes a UUID of version 5", () => {
    fc.assert(
      fc.property(fc.string(), (name) => {
        expect(outgoingId("id", name, 0)).toMatch(
          /^[0-9a-f]{8}-[0-9a-f]{4}-5[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/,
        );
      }),
    );
  });
});

describe("logical ids", () => {
  const id = "00000000-0000-4000-8000-000000000001";

  it("stay as they were when messages were first stored under them", () => {
    expect(outgoingId(id, "orders", 0)).toBe("e33aacb9-a334-5f2b-b7de-d0d0236d9d88");
    expect(requestId("1", "key")).toBe("5aa9c734-c470-584b-8a71-da8b52e9dd2f");
  });

  it("differ by incoming message, endpoint and ordinal", () => {
    const ids = [
      outgoingId(id, "orders", 0),
      outgoingId(id, "orders", 1),
      outgoingId(id, "billing", 0),
      requestId(id, "0"),
    ];
    expect(new Set(ids).size).toBe(4);
  });
});

describe("timeOfUuidV7", () => {
  it("reads the example of RFC 9562, appendix A.6", () => {
    expect(timeOfUuidV7("017F22E2-79B0-7CC3-98C4-DC0C0C07398F")).toBe(Date.parse("2022-02-22T19:22:22Z"));
  });

  it.each(["017F22E2-79B0-4CC3-98C4-DC0C0C07398F", "order-1", ""])("knows no time in %j", (text) => {
    expect(timeOfUuidV7(text)).toBeUndefined();
  });
});
