/**
 * What telemetry costs: the demo's time with spans and metrics exported to the local receiver, by its time without, on
 * two stacks that take turns.
 *
 *     npx node bench/telemetry.ts [--orders 200] [--rounds 6]
 */
import { parseArgs } from "node:util";
import { type DemoOptions, runDemo } from "../bin/demo/demo.ts";
import { serviceBusTopology } from "../bin/local-stack.ts";
import { wholeNumber } from "../bin/options.ts";
import { withOwnStack } from "../bin/own-stack.ts";

const { values } = parseArgs({
  options: { orders: { type: "string", default: "200" }, rounds: { type: "string", default: "6" } },
});
const orders = wholeNumber("--orders", values.orders, 1, 100_000);
const rounds = wholeNumber("--rounds", values.rounds, 1, 1000);

type Stack = Parameters<Parameters<typeof withOwnStack>[1]>[0];

/** Milliseconds that a demo takes. */
async function demoOn({ url, connections }: Stack, round: number): Promise<number> {
  const options: DemoOptions = {
    addresses: { url, ...connections },
    topologyFile: serviceBusTopology,
    orders,
    seed: round,
    prefix: `round${round}`,
    outcomes: false,
  };
  const { result, findings } = await runDemo(options);
  if (findings.length > 0) throw new Error(`the demo is not clean: ${JSON.stringify(findings[0])}`);
  return result.seconds * 1000;
}

const median = (numbers: readonly number[]): number => {
  const sorted = numbers.toSorted((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  return sorted.length % 2 === 1
    ? (sorted[middle] ?? 0)
    : ((sorted[middle - 1] ?? 0) + (sorted[middle] ?? 0)) / 2;
};

await withOwnStack(
  async () => ({}),
  (without) =>
    withOwnStack(
      async () => ({ telemetry: {} }),
      async (traced) => {
        const times: Record<"without" | "with", number[]> = { without: [], with: [] };
        // The first round warms both up. Who goes first changes from round to round.
        for (let round = 0; round <= rounds; round++) {
          const turns = [
            ["without", without],
            ["with", traced],
          ] as const;
          for (const [name, stack] of round % 2 === 0 ? turns : turns.toReversed()) {
            const milliseconds = await demoOn(stack, round);
            if (round > 0) times[name].push(milliseconds);
            console.log(`round ${round} ${name.padEnd(7)} ${(milliseconds / 1000).toFixed(2)} s`);
          }
        }
        const spans = traced.telemetry?.spans().length ?? 0;
        const ratios = times.with.map((time, index) => time / (times.without[index] ?? time));
        console.log(`spans kept ${spans}, dropped ${traced.telemetry?.dropped().spans}`);
        console.log(`ratio ${median(ratios).toFixed(3)} (median of ${rounds} rounds of ${orders} orders)`);
      },
    ),
);
