import { mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import process from "node:process";
import { DatabaseSync } from "node:sqlite";
import { CommandError } from "./command.ts";
import { shown } from "./data-folder.ts";
import { runningStack } from "./running-stack.ts";

/** SQLite's codes, https://www.sqlite.org/rescode.html */
const sqlite = { busy: 5, locked: 6, corrupt: 11, notADatabase: 26 };

/**
 * Takes a data folder for this process alone. The operating system holds the lock (SQLite's, on a file of its own)
 * and lets go of it when the process ends, however it ends.
 * @returns lets go of it
 * @throws CommandError if another process has it, or the folder can't be written
 */
export async function lockData(dataFolder: string): Promise<() => void> {
  try {
    mkdirSync(dataFolder, { recursive: true });
    return takeLock(join(dataFolder, "lock.sqlite"));
  } catch (cause) {
    const code = codeOf(cause);
    const message =
      code === sqlite.busy || code === sqlite.locked
        ? await inUse(dataFolder)
        : `the folder ${shown(dataFolder)} can't be used for data (${String(cause)}): may you write there? --data names another`;
    throw new CommandError(message, { cause });
  }
}

function takeLock(file: string): () => void {
  try {
    return lockFile(file);
  } catch (error) {
    const code = codeOf(error);
    if (code !== sqlite.corrupt && code !== sqlite.notADatabase) throw error;
    // Damaged, and nobody's: a lock is looked for before the content, which is of no use to anyone.
    rmSync(file);
    return lockFile(file);
  }
}

function lockFile(file: string): () => void {
  const database = new DatabaseSync(file);
  try {
    database.exec("PRAGMA journal_mode = MEMORY; BEGIN EXCLUSIVE");
  } catch (error) {
    database.close();
    throw error;
  }
  return () => database.close();
}

const codeOf = (error: unknown): unknown =>
  error instanceof Error && "errcode" in error ? error.errcode : undefined;

async function inUse(dataFolder: string): Promise<string> {
  const stack = await runningStack(dataFolder);
  const folder = `the data in ${shown(dataFolder)} is in use by`;
  if (stack === undefined) {
    return `${folder} another pierogi command, which starts or ends just now: wait for it, or stop it with Ctrl-C`;
  }
  const kill = process.platform === "win32" ? `taskkill /F /T /PID ${stack.pid}` : `kill ${stack.pid}`;
  return `${folder} the stack at ${stack.url}, process ${stack.pid}: stop it with Ctrl-C where it was started, or with \`${kill}\``;
}
