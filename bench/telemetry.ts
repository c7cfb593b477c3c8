/**
 * What telemetry costs: the demo with spans and metrics exported to the local receiver, by the demo without, on two
 * stacks that take turns. On Linux by processor time, too, which does not depend on what else the machine does.
 *
 *     npx node bench/telemetry.ts [--orders 200] [--rounds 6]
 */
import { parseArgs } from "node:util";
import { runDemo } from "../bin/demo/demo.ts";
import { type LocalStack, serviceBusTopology } from "../bin/local-stack.ts";
import { wholeNumber } from "../bin/options.ts";
import { withOwnStack } from "../bin/own-stack.ts";
import { cpuOf } from "./cpu.ts";

const { values } = parseArgs({
  options: { orders: { type: "string", default: "200" }, rounds: { type: "string", default: "6" } },
});
const orders = wholeNumber("--orders", values.orders, 1, 100_000);
const rounds = wholeNumber("--rounds", values.rounds, 1, 1000);

/** Seconds that a demo takes, by the clock and of processors; NaN where that can't be told. */
interface Cost {
  readonly time: number;
  readonly cpu: number;
}

/** Of a stack's servers and of this process, which makes the requests and receives the telemetry. */
function cpuSeconds({ servers }: LocalStack): number {
  if (process.platform !== "linux") return Number.NaN;
  const { user, system } = process.cpuUsage();
  const pids = Object.values(servers).flatMap(({ pid }) => pid ?? []);
  return cpuOf(pids) / 1000 + (user + system) / 1e6;
}

async function demoOn(stack: LocalStack, round: number): Promise<Cost> {
  const before = cpuSeconds(stack);
  const { result, findings } = await runDemo({
    addresses: { url: stack.url, ...stack.connections },
    topologyFile: serviceBusTopology,
    orders,
    seed: round,
    prefix: `round${round}`,
    outcomes: false,
  });
  if (findings.length > 0) throw new Error(`the demo is not clean: ${JSON.stringify(findings[0])}`);
  return { time: result.seconds, cpu: cpuSeconds(stack) - before };
}

/** The median of what is more, by what is less, round by round. */
function ratio(more: readonly number[], less: readonly number[]): string {
  const ratios = more.map((value, index) => value / (less[index] ?? value)).sort((a, b) => a - b);
  const middle = ratios.slice(Math.floor((rounds - 1) / 2), Math.floor(rounds / 2) + 1);
  return (middle.reduce((sum, value) => sum + value, 0) / middle.length).toFixed(3);
}

async function compare(without: LocalStack, traced: LocalStack): Promise<void> {
  const costs: Record<"without" | "with", Cost[]> = { without: [], with: [] };
  const turns = [["without", without] as const, ["with", traced] as const];
  // Round 0 warms both up. Who goes first changes from round to round.
  for (let round = 0; round <= rounds; round++) {
    for (const [name, stack] of round % 2 === 0 ? turns : turns.toReversed()) {
      const cost = await demoOn(stack, round);
      if (round > 0) costs[name].push(cost);
      console.log(`round ${round} ${name.padEnd(7)} ${cost.time.toFixed(1)} s, CPU ${cost.cpu.toFixed(1)} s`);
    }
  }
  const { telemetry } = traced;
  console.log(`spans ${(telemetry?.spans().length ?? 0) + (telemetry?.dropped().spans ?? 0)}`);
  for (const what of ["time", "cpu"] as const) {
    const of = (name: "without" | "with") => costs[name].map((cost) => cost[what]);
    console.log(
      `ratio ${what} ${ratio(of("with"), of("without"))} (median of ${rounds} rounds of ${orders} orders)`,
    );
  }
}

await withOwnStack(
  async () => ({}),
  (without) =>
    withOwnStack(
      async () => ({ telemetry: {} }),
      (traced) => compare(without, traced),
    ),
);
