import { join } from "node:path";
import { progressWith, readPlayground, replacePlayground } from "../playground/playground.ts";
import { readProgress } from "../playground/progress.ts";
import { findSaved, listSaved, readSaved } from "../playground/saved.ts";
import { compose } from "../states/compose.ts";
import { exercisesOf, fingerprintOfMaterial } from "../states/material.ts";
import type { State } from "../states/state.ts";
import { forTerminal } from "./markdown.ts";
import { readStep } from "./step.ts";
import { currentPlayground, expectExercise, type Workspace } from "./workspace.ts";

/** Writes the start of an exercise. @returns what to tell: who comes late learns what the code does by now */
export async function start(workspace: Workspace, exercise: number): Promise<string> {
  await expectExercise(workspace, exercise);
  const step = await readStep(workspace.material, exercise);
  const saved = await write(workspace, { exercise, part: "start" }, workspace.now());
  const { shown, place, width } = workspace;
  return [
    ...tellSaved(workspace, saved),
    `Exercise ${exercise}: ${step.title} (${step.timeBox} minutes)`,
    "",
    forTerminal(step.summary, width),
    "",
    `The task   ${shown(step.readme)}`,
    `Your code  ${shown(place.folder)} (open this folder in your editor)`,
    `Then       npx pierogi exercise   (in the repository's folder, not in ${shown(place.folder)})`,
  ].join("\n");
}

/** Writes the start of the exercise that comes next; after the last one, says where the way goes on. */
export async function next(workspace: Workspace): Promise<string> {
  const { progress } = await currentPlayground(workspace);
  return (await wasLast(workspace, progress.exercise)) ?? start(workspace, progress.exercise + 1);
}

/** @returns what to tell after the last exercise; nothing after any other */
export async function wasLast({ material }: Workspace, exercise: number): Promise<string | undefined> {
  if (exercise !== (await exercisesOf(material)).at(-1)) return undefined;
  return `Exercise ${exercise} was the last one. How it goes on: workshop/TO-THE-PRODUCT.md`;
}

/** Writes the start of the current exercise again. */
export async function reset(workspace: Workspace): Promise<string> {
  const { progress } = await currentPlayground(workspace);
  const saved = await write(
    workspace,
    { exercise: progress.exercise, part: "start" },
    new Date(progress.startedAt),
  );
  return [...tellSaved(workspace, saved), `Exercise ${progress.exercise} is as it was at its start.`].join(
    "\n",
  );
}

/** Writes the solution of the current exercise. */
export async function applySolution(workspace: Workspace): Promise<string> {
  const { progress } = await currentPlayground(workspace);
  const { exercise, startedAt } = progress;
  const saved = await write(workspace, { exercise, part: "solution" }, new Date(startedAt));
  return [
    ...tellSaved(workspace, saved),
    `${workspace.shown(workspace.place.folder)} is the solution of exercise ${exercise} now.`,
  ].join("\n");
}

async function write(workspace: Workspace, state: State, startedAt: Date): Promise<string | undefined> {
  const { material, place, now } = workspace;
  const [tree, fingerprint, before] = await Promise.all([
    compose(material, state),
    fingerprintOfMaterial(material),
    readProgress(place.folder),
  ]);
  const progress = progressWith(tree, {
    ...state,
    startedAt: startedAt.toISOString(),
    material: fingerprint,
    passed: before?.passed ?? [],
  });
  return replacePlayground(place, { tree, progress }, now());
}

/** Brings saved work back; what is there now is saved, too. */
export async function restore(workspace: Workspace, wanted: string): Promise<string> {
  const { place, now } = workspace;
  const { name, progress } = findSaved(await listSaved(place.savedFolder), wanted);
  const current = await readPlayground(place);
  const tree = await readSaved(place.savedFolder, name);
  const { writing: _, ...whole } = progress;
  const passed = [...new Set([...progress.passed, ...(current?.progress.passed ?? [])])];
  const saved = await replacePlayground(place, { tree, progress: { ...whole, passed } }, now());
  return [
    ...tellSaved(workspace, saved),
    `${workspace.shown(place.folder)} is as it was in ${name}: exercise ${progress.exercise}.`,
  ].join("\n");
}

function tellSaved({ place, shown }: Workspace, name: string | undefined): string[] {
  if (name === undefined) return [];
  return [
    `Your work was copied to ${shown(join(place.savedFolder, name))}`,
    `  it comes back with: npx pierogi exercise restore ${name}`,
    "",
  ];
}
