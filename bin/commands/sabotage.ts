import { readFile, writeFile } from "node:fs/promises";
import { parseArgs } from "node:util";
import { type AnySabotage, type Outcome, outcomeOf, sabotages } from "../../test/crash/outcome.ts";
import { tableOf, withTable } from "../../test/crash/sabotage-table.ts";
import { UsageError } from "../command.ts";
import { wholeNumber } from "../options.ts";

export const usage = `Usage: npx pierogi sabotage [--only NAME] [--seed N] [--json | --readme]

Breaks the rules of the real code, one at a time, by handing it an I/O step that is wrong, and looks whether the
crash matrix notices, or for a setting the program's start. Prints who noticed, after how many different schedules,
and the first schedule with the fewest faults.
  --only NAME   break this one only; the names are in the list
  --seed N      in which order things at one moment happen (default 7)
  --json        the same as JSON
  --readme      write the table into README.md
Ends with exit code 1 when a broken rule survives.`;

export async function run(args: readonly string[]): Promise<number> {
  const { values } = parseArgs({
    args: [...args],
    options: {
      only: { type: "string" },
      seed: { type: "string", default: "7" },
      json: { type: "boolean", default: false },
      readme: { type: "boolean", default: false },
    },
  });
  if (values.readme && values.only !== undefined)
    throw new UsageError("--readme writes all of them; leave out --only");
  const seed = wholeNumber("--seed", values.seed, 0, 2 ** 31 - 1);
  const outcomes: Outcome[] = [];
  for (const sabotage of chosen(values.only)) {
    const outcome = await outcomeOf(sabotage, seed);
    outcomes.push(outcome);
    if (!values.json) console.log(describe(outcome));
  }
  const survivors = outcomes.filter(({ isCaught }) => !isCaught);
  if (values.json) console.log(JSON.stringify(outcomes, null, 2));
  else console.log(`${outcomes.length} broken, ${outcomes.length - survivors.length} caught`);
  if (values.readme)
    await writeFile("README.md", withTable(await readFile("README.md", "utf8"), tableOf(outcomes)));
  return survivors.length === 0 ? 0 : 1;
}

function chosen(only: string | undefined): readonly AnySabotage[] {
  if (only === undefined) return sabotages;
  const found = sabotages.filter(({ name }) => name === only);
  if (found.length > 0) return found;
  throw new UsageError(
    `--only is "${only}"; expected one of ${sabotages.map(({ name }) => name).join(", ")}`,
  );
}

function describe({ name, rule, what, catches }: Outcome): string {
  const lines = catches.map(({ by, where, noticed, schedules, schedule }) => {
    const after =
      by === "start"
        ? ""
        : ` after ${schedules.toLocaleString("en-US")} schedule${schedules === 1 ? "" : "s"}`;
    return noticed === undefined
      ? `      SURVIVES ${by} (${where})${after}`
      : `      ${by} (${where})${after}, "${noticed}": ${schedule}`;
  });
  return [`${String(rule).padStart(4)}  ${name}: ${what}`, ...lines].join("\n");
}
