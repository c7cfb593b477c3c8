import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { CommandError } from "../command.ts";
import { root } from "../root.ts";
import { countTests, summary, verdict, whyNothingRan } from "../test-report.ts";
import { runTool } from "../tool.ts";

export const usage = `Usage: npx pierogi test [vitest's arguments]

Runs the tests and ends with a line "N passed, N failed". For example:
  npx pierogi test                            everything
  npx pierogi test --project unit             only what takes milliseconds
  npx pierogi test shared/pierogi             only files whose path contains this
  npx pierogi test -t "coupon"                only tests whose name contains this
With CI=true a skipped test is a failure.`;

const reporter = join(root, "bin/quiet-json-reporter.ts");

export async function run(args: readonly string[]): Promise<number> {
  const folder = await mkdtemp(join(tmpdir(), "pierogi-test-"));
  const report = join(folder, "report.json");
  try {
    const { code } = await runTool(
      "vitest",
      ["run", "--reporter=default", `--reporter=${reporter}`, ...args],
      { stdio: ["ignore", "inherit", "inherit"], env: { ...process.env, PIEROGI_TEST_REPORT: report } },
    );
    const read = await readReport(report);
    const counts = countTests(read, code);
    const nothing = whyNothingRan(read, code);
    if (nothing !== undefined) throw new CommandError(nothing);
    console.log(summary(counts));
    return verdict(counts, process.env["CI"] === "true");
  } finally {
    await rm(folder, { recursive: true, force: true, maxRetries: 10 });
  }
}

async function readReport(file: string): Promise<unknown> {
  try {
    return JSON.parse(await readFile(file, "utf8"));
  } catch {
    return undefined;
  }
}
