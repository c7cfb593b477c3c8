import { existsSync, globSync } from "node:fs";
import { copyFile, mkdir, writeFile } from "node:fs/promises";
import { join, relative } from "node:path";
import { type BuildFailure, build, type Message } from "esbuild";
import { bundling } from "../../emulators/functions-host/bundling.ts";
import { packages } from "./packages.ts";

/** What is wrong with an app, in the words of who reads it. */
export interface Problem {
  /** Relative to the app's folder. */
  readonly file: string;
  /** Counted from 1. */
  readonly line?: number;
  readonly column?: number;
  readonly message: string;
}

export class BrokenApp extends Error {
  override name = "BrokenApp";
  readonly problems: readonly Problem[];

  constructor(problems: readonly Problem[]) {
    super(problems.map(({ file, line, message }) => `${file}:${line ?? 1}: ${message}`).join("\n"));
    this.problems = problems;
  }
}

/** The app's plan of faults, which its author may have written. */
const planFile = "chaos/plan.ts";

/**
 * Bundles an app into a folder that the functions host can run, and its plan beside it.
 * @param into below the folder that `bundlePackages` has filled, or will have before the app runs
 * @returns the bundled plan, if the app has one
 * @throws BrokenApp
 */
export async function buildApp(app: string, into: string): Promise<{ readonly plan: string | undefined }> {
  const functions = globSync("functions/*.ts", { cwd: app }).sort();
  if (functions.length === 0)
    throw new BrokenApp([{ file: "functions", message: "there is no functions/*.ts" }]);
  const hasPlan = existsSync(join(app, planFile));
  await mkdir(into, { recursive: true });
  await Promise.all(
    ["host.json", "local.settings.json"].map((file) => copyFile(join(app, file), join(into, file))),
  );
  await writeFile(
    join(into, "package.json"),
    JSON.stringify({ type: "module", main: "dist/functions/*.js" }),
  );
  try {
    await build({
      ...bundling,
      // Errors are printed by whoever shows the checks.
      logLevel: "silent",
      absWorkingDir: app,
      external: [...bundling.external, ...packages],
      entryPoints: [...functions, ...(hasPlan ? [planFile] : [])],
      outdir: join(into, "dist"),
    });
  } catch (error) {
    if (!isBuildFailure(error)) throw error;
    throw new BrokenApp(error.errors.map(problemOf(app)));
  }
  return { plan: hasPlan ? join(into, "dist", planFile.replace(/\.ts$/, ".js")) : undefined };
}

const isBuildFailure = (error: unknown): error is BuildFailure =>
  error instanceof Error && "errors" in error && Array.isArray(error.errors);

const problemOf =
  (app: string) =>
  ({ text, location }: Message): Problem => ({
    // A path outside of the app is shown as it is.
    file: location === null ? "." : relative(app, join(app, location.file)),
    ...(location === null ? {} : { line: location.line, column: location.column + 1 }),
    message: text,
  });
