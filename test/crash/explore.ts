import { createHash } from "node:crypto";
import { virtualTime } from "../support/virtual-time.ts";
import { type FaultKind, type FaultPlan, faultKinds } from "./faults.ts";
import type { Violation } from "./judge.ts";
import { afterLast, type Night, pairsOf, type Share, shareOf } from "./pairs.ts";
import type { Sabotage } from "./sabotage.ts";
import { expectedOf, type Run, runSchedule } from "./schedule.ts";
import { type Load, loads, type Mode, type Variant } from "./variant.ts";

export interface Exploration {
  /** Traces of schedules, in short: schedules are different when their steps or the faults that struck them are. */
  readonly distinct: ReadonlySet<string>;
  readonly findings: readonly Finding[];
  /** What was played of all pairs, if a night's share was asked for. */
  readonly share?: Share;
}

/** A schedule that ended wrong, with all that is needed to see it again. */
export interface Finding {
  readonly variant: Variant;
  readonly plan: FaultPlan;
  readonly seed: number;
  readonly violations: readonly Violation[];
  readonly trace: readonly string[];
}

export interface Bounds {
  /** Without them only the schedule without faults is played. */
  readonly singles?: boolean;
  /** How many schedules with two and with three faults to draw; `"all"` pairs are every one there is. */
  readonly pairs: number | "all";
  /** Pairs are not drawn, but are this night's share of all; triples are drawn by it. */
  readonly night?: Night | undefined;
  readonly triples: number;
  readonly seed: number;
  /** What can happen to a step; all, if nothing is said. */
  readonly kinds?: readonly FaultKind[];
  /** Stop after so many findings. */
  readonly enough?: number;
}

/**
 * Plays the schedule without faults, every one with one fault, and of those with more as many as asked for. A
 * further fault strikes any step of the trace that the faults before it have left.
 * @param sabotage Made anew for each schedule
 */
export async function explore(
  variant: Variant,
  { singles = true, pairs, night, triples, seed, kinds = faultKinds, enough = 20 }: Bounds,
  sabotage?: () => Sabotage,
): Promise<Exploration> {
  const expected = await expectedOf(variant);
  const { random } = virtualTime(0, night?.number ?? seed);
  const distinct = new Set<string>();
  const findings: Finding[] = [];
  let share: Share | undefined;

  async function play(plan: FaultPlan): Promise<Run> {
    const run = await runSchedule(variant, plan, seed, expected, sabotage?.());
    const text = `${variant.load} ${variant.instances}\n${run.trace.join("\n")}`;
    distinct.add(createHash("sha1").update(text).digest("base64"));
    if (run.violations.length > 0) findings.push({ variant, plan, seed, ...run });
    return run;
  }
  const draw = (below: number): number => Math.floor(random() * below);
  const drawKind = (): FaultKind => kinds[draw(kinds.length)] ?? "crash before";

  async function* plans(): AsyncGenerator<FaultPlan, void, Run> {
    const length = (yield new Map()).trace.length;
    if (!singles) return;
    const lengths = new Map<FaultPlan, number>();
    for (let step = 0; step < length; step++)
      for (const kind of kinds) {
        const plan: FaultPlan = new Map([[step, kind]]);
        lengths.set(plan, (yield plan).trace.length);
      }
    const drawn = pairs === "all" || night !== undefined ? 0 : pairs;
    if (pairs === "all") yield* pairsOf(lengths, kinds);
    else if (night !== undefined) {
      const tonight = shareOf(lengths, kinds, night);
      share = tonight.share;
      yield* tonight.pairs;
    }
    const known = [...lengths];
    for (let n = drawn + triples; n > 0; n--) {
      let [plan, left] = known[draw(known.length)] ?? [new Map(), 0];
      // Of a triple the pair that it begins with is played too: that is where its third step is known from.
      for (let more = n > triples ? 1 : 2; more > 0 && afterLast(plan) < left; more--) {
        const first = afterLast(plan);
        plan = new Map([...plan, [first + draw(left - first), drawKind()]]);
        left = (yield plan).trace.length;
      }
    }
  }

  const all = plans();
  for (let next = await all.next(); !next.done && findings.length < enough; )
    next = await all.next(await play(next.value));
  return { distinct, findings, ...(share === undefined ? {} : { share }) };
}

/** What went wrong, as a person reads it. */
export function describeFinding({ variant, plan, seed, violations, trace }: Finding): string {
  const faults = [...plan].map(([step, kind]) => `step ${step} ${kind}`).join(", ");
  return [
    `${Object.values(variant).join(" ")} seed ${seed}: ${faults}`,
    ...violations.map(({ invariant, text }) => `  against "${invariant}": ${text}`),
    ...trace.map((step) => `    ${step}`),
  ].join("\n");
}

/** What is counted together: loads and numbers of instances are explored for each. */
export type Class = Pick<Variant, "mode" | "path" | "entry">;

/** How items get sent has nothing to do with what a deadline can do alone. */
const pathsOf = (mode: Mode): readonly Variant["path"][] =>
  mode === "deadline alone" ? ["inline"] : ["inline", "feed", "sweep"];

export const classesOf = (mode: Mode): Class[] =>
  pathsOf(mode).flatMap((path) => (["message", "http"] as const).map((entry) => ({ mode, path, entry })));

export const variantsOf = (its: Class): Variant[] =>
  loads
    .filter((load) => isEnteredBy(load, its.entry))
    .flatMap((load) => ([1, 2] as const).map((instances) => ({ ...its, instances, load })));

/** What was planted in a queue has no entry. */
const isEnteredBy = (load: Load, entry: Variant["entry"]): boolean =>
  entry === "message" || load !== "stopped";
