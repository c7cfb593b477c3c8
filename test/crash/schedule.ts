import type { FaultPlan } from "./faults.ts";
import { type Expected, expectationOf, judge, judgeLate, snapshot, type Violation } from "./judge.ts";
import { begin } from "./loads.ts";
import type { Sabotage } from "./sabotage.ts";
import type { Variant } from "./variant.ts";
import { type World, world } from "./world.ts";

export interface Run {
  /** Steps and the faults that struck them, in order. */
  readonly trace: readonly string[];
  /** What is wrong with how it ended; empty: nothing. */
  readonly violations: readonly Violation[];
}

async function play(variant: Variant, plan: FaultPlan, seed: number, sabotage?: Sabotage): Promise<World> {
  const played = world(variant, plan, seed, sabotage);
  begin(played);
  await played.settle();
  return played;
}

export const expectedOf = async (variant: Variant): Promise<Expected> =>
  expectationOf(await play(variant, new Map(), 1));

/** Plays one schedule to its end, and judges it. */
export async function runSchedule(
  variant: Variant,
  plan: FaultPlan,
  seed: number,
  expected: Expected,
  sabotage?: Sabotage,
): Promise<Run> {
  const played = await play(variant, plan, seed, sabotage);
  const atRest = judge(played, plan, expected);
  const before = snapshot(played);
  const trace = [...played.trace];
  await played.deliverLateCopies();
  return { trace, violations: [...atRest, ...judgeLate(played, before)] };
}
