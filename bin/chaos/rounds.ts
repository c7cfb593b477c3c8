import { randomUUID } from "node:crypto";
import process from "node:process";
import type { Plan } from "../../emulators/faults/index.ts";
import { progressPrinter } from "../demo/progress.ts";
import { type LocalStack, serviceBusTopology } from "../local-stack.ts";
import { runChaos } from "./chaos.ts";
import { type ChaosReport, isClean, together } from "./report.ts";

export interface RoundsOptions {
  readonly stack: LocalStack;
  readonly orders: number;
  /** Of the first round; each further one has the next. */
  readonly seed: number;
  readonly planOf: (seed: number) => Plan;
  /** Rounds begin until so many milliseconds are over; there is one in any case. */
  readonly milliseconds: number;
  /** All that the servers and the app said so far, a line each. */
  readonly log: string[];
  readonly signal: AbortSignal;
}

/** Runs rounds of chaos on one stack until time is over, or one is not clean. */
export async function runRounds(options: RoundsOptions): Promise<{ report: ChaosReport; lastSeed: number }> {
  const { stack, orders, planOf, milliseconds, log, signal } = options;
  const startedAt = performance.now();
  const planted = new Set<string>();

  async function round(seed: number): Promise<ChaosReport> {
    const newPoison = new Set(Array.from({ length: Math.max(3, Math.round(orders / 100)) }, randomUUID));
    const report = await runChaos({
      stack,
      topologyFile: serviceBusTopology,
      plan: planOf(seed),
      orders,
      seed,
      newPoison,
      oldPoison: new Set(planted),
      suppressed: () => log.filter((line) => isSuppressed.test(line)).length,
      onProgress: progressPrinter(process.stderr),
      onTrouble: (error) => void log.push(`${new Date().toISOString()} operator: ${error}`),
      signal,
    });
    for (const id of newPoison) planted.add(id);
    return report;
  }

  let lastSeed = options.seed;
  let report = await round(lastSeed);
  while (isClean(report) && performance.now() - startedAt < milliseconds) {
    lastSeed += 1;
    report = together(report, await round(lastSeed));
  }
  return { report, lastSeed };
}

/** A step line of the app: the endpoint, then the step. */
const isSuppressed = /: \w+ +(duplicate|decided twice) /;
