import { globSync } from "node:fs";
import { rm } from "node:fs/promises";
import { join, relative } from "node:path";
import type { BuildOptions, BuildResult, Plugin } from "esbuild";
import { bundling } from "../emulators/functions-host/bundling.ts";
import { isUpToDate, recordBuild, removeRecord } from "./build-record.ts";
import { CommandError } from "./command.ts";
import { root } from "./root.ts";

const options = { ...bundling, logLevel: "warning" } satisfies BuildOptions;

/** The module that puts the program together: another one in its place makes another program of the same functions. */
const compositionRoot = join(root, "shared/app.ts");

/**
 * Bundles functions/*.ts: imported as they are, the Azure SDKs take two seconds of a cold start.
 * Does nothing if no file that went into the last build has changed.
 * @param folder where `functions/` and the chunks that they share are written; what is stale there is removed
 * @param composition a module that takes the place of shared/app.ts
 */
export async function buildFunctions(folder: string, composition = compositionRoot): Promise<void> {
  const entryPoints = globSync("functions/*.ts", { cwd: root }).sort();
  if (entryPoints.length === 0) throw new CommandError("nothing to build: there is no functions/*.ts");
  const described = { options: JSON.stringify({ ...options, composition }), entryPoints };
  if (isUpToDate(folder, root, described)) return;
  removeRecord(folder);
  const begun = Date.now();

  const plugins = composition === compositionRoot ? [] : [replacing(compositionRoot, composition)];
  const { metafile } = await bundle({ ...options, entryPoints, outdir: folder, plugins });
  const outputs = Object.keys(metafile.outputs);
  await removeStale(folder, new Set(outputs.map((file) => relative(folder, join(root, file)))));
  // package.json and tsconfig.json decide how the others are read.
  const inputs = [...Object.keys(metafile.inputs), "package.json", "package-lock.json", "tsconfig.json"];
  recordBuild(folder, root, { ...described, inputs, outputs, begun });
}

let earlier: Promise<unknown> = Promise.resolve();

/** One at a time: esbuild's own process, which would stay as long as this one, is stopped after each. */
function bundle(asked: BuildOptions): Promise<BuildResult<{ metafile: true }>> {
  const bundled = earlier.then(async () => {
    const { build, stop } = await import("esbuild");
    try {
      return await build({ ...asked, absWorkingDir: root, metafile: true });
    } catch (cause) {
      // esbuild has printed each of them with its place.
      if (!isBuildFailure(cause)) throw cause;
      throw new CommandError("the functions can't be built: the errors are above", { cause });
    } finally {
      await stop();
    }
  });
  earlier = bundled.catch(() => {});
  return bundled;
}

const isBuildFailure = (error: unknown): boolean =>
  error instanceof Error && "errors" in error && Array.isArray(error.errors) && error.errors.length > 0;

const replacing = (module: string, other: string): Plugin => ({
  name: "replacing",
  setup(build) {
    build.onResolve({ filter: /\.ts$/ }, ({ path, resolveDir }) =>
      join(resolveDir, path) === module ? { path: other } : undefined,
    );
  },
});

/** Only afterwards: a running host may start a worker meanwhile. */
async function removeStale(folder: string, built: ReadonlySet<string>): Promise<void> {
  const stale = globSync("**/*.{js,map}", { cwd: folder }).filter((file) => !built.has(file));
  await Promise.all(stale.map((file) => rm(join(folder, file), { force: true })));
}
