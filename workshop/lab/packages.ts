import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { bundling } from "../../emulators/functions-host/bundling.ts";

/** What the apps of the exercises import, and is large. All else goes into an app's own bundle. */
export const packages = ["@azure/cosmos", "@azure/service-bus", "@pierogi/faults"];

/**
 * Bundles these packages once for all apps that are built below the folder: bundling them again with every change
 * would take longer than all the rest. They also stay where Node's compile cache knows them.
 */
export async function bundlePackages(folder: string): Promise<void> {
  const entryPoints: Record<string, string> = {};
  for (const name of packages) {
    await writeIn(join(folder, "node_modules", name), "package.json", manifest);
    entryPoints[`${name}/index`] = await writeIn(
      join(folder, "entries", name),
      "index.js",
      await entry(name),
    );
  }
  await build({
    ...bundling,
    sourcemap: false,
    logLevel: "silent",
    absWorkingDir: folder,
    entryPoints,
    chunkNames: "bundled-chunks/[name]-[hash]",
    outdir: join(folder, "node_modules"),
  });
}

const manifest = JSON.stringify({ type: "module", exports: "./index.js" });

/** Names what a package exports: of a CommonJS one esbuild would not know. */
async function entry(name: string): Promise<string> {
  const exported: object = await import(name);
  const names = Object.keys(exported).filter((key) => key !== "default" && key !== "module.exports");
  return `export { ${names.join(", ")} } from ${JSON.stringify(fileURLToPath(import.meta.resolve(name)))};`;
}

async function writeIn(folder: string, file: string, content: string): Promise<string> {
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, file), content);
  return join(folder, file);
}
