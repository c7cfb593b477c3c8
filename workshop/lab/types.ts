import { spawn } from "node:child_process";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import process from "node:process";
import { text } from "node:stream/consumers";
import type { Problem } from "./build.ts";

const compiler = join(dirname(createRequire(import.meta.url).resolve("typescript/package.json")), "bin/tsc");

/** Checks an app's types by its own tsconfig.json. */
export async function typeProblems(app: string, signal?: AbortSignal): Promise<readonly Problem[]> {
  const child = spawn(process.execPath, [compiler, "-p", ".", "--noEmit", "--pretty", "false"], {
    cwd: app,
    stdio: ["ignore", "pipe", "pipe"],
    ...(signal === undefined ? {} : { signal }),
  });
  const ended = new Promise<number | null>((resolve, reject) => {
    child.once("error", reject);
    child.once("close", resolve);
  });
  const [output, errors, code] = await Promise.all([text(child.stdout), text(child.stderr), ended]);
  if (code === 0) return [];
  const problems = parse(output);
  // Not about the code: a damaged tsconfig.json, or a compiler that does not start.
  return problems.length > 0 ? problems : [{ file: "tsconfig.json", message: `${output}${errors}`.trim() }];
}

/** "shared/addItem.ts(12,5): error TS2345: …"; lines that go on are indented. */
function parse(output: string): Problem[] {
  const problems: Problem[] = [];
  for (const line of output.split(/\r?\n/)) {
    const match = /^(.+?)\((\d+),(\d+)\): error TS\d+: (.*)$/.exec(line);
    if (match === null) continue;
    const [, file = "", row, column, message = ""] = match;
    problems.push({ file, line: Number(row), column: Number(column), message });
  }
  return problems;
}
