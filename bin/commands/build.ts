import { globSync } from "node:fs";
import { rm } from "node:fs/promises";
import { join } from "node:path";
import { build } from "esbuild";
import { CommandError } from "../command.ts";
import { root } from "../root.ts";

export const usage = `Usage: npx pierogi build

Bundles each file of functions/ into dist/functions/, the form in which Azure and the local host load it.`;

export async function run(): Promise<number> {
  await buildFunctions(join(root, "dist"));
  return 0;
}

/**
 * Bundles functions/*.ts: imported as they are, the Azure SDKs take two seconds of a cold start.
 * @param folder where `functions/` and the chunks that they share are written; emptied first
 */
export async function buildFunctions(folder: string): Promise<void> {
  const entryPoints = globSync("functions/*.ts", { cwd: root });
  if (entryPoints.length === 0) throw new CommandError("nothing to build: there is no functions/*.ts");
  await rm(folder, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 });
  await build({
    absWorkingDir: root,
    entryPoints,
    outdir: folder,
    outbase: ".",
    // Outside of dist/functions: the host loads every file there as a function.
    chunkNames: "chunks/[name]-[hash]",
    bundle: true,
    splitting: true,
    format: "esm",
    platform: "node",
    target: "node22",
    sourcemap: true,
    // The Functions worker supplies it when it is required.
    external: ["@azure/functions-core"],
    // Packages in CommonJS form call require, which an ES module does not have.
    banner: {
      js: 'import { createRequire as bundledRequire } from "node:module"; const require = bundledRequire(import.meta.url);',
    },
    logLevel: "warning",
  });
}
