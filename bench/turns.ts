import { type DemoOptions, runDemo } from "../bin/demo/demo.ts";
import { type LocalStack, serviceBusTopology } from "../bin/local-stack.ts";

/** Milliseconds that a demo takes. */
async function demoOn({ url, connections }: LocalStack, orders: number, round: number): Promise<number> {
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

export function median(numbers: readonly number[]): number {
  const sorted = numbers.toSorted((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  return sorted.length % 2 === 1
    ? (sorted[middle] ?? 0)
    : ((sorted[middle - 1] ?? 0) + (sorted[middle] ?? 0)) / 2;
}

/**
 * The demo's time with something, by its time without, on two stacks that take turns: the median over the rounds.
 * The first round warms both up, and who goes first changes from round to round.
 */
export async function ratioOfDemos(
  stacks: { readonly without: LocalStack; readonly with: LocalStack },
  { orders, rounds }: { readonly orders: number; readonly rounds: number },
): Promise<number> {
  const ratios: number[] = [];
  for (let round = 0; round <= rounds; round++) {
    const times = { without: 0, with: 0 };
    const turns = ["without", "with"] as const;
    for (const name of round % 2 === 0 ? turns : turns.toReversed()) {
      times[name] = await demoOn(stacks[name], orders, round);
      console.log(`round ${round} ${name.padEnd(7)} ${(times[name] / 1000).toFixed(2)} s`);
    }
    if (round > 0) ratios.push(times.with / times.without);
  }
  return median(ratios);
}
