import { describe, expect, it } from "vitest";
import {
  changedTerms,
  patchSurcharge,
  queryCharge,
  readCharge,
  replaceCharge,
  writeCharge,
} from "./charges.ts";

const KB = 1024;

describe("request charges", () => {
  it("are the published ones at the published sizes", () => {
    expect(readCharge(1 * KB)).toBe(1);
    expect(readCharge(64 * KB)).toBe(4.76);
    expect(readCharge(2048 * KB)).toBe(291.8);
    expect(writeCharge(1 * KB, 0)).toBe(4.95);
    expect(writeCharge(256 * KB, 0)).toBe(98.29);
  });

  it("are linear in between, and those of 1 KB below", () => {
    expect(readCharge(10)).toBe(1);
    expect(readCharge(3 * KB)).toBeCloseTo((1.04 + 1.14) / 2, 10);
    expect(writeCharge(1.5 * KB, 0)).toBeCloseTo((4.95 + 6.29) / 2, 10);
  });

  it("count indexed terms: 10 of a 1 KB item make 7, 2 changed ones a replace of 10.8", () => {
    // 2.5 terms a scalar: 4 scalars are 10 terms.
    expect(writeCharge(1 * KB, 4)).toBeCloseTo(6.95, 10);
    expect(replaceCharge(1 * KB, 1 * KB, 0)).toBeCloseTo(9.9, 10);
    expect(replaceCharge(1 * KB, 1 * KB, 2 / 2.5)).toBeCloseTo(10.7, 10);
    expect(patchSurcharge(2)).toBeCloseTo(0.8, 10);
  });

  it("count what a query loads", () => {
    expect(queryCharge(1, 9963)).toBeCloseTo(3.3, 1);
    expect(queryCharge(0, 0)).toBe(2.3);
  });

  it("see changed, added and removed terms", () => {
    const before = new Map([
      ["/a", 1],
      ["/b", 2],
      ["/c", 3],
    ]);
    const after = new Map([
      ["/a", 1],
      ["/b", 5],
      ["/d", 4],
    ]);
    expect(changedTerms(before, after)).toBe(3);
  });
});
