import { existsSync, globSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import { runTool } from "../tool.ts";
import type { Check } from "./check.ts";

const folders = [
  "functions",
  "shared",
  "emulators",
  "bin",
  "test",
  "bench",
  "model",
  "workshop",
  "web",
  "map",
];

/** As .dependency-cruiser.js excludes them. TSX is page-imports.ts's. */
const outside = [
  "**/node_modules",
  "**/dist",
  "workshop/app",
  "workshop/steps/*/start",
  "workshop/steps/*/solution",
];

const Report = z.object({
  summary: z.object({
    totalCruised: z.int(),
    violations: z.array(
      z.object({
        from: z.string(),
        to: z.string(),
        rule: z.object({ name: z.string() }),
        comment: z.string().optional(),
      }),
    ),
  }),
});

/** The rules of .dependency-cruiser.js, which are CONTRIBUTING's "Who may import whom". */
export const importRules: Check = async (folder) => {
  const present = folders.filter((name) => existsSync(join(folder, name)));
  const { code, stdout, stderr } = await runTool(
    "dependency-cruiser",
    [...present, "--config", ".dependency-cruiser.js", "--output-type", "json"],
    { program: "depcruise", cwd: folder },
  );
  const parsed = Report.safeParse(parseJson(stdout));
  if (!parsed.success) return [`dependency-cruiser ended with ${code} and no report: ${stderr}${stdout}`];
  const { totalCruised, violations } = parsed.data.summary;
  const problems = violations.map(({ rule, from, to }) => `${from} imports ${to} (rule ${rule.name})`);
  // A dependency-cruiser that does not understand the sources cruises none of them, and reports success.
  const sources = countSources(folder, present);
  if (totalCruised < sources || sources === 0) {
    problems.push(`dependency-cruiser looked at ${totalCruised} modules, but there are ${sources} sources`);
  }
  return problems;
};

function countSources(folder: string, folders: readonly string[]): number {
  const patterns = folders.map((name) => `${name}/**/*.ts`);
  return globSync(patterns, { cwd: folder, exclude: outside }).length;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
