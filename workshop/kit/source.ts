import { execFile } from "node:child_process";
import { cp, mkdtemp, readFile, realpath, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, join, relative, sep } from "node:path";
import process from "node:process";
import { promisify } from "node:util";

/** Where a kit's source comes from. */
export interface Source {
  /** The commit; undefined where there is no git. */
  readonly commit: string | undefined;
  /** Files that differ from that commit, and so are not in the kit. */
  readonly changed: readonly string[];
}

/** Copies the project as it was committed last; without git what .gitignore does not exclude. */
export async function copySource(root: string, to: string): Promise<Source> {
  if (await isRepository(root)) return exportCommit(root, to);
  const ignored = ignoredNames(await readFile(join(root, ".gitignore"), "utf8"));
  await cp(root, to, {
    recursive: true,
    filter: (path) => {
      const parts = relative(root, path).split(sep);
      return !parts.includes(".git") && !parts.some(ignored) && path !== to;
    },
  });
  return { commit: undefined, changed: [] };
}

async function git(root: string, args: readonly string[], env: NodeJS.ProcessEnv = {}): Promise<string> {
  const options = { cwd: root, maxBuffer: 100_000_000, env: { ...process.env, ...env } };
  return (await promisify(execFile)("git", args, options)).stdout.trim();
}

async function isRepository(root: string): Promise<boolean> {
  try {
    return (await realpath(await git(root, ["rev-parse", "--show-toplevel"]))) === (await realpath(root));
  } catch {
    // No git, or no repository.
    return false;
  }
}

/** By an index of its own: no tar is needed, and what is staged stays out. */
async function exportCommit(root: string, to: string): Promise<Source> {
  const scratch = await mkdtemp(join(tmpdir(), "pierogi-kit-"));
  try {
    const env = { GIT_INDEX_FILE: join(scratch, "index") };
    await git(root, ["read-tree", "HEAD"], env);
    await git(root, ["checkout-index", "--all", `--prefix=${to.replaceAll("\\", "/")}/`], env);
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
  const changed = await git(root, ["status", "--porcelain"]);
  return {
    commit: await git(root, ["rev-parse", "HEAD"]),
    changed: changed === "" ? [] : changed.split("\n").map((line) => line.replace(/^\s*\S+\s+/, "")),
  };
}

/** Of the forms that this project's .gitignore has: a name with or without a slash behind it, and `*.ending`. */
function ignoredNames(text: string): (name: string) => boolean {
  const patterns = text.split(/\r?\n/).filter((line) => line !== "" && !line.startsWith("#"));
  const names = new Set(patterns.map((pattern) => pattern.replace(/\/$/, "")));
  const endings = patterns.filter((pattern) => pattern.startsWith("*")).map((pattern) => pattern.slice(1));
  return (name) => names.has(name) || endings.some((ending) => basename(name).endsWith(ending));
}
