import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { CommandError } from "./command.ts";

/**
 * Takes a data folder for this process alone. The operating system holds the lock (SQLite's, on a file of its own)
 * and lets go of it when the process ends, however it ends.
 * @returns lets go of it
 * @throws CommandError if another process has it
 */
export function lockData(dataFolder: string): () => void {
  mkdirSync(dataFolder, { recursive: true });
  const database = new DatabaseSync(join(dataFolder, "lock.sqlite"));
  try {
    database.exec("PRAGMA journal_mode = MEMORY; BEGIN EXCLUSIVE");
  } catch (cause) {
    database.close();
    throw new CommandError(
      `the data in ${dataFolder} is in use by another pierogi command (\`start\` or \`demo\`?): stop it with Ctrl-C first`,
      { cause },
    );
  }
  return () => database.close();
}
