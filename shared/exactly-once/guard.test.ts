import { describe, expect, it } from "vitest";
import { isFuture, isTooOld, keepRecordFor } from "./guard.ts";

const retention = { retention: 1000, skew: 10, margin: 30 };

describe("a record", () => {
  it("outlives every copy of its message by any clock, also of one that was made ahead of ours", () => {
    const now = 5000;
    for (const createdAt of [now - 900, now, now + 10]) {
      const forgottenAt = now + keepRecordFor(createdAt, now, retention);
      // The slowest clock that may still ask.
      const asking = forgottenAt - retention.skew;
      expect(isTooOld(createdAt, asking, retention)).toBe(true);
      expect(forgottenAt).toBeGreaterThanOrEqual(Math.max(createdAt, now) + 1000 + 10);
    }
  });
});

describe("the guard", () => {
  it("refuses from the margin before the retention's end on", () => {
    expect(isTooOld(0, 970, retention)).toBe(false);
    expect(isTooOld(0, 971, retention)).toBe(true);
  });

  it("lets through what clocks may differ, and no more", () => {
    expect(isFuture(110, 100, retention)).toBe(false);
    expect(isFuture(111, 100, retention)).toBe(true);
  });
});
