import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parseTimeSpan } from "./time-span.ts";

const two = (value: number): string => String(value).padStart(2, "0");

describe("a time span", () => {
  it("is read as .NET writes it", () => {
    const parts = fc.tuple(fc.nat(30), fc.nat(23), fc.nat(59), fc.nat(59), fc.nat(999));
    fc.assert(
      fc.property(parts, ([days, hours, minutes, seconds, milliseconds]) => {
        const text = `${days}.${two(hours)}:${two(minutes)}:${two(seconds)}.${String(milliseconds).padStart(3, "0")}0000`;
        const expected = (((days * 24 + hours) * 60 + minutes) * 60 + seconds) * 1000 + milliseconds;
        expect(parseTimeSpan(text)).toBe(expected);
      }),
    );
  });

  it.each(["", "5", "24:00:00", "00:60:00", "00:00:60", "-00:00:01", "1:2:3:4"])("%j is none", (text) =>
    expect(parseTimeSpan(text)).toBeUndefined(),
  );
});
