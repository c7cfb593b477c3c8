import { describe, expect, it } from "vitest";
import { createFaultControl, type Firing } from "../../emulators/faults/index.ts";
import { createFaultDesk } from "./fault-desk.ts";

function deskOf() {
  const control = createFaultControl({ servers: {}, onFailure: () => {}, wait: async () => {} });
  const strike = (rule: string): void => {
    const firing: Firing = { at: 1, rule, kind: "loseAnswer", point: { server: "sql", operation: "commit" } };
    control.receive("sql", { type: "faults", tell: "fired", firing });
  };
  return { control, strike, desk: createFaultDesk(control) };
}
const rule = (name: string, times: number | "always" = 1) => ({
  ...{ name, times },
  at: { server: "sql", operation: "commit" },
  fault: { kind: "loseAnswer" },
});

describe("the fault desk", () => {
  it("adds to what is set, and does not set again what has struck", async () => {
    const { desk, strike } = deskOf();
    await desk.add([rule("once"), rule("thrice", 3), rule("ever", "always")]);
    for (const name of ["once", "thrice", "ever"]) strike(name);
    expect(desk.state().rules.map(({ fired }) => fired)).toEqual([1, 1, 1]);
    await desk.add([rule("new")]);
    expect(desk.state().rules.map(({ name, times }) => [name, times])).toEqual([
      ["thrice", 2],
      ["ever", "always"],
      ["new", 1],
    ]);
  });

  it("sets one scene twice", async () => {
    const { desk } = deskOf();
    await desk.add([rule("a")]);
    await desk.add([rule("a")]);
    expect(desk.state().rules.map(({ name }) => name)).toEqual(["a", "a (2)"]);
  });

  it("lifts one rule, and all", async () => {
    const { desk, control } = deskOf();
    await desk.add([rule("a"), rule("b")]);
    await desk.remove("a");
    expect(control.plan.rules.map(({ name }) => name)).toEqual(["b"]);
    await desk.lift();
    expect(desk.state().rules).toEqual([]);
  });

  it("counts anew when somebody else sets a plan", async () => {
    const { desk, control, strike } = deskOf();
    await desk.add([rule("a")]);
    strike("a");
    await control.setPlan({ ...control.plan });
    expect(desk.state().rules).toMatchObject([{ name: "a", fired: 0 }]);
  });

  it("refuses what is no rule", async () => {
    await expect(deskOf().desk.add([{ name: "x" }])).rejects.toThrow("not a fault plan");
  });
});
