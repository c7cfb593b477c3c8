import { lstat, mkdir, readdir, readFile, rm, rmdir } from "node:fs/promises";
import { dirname, join } from "node:path";
import { WorkshopError } from "../states/problem.ts";
import { fingerprintOf, isMissing, placeOf, type Tree, writeWhole } from "../states/tree.ts";
import { type Progress, readWork, type Work, writeProgress } from "./progress.ts";
import { save } from "./saved.ts";

/** Where the attendee works, and where work is kept that something else is written over. */
export interface Place {
  /** The playground: a complete app. */
  readonly folder: string;
  readonly savedFolder: string;
}

/** Beside the playground: inside of it editors and compilers would find every file twice. */
export const placeAt = (folder: string): Place => ({ folder, savedFolder: join(dirname(folder), "saved") });

export type Playground = Work;

/**
 * @returns undefined if no exercise was started there
 * @throws WorkshopError if the progress file can't be understood
 */
export const readPlayground = ({ folder }: Place): Promise<Playground | undefined> => readWork(folder);

/** What the playground becomes. */
export interface Next {
  readonly tree: Tree;
  readonly progress: Progress;
}

/**
 * Makes the playground this and nothing else. Work that differs from what was written last is copied first; then
 * each file is written as a whole; the progress comes last. If this ends half way, nothing is lost: what is there
 * then counts as the attendee's, and the next call copies it again.
 * @returns the name of the copy, if there was any work
 * @throws WorkshopError if the folder has files but is no playground, or if a file is saved meanwhile
 */
export async function replacePlayground(place: Place, next: Next, now: Date): Promise<string | undefined> {
  const current = (await readPlayground(place)) ?? (await claim(place, next.progress));
  const { tree, progress, changes } = current;
  const isLost = [...changes.changed, ...changes.added].some((path) => !isSame(tree, next.tree, path));
  const saved = isLost ? await save(place.savedFolder, tree, progress, now) : undefined;
  await writeProgress(place.folder, { ...progress, writing: `${next.progress.exercise}` });
  for (const path of tree.keys()) {
    if (!next.tree.has(path)) await remove(place.folder, path, tree);
  }
  for (const [path, content] of next.tree) {
    if (!isSame(tree, next.tree, path)) await overwrite(place.folder, path, content, tree);
  }
  await writeProgress(place.folder, next.progress);
  return saved;
}

function isSame(one: Tree, other: Tree, path: string): boolean {
  const content = other.get(path);
  return content !== undefined && one.get(path)?.equals(content) === true;
}

/** Takes a folder for the exercises: from then on whatever is in it is saved before it is replaced. */
async function claim({ folder }: Place, { exercise, startedAt }: Progress): Promise<Playground> {
  await mkdir(folder, { recursive: true });
  const present = await readdir(folder);
  if (present.length > 0) {
    throw new WorkshopError(
      `${folder} holds ${present.slice(0, 3).join(", ")}${present.length > 3 ? ", …" : ""}, but no exercise was started there; expected an empty folder or none. Name another one with --folder`,
    );
  }
  const progress: Progress = { exercise, part: "start", startedAt, files: {}, material: {}, passed: [] };
  await writeProgress(folder, progress);
  return { progress, tree: new Map(), changes: { changed: [], added: [], removed: [] } };
}

async function overwrite(folder: string, path: string, content: Buffer, known: Tree): Promise<void> {
  await expectUnchanged(folder, path, known);
  await writeWhole(placeOf(folder, path), content);
}

async function remove(folder: string, path: string, known: Tree): Promise<void> {
  await expectUnchanged(folder, path, known);
  await rm(placeOf(folder, path), { force: true, maxRetries: 10 });
  await removeEmptyFolders(folder, path);
}

async function removeEmptyFolders(folder: string, path: string): Promise<void> {
  const parent = path.split("/").slice(0, -1).join("/");
  if (parent === "") return;
  try {
    await rmdir(placeOf(folder, parent));
  } catch {
    // Not empty: so it stays, and those above it, too.
    return;
  }
  await removeEmptyFolders(folder, parent);
}

/** Between the copy and now an editor may have saved, and a link may lead elsewhere. */
async function expectUnchanged(folder: string, path: string, known: Tree): Promise<void> {
  const parts = path.split("/");
  for (let depth = 1; depth <= parts.length; depth++) {
    const part = parts.slice(0, depth).join("/");
    const found = await lstat(placeOf(folder, part)).catch((error: unknown) => {
      if (isMissing(error)) return undefined;
      throw error;
    });
    if (found === undefined) return;
    const isExpected = depth < parts.length ? found.isDirectory() : found.isFile();
    if (!isExpected) {
      throw new WorkshopError(
        `${placeOf(folder, part)} is in the way; expected ${depth < parts.length ? "a folder" : "a file"} there. Rename it, and try again`,
      );
    }
  }
  if (known.get(path)?.equals(await readFile(placeOf(folder, path))) === true) return;
  throw new WorkshopError(
    `${placeOf(folder, path)} was saved in this very moment, and stays so. Try again: then it is copied first`,
  );
}

/** @returns progress in which nothing is the attendee's work yet */
export const progressWith = (
  tree: Tree,
  more: Pick<Progress, "exercise" | "part" | "startedAt" | "material" | "passed">,
): Progress => ({ ...more, files: fingerprintOf(tree) });
