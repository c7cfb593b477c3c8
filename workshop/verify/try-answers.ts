import { mkdir, rm } from "node:fs/promises";
import { join } from "node:path";
import type { Lab } from "../lab/index.ts";
import { checksOf } from "../states/checks.ts";
import { compose } from "../states/compose.ts";
import type { Material } from "../states/material.ts";
import { WorkshopError } from "../states/problem.ts";
import { placeOf, type Tree, writeWhole } from "../states/tree.ts";
import type { Answer, Edit } from "./answers.ts";
import { verdictOf } from "./expected.ts";

export interface TryOptions {
  readonly material: Material;
  readonly lab: Pick<Lab, "run">;
  readonly answers: readonly Answer[];
  /** Where they are written; their packages are found from there. */
  readonly scratch: string;
  readonly onAnswer: (answer: Answer, problems: readonly string[]) => void;
  readonly signal: AbortSignal;
}

/** Runs the checks on each answer. @returns how many were judged as they should be */
export async function tryAnswers(options: TryOptions): Promise<number> {
  let asExpected = 0;
  for (const answer of options.answers) {
    if (options.signal.aborted) break;
    const problems = await problemsWith(answer, options);
    options.onAnswer(answer, problems);
    if (problems.length === 0) asExpected++;
  }
  return asExpected;
}

async function problemsWith(answer: Answer, options: TryOptions): Promise<readonly string[]> {
  const { material, lab, scratch, signal } = options;
  const { exercise, edits, fails } = answer;
  const folder = join(scratch, "answer");
  await rm(folder, { recursive: true, force: true, maxRetries: 10 });
  await mkdir(folder, { recursive: true });
  const solution = await compose(material, { exercise, part: "solution" });
  for (const [path, content] of edited(solution, edits)) await writeWhole(placeOf(folder, path), content);

  const checks = (await checksOf(material, exercise)).map(({ check }) => check);
  const run = await lab.run({ folder, checks, signal });
  if (run.kind === "broken")
    return run.problems.map(({ file, line, message }) => `${file}:${line}: ${message}`);
  const verdicts = new Map(run.results.map((result) => [result.name, verdictOf(result)]));
  const missed = Object.entries(fails).flatMap(([name, message]) => {
    const verdict = verdicts.get(name) ?? "no such check";
    return verdict !== "pass" && verdict.startsWith(message)
      ? []
      : [`"${name}": expected "${message}", got "${verdict}"`];
  });
  const refused = [...verdicts].flatMap(([name, verdict]) =>
    Object.keys(fails).length === 0 && verdict !== "pass" ? [`"${name}" refuses it: ${verdict}`] : [],
  );
  return [...missed, ...refused];
}

/** @throws WorkshopError if the solution has changed, so that an edit does not fit any more */
export function edited(solution: Tree, edits: readonly Edit[]): Tree {
  const tree = new Map(solution);
  for (const { file, from, to } of edits) {
    const before = tree.get(file)?.toString("utf8") ?? "";
    if (before.split(from).length !== 2) {
      throw new WorkshopError(`expected once in the solution's ${file}:\n${from}`);
    }
    tree.set(file, Buffer.from(before.replace(from, () => to)));
  }
  return tree;
}
