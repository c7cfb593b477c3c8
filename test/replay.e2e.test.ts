import { describe, expect, it } from "vitest";
import { runChaos } from "../bin/chaos/chaos.ts";
import { writeTopology } from "../bin/chaos/topology.ts";
import { serviceBusTopology } from "../bin/local-stack.ts";
import { during, type Firing, plan, type RuleInput } from "../emulators/faults/index.ts";
import { runningStack, scratchFolder } from "./running.ts";

const orders = 20;

/** A chaos run under one rule: what struck, without its time, and how it ended. */
async function runWith(rule: RuleInput) {
  const stack = await runningStack({
    instances: 2,
    topologyFile: await writeTopology(await scratchFolder()),
  });
  const { result, findings, neverFired } = await runChaos({
    stack,
    topologyFile: serviceBusTopology,
    plan: plan(1, rule),
    orders,
    seed: 7,
    newPoison: new Set(),
    suppressed: () => 0,
    signal: new AbortController().signal,
  });
  const firings = stack.faults.log.map(struck);
  await stack.stop();
  const { lost, duplicated, ghosts, inconsistent, faults } = result;
  return { firings, neverFired, findings, lost, duplicated, ghosts, inconsistent, faults };
}

const struck = ({ rule, kind, point }: Firing) => {
  const { operation, entity, messageType, logicalId, aggregate } = point;
  return { rule, kind, operation, entity, messageType, logicalId, aggregate };
};

describe("a plan with one rule", () => {
  it("that names a message strikes the same operation of it in each run, with the same outcome", async () => {
    const counted = await runWith(
      during("serviceBus", "send").of("orders").from(17).named("it").loseAnswer(),
    );
    const [{ logicalId = "", operation } = { operation: "" }] = counted.firings;
    expect(operation).toBe("send");
    const named: RuleInput = {
      name: "it",
      at: { server: "serviceBus", operation: "send", logicalId },
      fault: { kind: "loseAnswer" },
    };
    expect(await runWith(named)).toEqual(counted);
    expect(counted).toMatchObject({ findings: [], neverFired: [], lost: 0, faults: { loseAnswer: 1 } });
  });
});
