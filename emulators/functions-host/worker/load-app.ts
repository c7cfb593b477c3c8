import { globSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { extname, join } from "node:path";
import { pathToFileURL } from "node:url";
import { app, appHookData, appOnlyHookData, executeHooks, functions } from "./registry.ts";
import type { FunctionMetadata } from "./rpc.ts";

export interface LoadedApp {
  readonly functions: readonly FunctionMetadata[];
  readonly capabilities: Readonly<Record<string, string>>;
}

/**
 * Loads the files that package.json's `main` (a glob) names, in turn, and runs the appStart hooks.
 * Unlike the real worker, which logs a load error and goes on with what is there, this throws, naming the file.
 */
export async function loadApp(appFolder: string): Promise<LoadedApp> {
  const manifest = readManifest(join(appFolder, "package.json"));
  // The glob's own order depends on the file system.
  const files = globSync(manifest.main, { cwd: appFolder }).sort();
  if (files.length === 0) {
    throw new Error(
      `Found no file that matches "main": "${manifest.main}" in ${appFolder}; build the app first`,
    );
  }
  for (const file of files) {
    const path = join(appFolder, file);
    try {
      await loadFile(path, manifest.type === "module");
    } catch (cause) {
      throw new Error(`Could not load ${path}: ${messageOf(cause)}`, { cause });
    }
  }
  if (functions.size === 0) {
    throw new Error(
      `${files.map((file) => join(appFolder, file)).join(", ")} registered no function. ` +
        'If the app is bundled as an ES module, its bundle needs a `require` for "@azure/functions-core" ' +
        "(createRequire), else @azure/functions falls into its test mode",
    );
  }
  await executeHooks("appStart", {
    functionAppDirectory: appFolder,
    hookData: appOnlyHookData,
    appHookData,
  });
  app.started = true;
  const capabilities = (await app.model?.getCapabilities?.({})) ?? {};
  const metadata = [...functions.values()].map((registered) => registered.metadata);
  // As JSON, like the real worker's `rawBindings`: what JSON does not carry never reaches the host.
  return { functions: JSON.parse(JSON.stringify(metadata)), capabilities };
}

async function loadFile(path: string, modulePackage: boolean): Promise<void> {
  const extension = extname(path);
  const commonJs =
    extension === ".cjs" || extension === ".cts" || (!modulePackage && !extension.startsWith(".m"));
  if (commonJs) createRequire(path)(path);
  else await import(pathToFileURL(path).href);
}

function readManifest(path: string): { main: string; type: unknown } {
  let manifest: unknown;
  try {
    manifest = JSON.parse(readFileSync(path, "utf8"));
  } catch (cause) {
    throw new Error(`Could not read ${path}: ${messageOf(cause)}`, { cause });
  }
  const { main, type } = manifest as { main?: unknown; type?: unknown };
  if (typeof main !== "string") {
    throw new Error(
      `${path} has no "main": expected the glob of the built functions, like "dist/functions/*.js"`,
    );
  }
  return { main, type };
}

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
