import { describe, expect, it } from "vitest";
import { type Firing, parsePlan } from "../../emulators/faults/index.ts";
import { createScenario } from "./scenario.ts";

const firing = (point: Partial<Firing["point"]>): Firing => ({
  ...{ at: 1, rule: "answers get lost", kind: "loseAnswer" },
  point: { server: "serviceBus", operation: "send", entity: "orders", ...point },
});
const orderOf = (message: string) => ({ m1: "1", m2: "2" })[message];

describe("a story that can happen again", () => {
  it("is the order's requests, once each, with their keys", () => {
    const scenario = createScenario();
    const request = { at: 1, method: "POST", path: "/api/orders/1/submit", key: "k", body: undefined };
    scenario.asked(request);
    scenario.asked(request);
    scenario.asked({ ...request, path: "/api/orders/10/submit" });
    expect(scenario.requestsOf("1")).toEqual([request]);
  });

  it("is a plan of the faults that struck its messages, as often as they did", () => {
    const scenario = createScenario();
    const fault = { kind: "loseAnswer" } as const;
    for (const logicalId of ["m1", "m2", "m1"]) {
      scenario.struck(firing({ logicalId, messageType: "AddItem", aggregate: "lane-01" }), fault, undefined);
    }
    const commit = {
      server: "cosmos",
      operation: "batch",
      entity: "endpoints",
      aggregate: "orders:1",
    } as const;
    scenario.struck(firing(commit), fault, "1");
    scenario.struck(firing(commit), undefined, "1");
    const rules = scenario.rulesOf("1", orderOf);
    expect(parsePlan({ rules }).rules).toMatchObject([
      { at: { operation: "send", logicalId: "m1", messageType: "AddItem" }, fault, times: 2 },
      { at: commit, fault, times: 1 },
    ]);
  });
});
