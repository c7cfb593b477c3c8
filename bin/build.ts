import { globSync } from "node:fs";
import { rm } from "node:fs/promises";
import { join, relative } from "node:path";
import { build, stop } from "esbuild";
import { CommandError } from "./command.ts";
import { root } from "./root.ts";

/**
 * Bundles functions/*.ts: imported as they are, the Azure SDKs take two seconds of a cold start.
 * @param folder where `functions/` and the chunks that they share are written; what is stale there is removed
 */
export async function buildFunctions(folder: string): Promise<void> {
  const entryPoints = globSync("functions/*.ts", { cwd: root });
  if (entryPoints.length === 0) throw new CommandError("nothing to build: there is no functions/*.ts");
  const { metafile } = await build({
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
    // A stack trace needs names and lines only.
    sourcesContent: false,
    metafile: true,
    // The Functions worker supplies it when it is required.
    external: ["@azure/functions-core"],
    // Packages in CommonJS form call require, which an ES module does not have.
    banner: {
      js: 'import { createRequire as bundledRequire } from "node:module"; const require = bundledRequire(import.meta.url);',
    },
    logLevel: "warning",
  });
  // esbuild's own process would stay as long as this one.
  await stop();
  const built = new Set(Object.keys(metafile.outputs).map((file) => relative(folder, join(root, file))));
  // Only afterwards: a running host may start a worker meanwhile.
  const stale = globSync("**/*.{js,map}", { cwd: folder }).filter((file) => !built.has(file));
  await Promise.all(stale.map((file) => rm(join(folder, file), { force: true })));
}
