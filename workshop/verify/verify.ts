import { mkdir, rm } from "node:fs/promises";
import { join } from "node:path";
import type { CheckResult, Lab } from "../lab/index.ts";
import { checksOf } from "../states/checks.ts";
import { compose, idleFiles } from "../states/compose.ts";
import type { Material } from "../states/material.ts";
import { type State, stateName } from "../states/state.ts";
import { placeOf, writeWhole } from "../states/tree.ts";
import { type Expected, surprises, verdictOf } from "./expected.ts";

export interface VerifyOptions {
  readonly material: Material;
  readonly lab: Pick<Lab, "run">;
  readonly states: readonly State[];
  readonly expected: Expected;
  /** How often each state runs: a check that does not always do the same is a defect. */
  readonly repeat: number;
  /** Where the states are written; its packages are found from there. */
  readonly scratch: string;
  /** The product's lint, of an app in a folder. @returns what is wrong */
  readonly lint: (folder: string) => Promise<readonly string[]>;
  readonly onState: (found: Found) => void;
  readonly signal: AbortSignal;
  /** Milliseconds, of a clock that never goes back. */
  readonly now: () => number;
}

/** What came of one run of a state. */
export interface Found {
  readonly state: State;
  /** The first is 1. */
  readonly round: number;
  readonly results: readonly CheckResult[];
  /** Empty if all is as expected. */
  readonly problems: readonly string[];
  readonly milliseconds: number;
}

/** Runs the checks of each state, one state after the other on one warm lab. */
export async function verify(options: VerifyOptions): Promise<readonly Found[]> {
  const { states, repeat, signal, onState, now } = options;
  const all: Found[] = [];
  for (const state of states) {
    for (let round = 1; round <= repeat && !signal.aborted; round++) {
      const begun = now();
      const { results, problems } = await verifyState(state, options);
      const found = { state, round, results, problems, milliseconds: Math.round(now() - begun) };
      onState(found);
      all.push(found);
    }
  }
  return all;
}

async function verifyState(
  state: State,
  options: VerifyOptions,
): Promise<Pick<Found, "results" | "problems">> {
  const { material, lab, expected, scratch, lint, signal } = options;
  const folder = join(scratch, `${state.exercise}-${state.part}`);
  await rm(folder, { recursive: true, force: true, maxRetries: 10 });
  await mkdir(folder, { recursive: true });
  for (const [path, content] of await compose(material, state))
    await writeWhole(placeOf(folder, path), content);

  const checks = (await checksOf(material, state.exercise)).map(({ check }) => check);
  const linted = state.part === "solution" ? lint(folder) : [];
  const run = await lab.run({ folder, checks, signal });
  const problems = [
    ...(await idleFiles(material, state)).map((file) => `${file} is just as it was before: leave it out`),
    ...(await linted),
  ];
  if (run.kind === "broken") {
    const broken = run.problems.map(({ file, line, message }) => `${file}:${line ?? 1}: ${message}`);
    return { results: [], problems: [...problems, ...broken] };
  }
  return {
    results: run.results,
    problems: [
      ...problems,
      ...againstTheIdea(state, run.results),
      ...idleRules(run.rules, run.results),
      ...surprises(expected[stateName(state)], run.results),
    ],
  };
}

/** Whatever expected.json says: a start has something to do, and a solution nothing. */
export function againstTheIdea(state: State, results: readonly CheckResult[]): readonly string[] {
  if (results.length === 0) return ["no check ran"];
  const failed = results.filter(({ passed }) => !passed);
  if (state.part === "start") return failed.length > 0 ? [] : ["every check passes: there is nothing to do"];
  return failed.map((result) => `the solution fails "${result.name}": ${verdictOf(result)}`);
}

/** A fault that no check meets proves nothing. */
function idleRules(rules: readonly string[], results: readonly CheckResult[]): readonly string[] {
  const struck = new Set(
    results.flatMap(({ orders }) =>
      orders.flatMap(({ trace }) => trace.flatMap((step) => (step.kind === "fault" ? [step.rule] : []))),
    ),
  );
  return rules
    .filter((rule) => !struck.has(rule))
    .map((rule) => `no check meets the rule "${rule}" of chaos/plan.ts`);
}
