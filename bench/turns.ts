import process from "node:process";
import { runDemo } from "../bin/demo/demo.ts";
import { type LocalStack, serviceBusTopology } from "../bin/local-stack.ts";
import { cpuOf } from "./cpu.ts";

/** Seconds that a demo takes, by the clock and of processors; NaN where that can't be told. */
export interface Cost {
  readonly time: number;
  readonly cpu: number;
}

/** Of a stack's servers and of this process, which makes the requests and receives what they tell. */
function cpuSeconds({ servers }: LocalStack): number {
  if (process.platform !== "linux") return Number.NaN;
  const { user, system } = process.cpuUsage();
  const pids = Object.values(servers).flatMap(({ pid }) => pid ?? []);
  return cpuOf(pids) / 1000 + (user + system) / 1e6;
}

async function demoOn(stack: LocalStack, orders: number, round: number): Promise<Cost> {
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

export function median(numbers: readonly number[]): number {
  const sorted = numbers.toSorted((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  return sorted.length % 2 === 1
    ? (sorted[middle] ?? 0)
    : ((sorted[middle - 1] ?? 0) + (sorted[middle] ?? 0)) / 2;
}

/**
 * The demo's cost with something, by its cost without, on two stacks that take turns: the median over the rounds, by
 * the clock and of processors. The first round warms both up, and who goes first changes from round to round.
 */
export async function ratioOfDemos(
  stacks: { readonly without: LocalStack; readonly with: LocalStack },
  { orders, rounds }: { readonly orders: number; readonly rounds: number },
): Promise<Cost> {
  const ratios: Cost[] = [];
  for (let round = 0; round <= rounds; round++) {
    const costs: Record<keyof typeof stacks, Cost> = { without: none, with: none };
    const turns = ["without", "with"] as const;
    for (const name of round % 2 === 0 ? turns : turns.toReversed()) {
      const cost = await demoOn(stacks[name], orders, round);
      costs[name] = cost;
      console.log(`round ${round} ${name.padEnd(7)} ${cost.time.toFixed(1)} s, CPU ${cost.cpu.toFixed(1)} s`);
    }
    const { without, with: more } = costs;
    if (round > 0) ratios.push({ time: more.time / without.time, cpu: more.cpu / without.cpu });
  }
  return { time: median(ratios.map(({ time }) => time)), cpu: median(ratios.map(({ cpu }) => cpu)) };
}

const none: Cost = { time: Number.NaN, cpu: Number.NaN };

/** Both ratios as lines. */
export const shown = (ratio: Cost, { orders, rounds }: { orders: number; rounds: number }): string =>
  (["time", "cpu"] as const)
    .map((what) => `ratio ${what} ${ratio[what].toFixed(3)} (median of ${rounds} rounds of ${orders} orders)`)
    .join("\n");
