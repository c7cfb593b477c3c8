import process from "node:process";
import { describe, expect, it } from "vitest";
import { singlesOf } from "../bin/chaos/mix.ts";
import { writeTopology } from "../bin/chaos/topology.ts";
import { plan } from "../emulators/faults/index.ts";
import { clean, demoOn, runningStack, scratchFolder } from "./running.ts";

/** Every n-th single; the nightly run takes all. */
const every = Number(process.env["WIRE_EVERY"] ?? 8);
const orders = 6;

describe("one fault at the wire", () => {
  it("of each sort at each place, servers and workers killed included, leaves every order as it was asked for", async () => {
    const stack = await runningStack({
      instances: 2,
      topologyFile: await writeTopology(await scratchFolder()),
    });
    const singles = singlesOf(["serviceBus", "cosmos", "sql", "host"], 3).filter(
      // A connection lives longer than one of these runs: logins are rare.
      ({ at }, index) => index % every === 0 && ![at.operation].flat().includes("login"),
    );
    expect(singles.length).toBeGreaterThan(5);
    for (const [index, rule] of singles.entries()) {
      const name = `wire-${index}`;
      await stack.faults.setPlan(plan(1, rule));
      const demo = await demoOn(stack, orders, undefined, {
        prefix: name,
        settle: async (rest) => {
          const reached = await rest();
          expect(stack.faults.unfired(), "it must have struck").toEqual([]);
          return reached;
        },
      });
      expect(demo, rule.name).toEqual(clean(orders));
    }
  });
});
