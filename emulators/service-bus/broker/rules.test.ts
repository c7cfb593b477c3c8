import { describe, expect, it } from "vitest";
import { anyMatches, matches } from "./rules.ts";
import { NO_FACTS } from "./testing.ts";

const message = {
  ...NO_FACTS,
  label: "Booked",
  messageId: "m",
  properties: { big: true, count: 2, when: new Date(5) },
};
const correlation = (conditions: object) => ({ type: "correlation", conditions }) as const;

describe("a filter", () => {
  it.each([
    [{ label: "Booked" }, true],
    [{ label: "booked" }, false],
    [{ label: "Booked", messageId: "m" }, true],
    [{ label: "Booked", messageId: "other" }, false],
    [{ correlationId: "c" }, false],
    [{ properties: { big: true, count: 2 } }, true],
    [{ properties: { when: new Date(5) } }, true],
    [{ properties: { count: "2" } }, false],
    [{ properties: { missing: 1 } }, false],
    [{}, true],
  ])("with the conditions %j: %s", (conditions, expected) => {
    expect(matches(correlation(conditions), message)).toBe(expected);
  });

  it("may take all or none; one rule of many is enough, no rule takes nothing", () => {
    expect(anyMatches([{ name: "f", filter: { type: "false" } }], message)).toBe(false);
    expect(
      anyMatches(
        [
          { name: "f", filter: { type: "false" } },
          { name: "t", filter: { type: "true" } },
        ],
        message,
      ),
    ).toBe(true);
    expect(anyMatches([], message)).toBe(false);
  });
});
