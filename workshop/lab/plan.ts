import { fork } from "node:child_process";
import { join } from "node:path";
import { z } from "zod";
import { PlanError, plan, type RuleInput } from "../../emulators/faults/index.ts";
import { BrokenApp } from "./build.ts";

const file = "chaos/plan.ts";
const Answer = z.union([z.object({ error: z.string() }), z.object({ rules: z.unknown() })]);
const seed = 1;

/**
 * Reads the rules that a bundled chaos/plan.ts exports.
 * @param limit aborts when it has taken too long: it may never end
 * @throws BrokenApp
 */
export async function readRules(bundled: string, limit: AbortSignal): Promise<readonly RuleInput[]> {
  const child = fork(join(import.meta.dirname, "plan-reader.ts"), [], {
    stdio: ["ignore", "inherit", "inherit", "ipc"],
    signal: limit,
    killSignal: "SIGKILL",
    execArgv: ["--disable-warning=ExperimentalWarning"],
  });
  const answered = new Promise<unknown>((resolve, reject) => {
    child.once("message", resolve);
    child.once("error", reject);
    child.once("exit", () => reject(new Error("it ended the process")));
  });
  child.send(bundled);
  const answer = Answer.parse(
    await answered.catch((error: unknown) => ({
      error: limit.aborted
        ? "it takes too long to load"
        : error instanceof Error
          ? error.message
          : String(error),
    })),
  );
  if ("error" in answer) throw broken(answer.error);
  if (!Array.isArray(answer.rules))
    throw broken("expected `export const rules = [ … ]`, a list of rules made with during(…)");
  const rules = answer.rules as RuleInput[];
  try {
    // Checks each of them; they go on as they are, since a check adds its own.
    plan(seed, ...rules);
  } catch (error) {
    if (error instanceof PlanError) throw broken(error.message);
    throw error;
  }
  return rules;
}

const broken = (message: string) => new BrokenApp([{ file, message }]);

/** A plan of an app's rules and a check's own, which come first. */
export const planOf = (...rules: readonly RuleInput[]) => plan(seed, ...rules);
