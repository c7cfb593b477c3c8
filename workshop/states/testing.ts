import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { onTestFinished } from "vitest";
import type { Material } from "./material.ts";
import { placeOf, writeWhole } from "./tree.ts";

/** A folder for one test. */
export async function scratchFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "pierogi-workshop-"));
  onTestFinished(() => rm(folder, { recursive: true, force: true, maxRetries: 10 }));
  return folder;
}

export async function writeFiles(folder: string, files: Readonly<Record<string, string>>): Promise<void> {
  for (const [path, text] of Object.entries(files)) await writeWhole(placeOf(folder, path), text);
}

const texts = (number: number): Readonly<Record<string, string>> => ({
  "README.md": `# Exercise ${number}: Title ${number}\n\n25 minutes.\n\n## What the code does by now\n\nIt has done ${number}.\n`,
  "hints.md": "## Hint 1\n\nThink.\n\n## Hint 2\n\nLook.\n\n## Hint 3\n\nWrite.\n",
  "solution.md": `# Solution ${number}\n\nBecause of ${number}.\n`,
});

/** Three exercises on an app of two files; the third begins where the second ends. */
export async function tinyMaterial(): Promise<Material> {
  const folder = await scratchFolder();
  const step = (number: number, files: Readonly<Record<string, string>>) =>
    writeFiles(join(folder, "steps", `0${number}`), { ...texts(number), ...files });
  await writeFiles(join(folder, "app"), {
    "shared/a.ts": "a0\n",
    "shared/b.ts": "b0\n",
    "host.json": "{}\n",
  });
  await step(1, { "solution/shared/a.ts": "a1\n" });
  await step(2, { "start/shared/b.ts": "b2\n", "solution/shared/c.ts": "c2\n" });
  await step(3, { "solution/shared/a.ts": "a3\n" });
  return { folder };
}

export const textsOf = (tree: ReadonlyMap<string, Buffer>): Record<string, string> =>
  Object.fromEntries([...tree].map(([path, content]) => [path, content.toString("utf8")]));
