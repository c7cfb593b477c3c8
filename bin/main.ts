import process from "node:process";
import { withoutProxy } from "../emulators/stack/environment.ts";
import { CommandError, UsageError } from "./command.ts";
import { commands } from "./commands.ts";
import { nearest } from "./nearest.ts";
import { optionProblem } from "./option-problem.ts";
import { root } from "./root.ts";

/**
 * Runs one command of the command line.
 * @param args what follows `pierogi`
 * @returns the exit code: 0 done, 1 failed, 2 not understood
 */
export async function main(args: readonly string[]): Promise<number> {
  const [name, ...rest] = args;
  try {
    if (name === undefined || name === "--help" || name === "-h") return print(overview());
    if (name === "--version") return print(await version());
    if (name === "help") return print(rest[0] === undefined ? overview() : (await find(rest[0])).usage);
    const command = await find(name);
    if (rest.includes("--help")) return print(command.usage);
    // The commands work on this project, from whatever folder they are called.
    process.chdir(root);
    Object.assign(process.env, withoutProxy(process.env));
    return await command.run(rest).catch((error: unknown) => {
      const problem = optionProblem(error, command.usage);
      throw problem === undefined ? error : new UsageError(problem, { cause: error });
    });
  } catch (error) {
    if (error instanceof UsageError) return fail(2, error.message);
    if (error instanceof CommandError) return fail(1, error.message);
    console.error(error);
    return 1;
  }
}

async function find(name: string) {
  const command = commands.find((candidate) => candidate.name === name);
  if (command !== undefined) return command.load();
  const meant = nearest(
    name,
    commands.map((candidate) => candidate.name),
  );
  const hint = meant === undefined ? "see `npx pierogi --help`" : `did you mean "${meant}"?`;
  throw new UsageError(`unknown command "${name}"; ${hint}`);
}

function overview(): string {
  const width = Math.max(...commands.map((command) => command.name.length));
  const lines = commands.map((command) => `  ${command.name.padEnd(width)}  ${command.help}`);
  return [
    "pierogi: orders, billing and a coupon, each exactly once, on one machine or in Azure",
    "",
    "Usage: npx pierogi <command> [options]",
    "",
    ...lines,
    "",
    "  npx pierogi help <command>  shows a command's options",
  ].join("\n");
}

async function version(): Promise<string> {
  const { default: manifest } = await import("../package.json", { with: { type: "json" } });
  return manifest.version;
}

function print(text: string): number {
  console.log(text);
  return 0;
}

function fail(code: number, message: string): number {
  console.error(`pierogi: ${message}`);
  return code;
}
