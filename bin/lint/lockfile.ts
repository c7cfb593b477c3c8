import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import type { Check } from "./check.ts";

const Lockfile = z.object({
  lockfileVersion: z.literal(3),
  packages: z.record(
    z.string(),
    z.object({
      resolved: z.string().optional(),
      link: z.boolean().optional(),
      optionalDependencies: z.record(z.string(), z.string()).optional(),
    }),
  ),
});
type Packages = z.infer<typeof Lockfile>["packages"];

/** That `npm ci` works on every platform and behind any registry mirror. */
export const lockfile: Check = async (folder) =>
  lockfileProblems(await readFile(join(folder, "package-lock.json"), "utf8"));

export function lockfileProblems(text: string): readonly string[] {
  const parsed = Lockfile.safeParse(JSON.parse(text));
  if (!parsed.success) return [`package-lock.json: ${z.prettifyError(parsed.error)}`];
  return [...missingPlatforms(parsed.data.packages), ...registryAddresses(parsed.data.packages)];
}

/** npm leaves out the packages of a platform that the registry did not have yet, without a word. */
function missingPlatforms(packages: Packages): string[] {
  const missing: string[] = [];
  for (const [path, { optionalDependencies = {} }] of Object.entries(packages)) {
    for (const [name, range] of Object.entries(optionalDependencies)) {
      if (isLocked(packages, path, name)) continue;
      missing.push(
        `package-lock.json lacks ${name}@${range}, an optional package of ${path === "" ? "this project" : path}: \`npm ci\` will fail on its platform; pin a version of the latter that has it`,
      );
    }
  }
  return missing;
}

/** Looks where Node would: beside the package, then in each folder above. */
function isLocked(packages: Packages, path: string, name: string): boolean {
  for (let folder = path; ; folder = folder.slice(0, Math.max(0, folder.lastIndexOf("node_modules/") - 1))) {
    const prefix = folder === "" ? "" : `${folder}/`;
    if (Object.hasOwn(packages, `${prefix}node_modules/${name}`)) return true;
    if (folder === "") return false;
    if (!folder.includes("node_modules/")) folder = "";
  }
}

function registryAddresses(packages: Packages): string[] {
  return Object.entries(packages)
    .filter(([, { resolved, link }]) => resolved !== undefined && link !== true)
    .map(
      ([path, { resolved }]) =>
        `package-lock.json holds the address ${resolved} for ${path}: run npm install with this project's .npmrc, which keeps registry addresses out`,
    );
}
