import { join } from "node:path";
import { during, noFaults, type Plan, plan, type RuleInput } from "../../emulators/faults/index.ts";
import { type Demo, runDemo } from "../demo/demo.ts";
import { seeded } from "../demo/random.ts";
import { serviceBusTopology } from "../local-stack.ts";
import { withOwnStack } from "../own-stack.ts";
import { root } from "../root.ts";
import { inconsistencies } from "./consistency.ts";
import { writeTopology } from "./topology.ts";

/** What both programs do: either writes its state with one of these. */
const written = during("cosmos", "create", "replace", "batch").of("endpoints");

/** Faults that strike one program like the other, at the same places of the same load. */
export function comparable(seed: number, orders: number): Plan {
  const random = seeded(seed);
  const strikes: readonly [number, (from: number) => RuleInput][] = [
    [4, (from) => during("serviceBus", "send").from(from).loseAnswer()],
    [3, (from) => during("serviceBus", "send").from(from).applyTwice()],
    [3, (from) => during("serviceBus", "send").from(from).loseRequest()],
    [3, (from) => during("serviceBus", "send").from(from).refuse("EntityDisabled")],
    [3, (from) => during("serviceBus", "complete").from(from).loseAnswer()],
    [3, (from) => during("serviceBus", "complete").from(from).loseRequest()],
    [4, (from) => written.from(from).loseAnswer()],
    [1, (from) => during("serviceBus", "send").from(from).killWorker("before")],
    [1, (from) => written.from(from).killWorker("after")],
  ];
  return plan(
    seed,
    ...strikes.flatMap(([count, rule]) =>
      Array.from({ length: count }, () => rule(random.whole(1, 2 * orders))),
    ),
  );
}

export interface Compared {
  readonly lost: number;
  /** Duplicated, or not asked for at all. */
  readonly doubled: number;
  readonly inconsistent: number;
  readonly deadLettered: number;
  readonly faults: number;
  readonly findings: readonly string[];
}

export interface CompareOptions {
  readonly orders: number;
  readonly seed: number;
  readonly onLog: (program: "bare" | "exactlyOnce", line: string) => void;
}

/** Runs the same load under the same faults against the bare handler and against this program. */
export async function comparePrograms(
  options: CompareOptions,
): Promise<Record<"bare" | "exactlyOnce", Compared>> {
  const [bare, exactlyOnce] = await Promise.all([
    runOne("bare", join(root, "bench/bare/app.ts"), options),
    runOne("exactlyOnce", undefined, options),
  ]);
  return { bare, exactlyOnce };
}

const runOne = (
  program: "bare" | "exactlyOnce",
  composition: string | undefined,
  { orders, seed, onLog }: CompareOptions,
): Promise<Compared> =>
  withOwnStack(
    async (folder) => ({
      instances: 2,
      stores: "cosmos",
      topologyFile: await writeTopology(folder),
      onLog: ({ server, level, message }) => onLog(program, `${server} ${level}: ${message}`),
      ...(composition === undefined ? {} : { composition }),
    }),
    async ({ url, connections, faults }, signal) => {
      const demo = await runDemo({
        addresses: { url, ...connections },
        topologyFile: serviceBusTopology,
        orders,
        seed,
        prefix: "compare",
        // The bare program loses some; this one only takes its time.
        ...(program === "bare" ? { paidWithin: 5_000 } : {}),
        outcomes: false,
        begin: () => faults.setPlan(comparable(seed, orders)),
        settle: async (rest) => {
          await faults.setPlan(noFaults);
          return rest();
        },
        signal,
      });
      return comparedOf(demo, faults.log.length);
    },
    "kill",
  );

function comparedOf({ result, findings, found }: Demo, faults: number): Compared {
  return {
    lost: result.lost,
    doubled: result.duplicated + result.ghosts,
    inconsistent: inconsistencies(found).length,
    deadLettered: result.deadLettered,
    faults,
    findings: findings.map(({ kind, what }) => `${kind}: ${what}`),
  };
}

/** Both outcomes side by side. */
export function compareTable({ bare, exactlyOnce }: Record<"bare" | "exactlyOnce", Compared>): string {
  const row = (label: string, of: (compared: Compared) => number) =>
    `  ${label.padEnd(28)} ${String(of(bare)).padStart(12)} ${String(of(exactlyOnce)).padStart(12)}`;
  return [
    `  ${"".padEnd(28)} ${"bare handler".padStart(12)} ${"exactly once".padStart(12)}`,
    row("faults that struck", ({ faults }) => faults),
    row("lost", ({ lost }) => lost),
    row("doubled, or not asked for", ({ doubled }) => doubled),
    row("contradictions", ({ inconsistent }) => inconsistent),
    row("dead-lettered", ({ deadLettered }) => deadLettered),
    ...bare.findings.slice(0, 5).map((finding) => `  bare handler, for example: ${finding}`),
    ...exactlyOnce.findings.map((finding) => `  exactly once: ${finding}`),
  ].join("\n");
}
