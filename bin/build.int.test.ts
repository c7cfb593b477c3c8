import { globSync, readFileSync } from "node:fs";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { buildFunctions } from "./build.ts";
import { CommandError } from "./command.ts";

test("a program that can't be built is told in a sentence, below esbuild's own errors", async () => {
  const folder = await mkdtemp(join(tmpdir(), "pierogi-build-"));
  onTestFinished(() => rm(folder, { recursive: true, maxRetries: 10 }));
  const composition = join(folder, "app.ts");
  await writeFile(composition, "export const program = ;\n");
  const built = buildFunctions(join(folder, "dist"), composition);
  await expect(built).rejects.toThrow(CommandError);
  await expect(built).rejects.toThrow("the functions can't be built: the errors are above");
});

test("no function loads OpenTelemetry's SDK before there is an address to export to", async () => {
  const folder = await mkdtemp(join(tmpdir(), "pierogi-build-"));
  onTestFinished(() => rm(folder, { recursive: true, maxRetries: 10 }));
  await buildFunctions(folder);
  const sdk = "BatchSpanProcessor";
  const texts = new Map(
    globSync("**/*.js", { cwd: folder }).map((file) => [
      basename(file),
      readFileSync(join(folder, file), "utf8"),
    ]),
  );
  /** What is loaded with a file at once: `import … from`, not `import(…)`. */
  const loadedWith = (file: string, seen = new Set<string>()): ReadonlySet<string> => {
    if (seen.has(file)) return seen;
    seen.add(file);
    for (const [, imported = ""] of (texts.get(file) ?? "").matchAll(/\bfrom "\.[./\w-]*\/([\w-]+\.js)"/g))
      loadedWith(imported, seen);
    return seen;
  };
  const loaded = globSync("functions/*.js", { cwd: folder }).flatMap((file) => [
    ...loadedWith(basename(file)),
  ]);
  expect(loaded.some((file) => texts.get(file)?.includes("ServiceBusClient"))).toBe(true);
  expect(loaded.filter((file) => texts.get(file)?.includes(sdk))).toEqual([]);
  expect([...texts.values()].some((text) => text.includes(sdk))).toBe(true);
});
