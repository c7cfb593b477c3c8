import { createHash } from "node:crypto";
import { virtualTime } from "../support/virtual-time.ts";
import { type FaultKind, type FaultPlan, faultKinds } from "./faults.ts";
import { expectedOf, type Run, runSchedule } from "./schedule.ts";
import type { Sabotage, Variant } from "./world.ts";

export interface Exploration {
  /** Schedules that differ in the steps they took or in the faults that struck them. */
  readonly distinct: number;
  readonly violations: readonly Violation[];
}

/** A schedule that ended wrong, with all that is needed to see it again. */
export interface Violation {
  readonly variant: Variant;
  readonly plan: FaultPlan;
  readonly seed: number;
  readonly what: readonly string[];
  readonly trace: readonly string[];
}

export interface Bounds {
  /** How many schedules with two and with three faults to draw; `"all"` pairs are every one there is. */
  readonly pairs: number | "all";
  readonly triples: number;
  readonly seed: number;
  /** Stop after so many violations: for a sabotage the first is enough. */
  readonly enough?: number;
}

/**
 * Plays every schedule with one fault, and of those with more as many as asked for. A further fault strikes any
 * step of the trace that the faults before it have left.
 */
export async function explore(
  variant: Variant,
  { pairs, triples, seed, enough = 20 }: Bounds,
  sabotage?: Sabotage,
): Promise<Exploration> {
  const expected = await expectedOf(variant);
  const { random } = virtualTime(0, seed);
  const seen = new Set<string>();
  const violations: Violation[] = [];

  async function play(plan: FaultPlan): Promise<Run> {
    const run = await runSchedule(variant, plan, seed, expected, sabotage);
    seen.add(createHash("sha1").update(run.trace.join("\n")).digest("base64"));
    if (run.violations.length > 0)
      violations.push({ variant, plan, seed, what: run.violations, trace: run.trace });
    return run;
  }
  const draw = (below: number): number => Math.floor(random() * below);
  const drawKind = (): FaultKind => faultKinds[draw(faultKinds.length)] ?? "crash before";

  /** Adds a fault behind the last one, anywhere in what that one left. */
  async function withOneMore(plan: FaultPlan): Promise<FaultPlan> {
    const last = Math.max(-1, ...plan.keys());
    const { stepCount } = await runSchedule(variant, plan, seed, expected, sabotage);
    return last + 1 >= stepCount
      ? plan
      : new Map([...plan, [last + 1 + draw(stepCount - last - 1), drawKind()]]);
  }

  const { stepCount } = await play(new Map());
  for (let step = 0; step < stepCount; step++) {
    for (const kind of faultKinds) {
      if (violations.length >= enough) return { distinct: seen.size, violations };
      const single: FaultPlan = new Map([[step, kind]]);
      const run = await play(single);
      if (pairs !== "all") continue;
      for (let second = step + 1; second < run.stepCount; second++) {
        for (const secondKind of faultKinds) await play(new Map([...single, [second, secondKind]]));
      }
    }
  }
  const drawn = [...Array<number>(pairs === "all" ? 0 : pairs).fill(2), ...Array<number>(triples).fill(3)];
  for (const count of drawn) {
    if (violations.length >= enough) break;
    let plan: FaultPlan = new Map([[draw(stepCount), drawKind()]]);
    while (plan.size < count) {
      const larger = await withOneMore(plan);
      if (larger === plan) break;
      plan = larger;
    }
    await play(plan);
  }
  return { distinct: seen.size, violations };
}

/** A violation as a person reads it. */
export function describeViolation({ variant, plan, seed, what, trace }: Violation): string {
  const faults = [...plan].map(([step, kind]) => `step ${step} ${kind}`).join(", ");
  return [
    `${Object.values(variant).join(" ")} seed ${seed}: ${faults}`,
    ...what.map((one) => `  ${one}`),
    ...trace.map((step) => `    ${step}`),
  ].join("\n");
}

/** Every combination of path, entry and number of instances. */
export const variantsOf = (mode: Variant["mode"]): Variant[] =>
  (["inline", "feed", "sweep"] as const).flatMap((path) =>
    (["message", "http"] as const).flatMap((entry) =>
      ([1, 2] as const).map((instances) => ({ mode, path, entry, instances })),
    ),
  );
