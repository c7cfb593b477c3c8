import { expect, it } from "vitest";
import { runChaos } from "../bin/chaos/chaos.ts";
import { writeTopology } from "../bin/chaos/topology.ts";
import { serviceBusTopology } from "../bin/local-stack.ts";
import { during, type Firing, plan, type RuleInput } from "../emulators/faults/index.ts";
import { requestId } from "../shared/exactly-once/ids.ts";
import { runningStack, scratchFolder } from "./running.ts";

const orders = 5;

/** Of each sort, at each operation of a message's way. */
const rules: readonly RuleInput[] = [
  during("serviceBus", "send").loseAnswer(),
  during("serviceBus", "send").refuse("ServerBusy"),
  during("serviceBus", "send").applyTwice(),
  during("serviceBus", "send").killServer("after", 100),
  during("serviceBus", "deliver").loseLock(),
  during("serviceBus", "complete").loseRequest(),
  during("serviceBus", "complete").killWorker("before"),
  during("host", "invoke").refuse("FunctionFailed"),
];

/** Runs chaos with one rule after the other, each about one message. */
async function run() {
  const stack = await runningStack({
    instances: 2,
    topologyFile: await writeTopology(await scratchFolder()),
  });
  const runs = [];
  for (const [index, rule] of rules.entries()) {
    const prefix = `replay-${index}`;
    const before = stack.faults.log.length;
    const { result, findings } = await runChaos({
      stack,
      topologyFile: serviceBusTopology,
      plan: plan(1, about(firstRequestOf(`${prefix}-2`), rule)),
      orders,
      seed: 7,
      prefix,
      newPoison: new Set(),
      suppressed: () => 0,
      signal: new AbortController().signal,
    });
    const { lost, duplicated, ghosts, inconsistent, deadLettered } = result;
    const struck = stack.faults.log.slice(before).map(withoutTime);
    runs.push({ struck, findings, lost, duplicated, ghosts, inconsistent, deadLettered });
  }
  await stack.stop();
  return runs;
}

const about = (logicalId: string, rule: RuleInput): RuleInput => ({ ...rule, at: { ...rule.at, logicalId } });
const firstRequestOf = (orderId: string): string => requestId(orderId, `${orderId}-0`);
const withoutTime = ({ rule, kind, point: { sequence: _, ...point } }: Firing) => ({ rule, kind, point });

it("a plan with one rule that names a message strikes the same operation of it in each run, with the same outcome", async () => {
  const first = await run();
  expect(
    first.map(({ struck }) => struck.map(({ kind, point }) => [kind, point.operation, point.logicalId])),
  ).toEqual(
    rules.map(({ at, fault }, index) => [
      [fault.kind, [at.operation].flat()[0], firstRequestOf(`replay-${index}-2`)],
    ]),
  );
  expect(first.flatMap(({ findings }) => findings)).toEqual([]);
  expect(await run()).toEqual(first);
});
