import { describe, expect, it } from "vitest";
import { parseSchedule } from "./schedule.ts";
import { checkPastDue } from "./status.ts";

const next = (expression: string, after: string): string =>
  parseSchedule(expression, "UTC", "Function").next(new Date(after)).toISOString();

describe("a schedule", () => {
  it.each([
    ["0 */5 * * * *", "2026-11-24T10:02:03.5Z", "2026-11-24T10:05:00.000Z"],
    ["*/10 * * * * *", "2026-11-24T10:02:10Z", "2026-11-24T10:02:20.000Z"],
    ["30 9 * * 1-5", "2026-11-27T10:00:00Z", "2026-11-30T09:30:00.000Z"],
    ["0 0 0 1 jan *", "2026-11-24T10:00:00Z", "2027-01-01T00:00:00.000Z"],
    // Both day fields must match: the next 13th that is a Friday.
    ["0 0 0 13 * FRI", "2026-11-24T10:00:00Z", "2027-08-13T00:00:00.000Z"],
    ["00:00:30", "2026-11-24T10:00:00Z", "2026-11-24T10:00:30.000Z"],
  ])("%s after %s is %s", (expression, after, expected) => expect(next(expression, after)).toBe(expected));

  it.each(["* * * *", "@daily", "0 0 0 L * *", "0 0 0 ? * MON", "61 * * * * *", "25:00:00", "00:00:00"])(
    "refuses %s by name",
    (expression) =>
      expect(() => next(expression, "2026-01-01T00:00:00Z")).toThrow(`schedule "${expression}"`),
  );
});

describe("past due", () => {
  const schedule = parseSchedule("0 0 * * * *", "UTC", "Function");
  const at = (time: string): Date => new Date(`2026-11-24T${time}Z`);

  it("is an occurrence that passed while no host ran", () => {
    const stored = { last: at("10:00:00"), next: at("11:00:00"), lastUpdated: at("10:00:00") };
    expect(checkPastDue(stored, schedule, at("11:00:01")).isPastDue).toBe(true);
    expect(checkPastDue(stored, schedule, at("10:59:59")).isPastDue).toBe(false);
  });

  it("is not the first start, nor a changed schedule whose own time has not come", () => {
    expect(checkPastDue(undefined, schedule, at("10:30:00"))).toMatchObject({
      isPastDue: false,
      changed: true,
    });
    const other = { last: at("10:00:00"), next: at("10:05:00"), lastUpdated: at("10:00:00") };
    expect(checkPastDue(other, schedule, at("10:30:00"))).toMatchObject({
      isPastDue: false,
      changed: true,
      status: { last: undefined, next: at("11:00:00") },
    });
  });
});
