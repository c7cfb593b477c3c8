import { createHash, randomUUID } from "node:crypto";
import { mkdir, readdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";

/** A folder's files: their paths below it, with slashes on every system, and what is in them. */
export type Tree = ReadonlyMap<string, Buffer>;

/** SHA-256 of each file, in hexadecimal. */
export type Fingerprint = Readonly<Record<string, string>>;

/** What belongs to tools, not to an app: never read, copied or removed. */
const foreign = new Set(["node_modules", "dist", ".git", ".DS_Store"]);

/** Windows and editors hold a file for moments after it was written. */
const patient = { maxRetries: 10, retryDelay: 50 };

/**
 * @param isOurs whether a path below the folder is to be read
 * @returns an empty tree if there is no such folder; links are left out, since what they lead to is not below it
 */
export async function readTree(
  folder: string,
  isOurs: (path: string) => boolean = () => true,
): Promise<Tree> {
  const paths = await pathsBelow(folder, "");
  const wanted = paths.filter(isOurs).sort();
  return new Map(
    await Promise.all(wanted.map(async (path) => [path, await readFile(placeOf(folder, path))] as const)),
  );
}

async function pathsBelow(folder: string, prefix: string): Promise<string[]> {
  const entries = await readdir(placeOf(folder, prefix), { withFileTypes: true }).catch((error: unknown) => {
    if (prefix === "" && isMissing(error)) return [];
    throw error;
  });
  const paths = entries
    .filter(({ name }) => !foreign.has(name))
    .map(async (entry) => {
      const path = `${prefix}${entry.name}`;
      if (entry.isDirectory()) return pathsBelow(folder, `${path}/`);
      return entry.isFile() && !isHalfWritten(entry.name) ? [path] : [];
    });
  return (await Promise.all(paths)).flat();
}

/** @returns where a tree's file is on this system */
export const placeOf = (folder: string, path: string): string => join(folder, ...path.split("/"));

/** Writes a file as a whole or not at all: a reader, or a process that dies, never sees half of it. */
export async function writeWhole(file: string, content: Buffer | string): Promise<void> {
  await mkdir(dirname(file), { recursive: true });
  const half = join(dirname(file), `.half-${randomUUID()}`);
  try {
    await writeFile(half, content, { flush: true });
    await renamePatiently(half, file);
  } catch (error) {
    await rm(half, { force: true, ...patient });
    throw error;
  }
}

const isHalfWritten = (name: string): boolean => name.startsWith(".half-");

/** On Windows a virus scanner or an editor that looks at a file keeps it from being renamed for moments. */
export async function renamePatiently(from: string, to: string): Promise<void> {
  for (let tries = 1; ; tries++) {
    try {
      return await rename(from, to);
    } catch (error) {
      if (!isBusy(error) || tries === 20) throw error;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }
}

export const hashOf = (content: Buffer): string => createHash("sha256").update(content).digest("hex");

export const fingerprintOf = (tree: Tree): Fingerprint =>
  Object.fromEntries([...tree].map(([path, content]) => [path, hashOf(content)]));

/** @returns the paths that one has and the other has not, or has otherwise */
export function differences(one: Fingerprint, other: Fingerprint): readonly string[] {
  const paths = new Set([...Object.keys(one), ...Object.keys(other)]);
  return [...paths].filter((path) => one[path] !== other[path]).sort();
}

const codeOf = (error: unknown): unknown =>
  error instanceof Error && "code" in error ? error.code : undefined;
export const isMissing = (error: unknown): boolean => codeOf(error) === "ENOENT";
const isBusy = (error: unknown): boolean => ["EPERM", "EACCES", "EBUSY"].includes(String(codeOf(error)));
