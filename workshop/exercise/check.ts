import type { CheckResult, Lab, Problem } from "../lab/index.ts";
import { writeProgress } from "../playground/progress.ts";
import { checksOf } from "../states/checks.ts";
import { fingerprintOfMaterial } from "../states/material.ts";
import { differences } from "../states/tree.ts";
import { type Crash, createCrashFinder, type Said } from "./crashes.ts";
import { readStep } from "./step.ts";
import { currentPlayground, type Workspace } from "./workspace.ts";

/** What the checks of the current exercise found. */
export interface Outcome {
  readonly exercise: number;
  readonly title: string;
  readonly passed: boolean;
  /** Why the app can't run; then nothing was checked. */
  readonly problems: readonly Problem[];
  readonly results: readonly Checked[];
  /** Names of checks that were not run, since a handler that does not end would only be waited for again. */
  readonly notRun: readonly string[];
  readonly crashes: readonly Crash[];
  /** Files of the workshop that differ from what they were at the start, seen from workshop/. */
  readonly edited: readonly string[];
}

export interface Checked extends CheckResult {
  /** Which exercise brought the check; a guard, if it is an earlier one. */
  readonly exercise: number;
}

/** The lab, and what its host says to whoever listens. */
export interface ListenedLab {
  readonly lab: Pick<Lab, "run">;
  /** From then on nobody else hears. */
  listen(hear: (said: Said) => void): void;
}

export interface CheckOptions {
  readonly onResult?: (checked: Checked) => void;
  readonly signal?: AbortSignal;
}

/**
 * Runs the checks of the current exercise.
 * @throws WorkshopError if no exercise was started
 */
export async function runChecks(
  workspace: Workspace,
  { lab, listen }: ListenedLab,
  { onResult = () => {}, signal }: CheckOptions = {},
): Promise<Outcome> {
  const { material, place } = workspace;
  const { progress } = await currentPlayground(workspace);
  const { exercise } = progress;
  const [step, all, now] = await Promise.all([
    readStep(material, exercise),
    checksOf(material, exercise),
    fingerprintOfMaterial(material),
  ]);
  const steps = new Map(all.map(({ check, exercise: from }) => [check.name, from]));
  const checked = (result: CheckResult): Checked => ({
    ...result,
    exercise: steps.get(result.name) ?? exercise,
  });
  const crashes = createCrashFinder(place.folder);
  listen(crashes.hear);
  const hung = new AbortController();

  const run = await lab.run({
    folder: place.folder,
    checks: all.map(({ check }) => check),
    signal: signal === undefined ? hung.signal : AbortSignal.any([signal, hung.signal]),
    onResult(result) {
      onResult(checked(result));
      if (crashes.hasHung) hung.abort();
    },
  });
  const results = run.kind === "checked" ? run.results.map(checked) : [];
  const ran = new Set(results.map(({ name }) => name));
  const passed = results.length === all.length && results.every((result) => result.passed);
  if (passed) await rememberPassed(workspace, exercise);
  return {
    exercise,
    title: step.title,
    passed,
    problems: run.kind === "broken" ? run.problems : [],
    results,
    notRun: run.kind === "broken" ? [] : all.map(({ check }) => check.name).filter((name) => !ran.has(name)),
    crashes: crashes.found,
    edited: differences(progress.material, now),
  };
}

/** Reads anew: another exercise may have been started meanwhile. */
async function rememberPassed(workspace: Workspace, exercise: number): Promise<void> {
  const { progress } = await currentPlayground(workspace);
  if (progress.exercise !== exercise || progress.passed.includes(exercise)) return;
  const passed = [...progress.passed, exercise].sort((one, other) => one - other);
  await writeProgress(workspace.place.folder, { ...progress, passed });
}
