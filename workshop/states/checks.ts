import { existsSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import type { Check } from "../lab/index.ts";
import { exercisesOf, type Material, stepFolder } from "./material.ts";
import { WorkshopError } from "./problem.ts";

/** A check, and the exercise that brought it. */
export interface StepCheck {
  readonly exercise: number;
  readonly check: Check;
}

/**
 * The checks that a state of this exercise runs: first its own, which are waited for, then as guards those of the
 * exercises before that are not retired.
 * @throws WorkshopError if a step has no checks, or two checks have one name
 */
export async function checksOf(material: Material, exercise: number): Promise<readonly StepCheck[]> {
  const exercises = (await exercisesOf(material)).filter((number) => number <= exercise);
  const all = await Promise.all(exercises.map((number) => checksOfStep(material, number)));
  const running = all.flat().filter(({ check }) => check.until === undefined || check.until >= exercise);
  const names = running.map(({ check }) => check.name);
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice !== undefined)
    throw new WorkshopError(`two checks of exercise ${exercise} are called "${twice}"`);
  const isOwn = (one: StepCheck): boolean => one.exercise === exercise;
  return [...running.filter(isOwn), ...running.filter((one) => !isOwn(one))];
}

async function checksOfStep(material: Material, exercise: number): Promise<readonly StepCheck[]> {
  const file = join(stepFolder(material, exercise), "checks.ts");
  if (!existsSync(file)) throw new WorkshopError(`${file} is missing: every exercise has checks`);
  const { checks }: { checks?: readonly Check[] } = await import(pathToFileURL(file).href);
  if (checks === undefined || checks.length === 0) {
    throw new WorkshopError(`${file}: expected \`export const checks\`, a list of at least one check`);
  }
  return checks.map((check) => ({ exercise, check }));
}
