import { parseArgs } from "node:util";
import type { Check } from "../lint/check.ts";
import { importRules } from "../lint/import-rules.ts";
import { lockfile } from "../lint/lockfile.ts";
import { pageImports } from "../lint/page-imports.ts";
import { root } from "../root.ts";
import { runTool } from "../tool.ts";

export const usage = `Usage: npx pierogi lint

Checks formatting and lint rules (Biome), types (TypeScript), who imports whom (dependency-cruiser),
and that package-lock.json installs on every platform. Ends with exit code 1 when one of them fails.`;

const tool =
  (packageName: string, program: string, args: string[]): Check =>
  async (folder) => {
    const { code, stdout, stderr } = await runTool(packageName, args, { program, cwd: folder });
    return code === 0 ? [] : [stdout, stderr].filter((text) => text !== "");
  };

const checks: Readonly<Record<string, Check>> = {
  "format and lint rules": tool("@biomejs/biome", "biome", [
    "check",
    "--error-on-warnings",
    "--max-diagnostics=50",
    ".",
  ]),
  types: tool("typescript", "tsc", ["-p", "."]),
  "types of pages": tool("typescript", "tsc", ["-p", "tsconfig.page.json"]),
  "import rules": importRules,
  "imports of pages": pageImports,
  lockfile,
};

export async function run(args: readonly string[]): Promise<number> {
  parseArgs({ args: [...args] });
  const results = await Promise.all(
    Object.entries(checks).map(async ([name, check]) => ({ name, problems: await check(root) })),
  );
  for (const { name, problems } of results) {
    console.log(`${problems.length === 0 ? "ok    " : "FAILED"} ${name}`);
    for (const problem of problems) console.log(problem);
  }
  return results.every(({ problems }) => problems.length === 0) ? 0 : 1;
}
