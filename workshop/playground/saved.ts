import { readdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { WorkshopError } from "../states/problem.ts";
import { twoDigits } from "../states/state.ts";
import { isMissing, placeOf, renamePatiently, type Tree, writeWhole } from "../states/tree.ts";
import { type Changes, type Progress, readFiles, readWork, writeProgress } from "./progress.ts";

/** Work that was copied before something was written over it. */
export interface Saved {
  /** Its folder's name: "2026-11-24T13-40-05-ex04". */
  readonly name: string;
  readonly progress: Progress;
  readonly changes: Changes;
}

/**
 * Copies a playground as it is. The copy gets its name when it is complete.
 * @returns its name
 */
export async function save(folder: string, tree: Tree, progress: Progress, now: Date): Promise<string> {
  const half = join(folder, `.half-${process.pid}`);
  await rm(half, { recursive: true, force: true });
  for (const [path, content] of tree) await writeWhole(placeOf(half, path), content);
  await writeProgress(half, progress);
  const name = await freeName(folder, `${stamp(now)}-ex${twoDigits(progress.exercise)}`);
  await renamePatiently(half, join(folder, name));
  return name;
}

/** Local time, in characters that a file's name may have on every system. */
function stamp(now: Date): string {
  const date = [now.getFullYear(), now.getMonth() + 1, now.getDate()].map(twoDigits).join("-");
  return `${date}T${[now.getHours(), now.getMinutes(), now.getSeconds()].map(twoDigits).join("-")}`;
}

async function freeName(folder: string, wanted: string): Promise<string> {
  const taken = new Set(await names(folder));
  let name = wanted;
  for (let number = 2; taken.has(name); number++) name = `${wanted}-${number}`;
  return name;
}

async function names(folder: string): Promise<readonly string[]> {
  const entries = await readdir(folder, { withFileTypes: true }).catch((error: unknown) => {
    if (isMissing(error)) return [];
    throw error;
  });
  return entries
    .filter((entry) => entry.isDirectory() && !entry.name.startsWith("."))
    .map(({ name }) => name)
    .sort();
}

/** @returns all that was saved, the oldest first */
export async function listSaved(folder: string): Promise<readonly Saved[]> {
  const saved = await Promise.all(
    (await names(folder)).map(async (name) => {
      const work = await readWork(join(folder, name));
      return work === undefined ? [] : [{ name, progress: work.progress, changes: work.changes }];
    }),
  );
  return saved.flat();
}

export const readSaved = (folder: string, name: string): Promise<Tree> => readFiles(join(folder, name));

/**
 * @param wanted the name, or a part of it that no other has
 * @throws WorkshopError that lists what there is
 */
export function findSaved(saved: readonly Saved[], wanted: string): Saved {
  const exact = saved.filter(({ name }) => name === wanted);
  const found = exact.length > 0 ? exact : saved.filter(({ name }) => name.includes(wanted));
  const [only] = found;
  if (only !== undefined && found.length === 1) return only;
  const list = saved.map(({ name }) => `  ${name}`).join("\n");
  throw new WorkshopError(
    saved.length === 0
      ? "nothing was saved yet"
      : `${found.length === 0 ? "nothing saved is" : "more than one is"} called "${wanted}"; expected one of\n${list}`,
  );
}
