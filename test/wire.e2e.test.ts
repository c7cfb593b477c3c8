import process from "node:process";
import { describe, expect, it } from "vitest";
import { runChaos } from "../bin/chaos/chaos.ts";
import { singlesOf } from "../bin/chaos/mix.ts";
import { isClean } from "../bin/chaos/report.ts";
import { writeTopology } from "../bin/chaos/topology.ts";
import { serviceBusTopology } from "../bin/local-stack.ts";
import { plan } from "../emulators/faults/index.ts";
import { runningStack, scratchFolder } from "./running.ts";

/** Every n-th single; the nightly run takes all. */
const every = Number(process.env["WIRE_EVERY"] ?? 8);
/** Milliseconds for each: some wait for a client's time-out, or three times a lock. */
const each = 120_000;

const singles = singlesOf(["serviceBus", "cosmos", "sql", "host"], 3).filter(
  // A connection lives longer than one of these runs: logins are rare.
  ({ at }, index) => index % every === 0 && ![at.operation].flat().includes("login"),
);

describe("one fault at the wire", () => {
  it("of each sort at each place, servers and workers killed included, leaves every order as it was asked for, an operator's replays included", {
    timeout: singles.length * each,
  }, async ({ signal }) => {
    const stack = await runningStack({
      instances: 2,
      topologyFile: await writeTopology(await scratchFolder()),
    });
    expect(singles.length).toBeGreaterThan(5);
    const wrong: unknown[] = [];
    for (const [index, rule] of singles.entries()) {
      const before = stack.faults.log.length;
      const report = await runChaos({
        stack,
        topologyFile: serviceBusTopology,
        plan: plan(1, rule),
        orders: 6,
        seed: 7,
        prefix: `wire-${index}`,
        newPoison: new Set(),
        suppressed: () => 0,
        signal,
      });
      const struck = stack.faults.log.slice(before).map((firing) => firing.rule);
      if (!isClean(report) || struck.length !== 1) wrong.push({ rule, struck, ...report });
    }
    expect(wrong).toEqual([]);
  });
});
