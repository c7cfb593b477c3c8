import { describe, expect, it } from "vitest";
import { nearest } from "./nearest.ts";

const names = ["start", "demo", "order", "customer", "build"];

describe("nearest", () => {
  it.each([
    ["strat", "start"],
    ["statr", "start"],
    ["orders", "order"],
    ["custmer", "customer"],
    ["start", "start"],
  ])("takes %s for %s", (typed, meant) => {
    expect(nearest(typed, names)).toBe(meant);
  });

  it("guesses nothing that is far away", () => {
    expect(nearest("deploy", names)).toBeUndefined();
    expect(nearest("", names)).toBeUndefined();
  });
});
