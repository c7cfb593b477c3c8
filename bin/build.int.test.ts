import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
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
