import { existsSync, readdirSync } from "node:fs";
import { rm } from "node:fs/promises";
import { parseArgs } from "node:util";
import { CommandError } from "../command.ts";
import { dataFolder, shown } from "../data-folder.ts";
import { lockData } from "../data-lock.ts";

export const usage = `Usage: npx pierogi reset [--data FOLDER]

Removes .local/, where the local servers keep their data. Stop \`pierogi start\` first.
  --data FOLDER   remove this one, which a stack was started with, instead`;

export async function run(args: readonly string[]): Promise<number> {
  const { values } = parseArgs({ args: [...args], options: { data: { type: "string" } } });
  const folder = dataFolder(values.data);
  if (!existsSync(folder)) {
    console.log(`nothing to remove: there is no ${shown(folder)}`);
    return 0;
  }
  if (values.data !== undefined) refuseOthers(folder);
  // Nobody uses it: the lock itself lies in it, and Windows removes no open file.
  (await lockData(folder))();
  // Windows keeps a file busy for a moment after its process ended.
  await rm(folder, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 });
  console.log(`removed ${shown(folder)}`);
  return 0;
}

const ours = new Set([
  ...["azurite", "service-bus", "cosmos", "sql", "functions-host", "app"],
  ...["lock.sqlite", "lock.sqlite-journal", "stack.json"],
]);

/** A folder that a user names may be any: their home, by a slip. */
function refuseOthers(folder: string): void {
  const others = readdirSync(folder).filter((name) => !ours.has(name));
  if (others.length > 0) {
    throw new CommandError(
      `${shown(folder)} holds more than a stack's data (${others.slice(0, 3).join(", ")}${others.length > 3 ? ", …" : ""}), so nothing was removed`,
    );
  }
}
