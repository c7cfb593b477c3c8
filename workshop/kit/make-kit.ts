import { copyFile, mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import type { System } from "../lockfile.ts";
import { isMissing, type Npm } from "./npm.ts";
import { nodePackage, packagesFor } from "./packages.ts";
import { type Contents, cacheFolder, readme, sourceFolder } from "./readme.ts";
import { copySource, type Source } from "./source.ts";
import { sumsOf } from "./sums.ts";

export interface KitOptions {
  /** The project's folder. */
  readonly root: string;
  /** An empty folder, or one that does not exist yet. */
  readonly to: string;
  readonly systems: readonly System[];
  readonly npm: Npm;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  readonly onProgress: (what: string) => void;
}

export interface Kit extends Source {
  readonly packages: number;
  readonly systems: Contents["systems"];
  readonly files: number;
  readonly bytes: number;
}

/** Packages that one npm is asked for: a command line of Windows holds 32,767 characters. */
const atOnce = 100;

/** Makes a folder from which the project is installed without a network, on all of these systems. */
export async function makeKit({ root, to, systems, npm, now, onProgress }: KitOptions): Promise<Kit> {
  onProgress("source");
  await mkdir(to, { recursive: true });
  const source = await copySource(root, join(to, sourceFolder));
  const lockfile = await readFile(join(to, sourceFolder, "package-lock.json"), "utf8");

  const registry = await registryOf(npm);
  const add = (...specs: readonly string[]): Promise<string> =>
    npm(
      "cache",
      "add",
      ...specs,
      "--cache",
      join(to, cacheFolder),
      "--registry",
      registry,
      "--prefer-online",
    );
  const packages = packagesFor(lockfile, systems);
  for (let done = 0; done < packages.length; done += atOnce) {
    onProgress(`packages ${done} of ${packages.length}`);
    await add(...packages.slice(done, done + atOnce));
  }

  const withNode: Contents["systems"][number][] = [];
  for (const system of systems) {
    const node = nodePackage(lockfile, system);
    onProgress(node);
    withNode.push({ ...system, node, hasNode: await isAdded(add(node)) });
  }

  // They name folders of this machine.
  await rm(join(to, cacheFolder, "_logs"), { recursive: true, force: true });
  onProgress("sums");
  const { version } = z
    .object({ version: z.string() })
    .parse(JSON.parse(await readFile(join(to, sourceFolder, "package.json"), "utf8")));
  const contents = { version, made: now(), registry, packages: packages.length, systems: withNode };
  await writeFile(join(to, "README.md"), readme({ ...contents, commit: source.commit }));
  await copyFile(join(import.meta.dirname, "check.mjs"), join(to, "check.mjs"));
  const { text, files, bytes } = await sumsOf(to);
  await writeFile(join(to, "SHA256SUMS"), text);
  return { ...source, packages: packages.length, systems: withNode, files, bytes };
}

/** @throws what npm says, unless it is that the registry has no such package */
async function isAdded(adding: Promise<unknown>): Promise<boolean> {
  try {
    await adding;
    return true;
  } catch (error) {
    if (isMissing(error)) return false;
    throw error;
  }
}

/** @throws if its address holds a password, which would be on the stick */
async function registryOf(npm: Npm): Promise<string> {
  const registry = (await npm("config", "get", "registry")).trim();
  const { username, password } = new URL(registry);
  if (username === "" && password === "") return registry;
  throw new Error(
    "the registry's address holds a password, which would be on the stick: put it into .npmrc as a token",
  );
}
