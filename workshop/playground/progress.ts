import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import { WorkshopError } from "../states/problem.ts";
import { hashOf, isMissing, readTree, type Tree, writeWhole } from "../states/tree.ts";

/** In the playground itself: whoever copies or removes that folder takes the progress with it. */
export const progressFile = ".exercise.json";

const Fingerprint = z.record(z.string(), z.string());

const Progress = z.object({
  exercise: z.int().min(1),
  /** Which of the exercise's two states was written last. */
  part: z.enum(["start", "solution"]),
  /** When the exercise was started. */
  startedAt: z.iso.datetime(),
  /** What was written: whatever differs from it is the attendee's work. */
  files: Fingerprint,
  /** The workshop's own files at that time, to notice when they are edited instead of the playground. */
  material: Fingerprint,
  /** Exercises whose checks have all passed. */
  passed: z.array(z.int()).default([]),
  /** What is being written: there still when that was interrupted. */
  writing: z.string().optional(),
});
export type Progress = Readonly<z.infer<typeof Progress>>;

/**
 * @returns undefined if no exercise was ever started in this folder
 * @throws WorkshopError if the file can't be understood
 */
export async function readProgress(folder: string): Promise<Progress | undefined> {
  const file = join(folder, progressFile);
  const text = await readFile(file, "utf8").catch((error: unknown) => {
    if (isMissing(error)) return undefined;
    throw error;
  });
  return text === undefined ? undefined : parse(text, file);
}

function parse(text: string, file: string): Progress {
  const repair = "Rename it, and start the exercise in another --folder: your files stay as they are";
  try {
    return Progress.parse(JSON.parse(text));
  } catch (cause) {
    const problem = cause instanceof z.ZodError ? z.prettifyError(cause) : String(cause);
    throw new WorkshopError(`${file} is not what an exercise writes: ${problem}\n${repair}.`, { cause });
  }
}

export const writeProgress = (folder: string, progress: Progress): Promise<void> =>
  writeWhole(join(folder, progressFile), `${JSON.stringify(progress, null, 2)}\n`);

/** The attendee's files that differ from what was written, the new and the removed ones among them. */
export interface Changes {
  readonly changed: readonly string[];
  readonly added: readonly string[];
  readonly removed: readonly string[];
}

/** The app's files, without the progress. */
export const readFiles = (folder: string): Promise<Tree> => readTree(folder, (path) => path !== progressFile);

/** A folder in which an exercise was started, as it is on disk now. */
export interface Work {
  readonly progress: Progress;
  readonly tree: Tree;
  readonly changes: Changes;
}

/**
 * @returns undefined if no exercise was started there
 * @throws WorkshopError if the progress file can't be understood
 */
export async function readWork(folder: string): Promise<Work | undefined> {
  const progress = await readProgress(folder);
  if (progress === undefined) return undefined;
  const tree = await readFiles(folder);
  return { progress, tree, changes: changesSince(progress.files, tree) };
}

function changesSince(files: Progress["files"], tree: Tree): Changes {
  const paths = [...tree.keys()].sort();
  const isChanged = (path: string): boolean => {
    const content = tree.get(path);
    return content !== undefined && hashOf(content) !== files[path];
  };
  return {
    changed: paths.filter((path) => files[path] !== undefined && isChanged(path)),
    added: paths.filter((path) => files[path] === undefined),
    removed: Object.keys(files)
      .filter((path) => !tree.has(path))
      .sort(),
  };
}

export const countOf = ({ changed, added, removed }: Changes): number =>
  changed.length + added.length + removed.length;
