import { mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import process from "node:process";
import { z } from "zod";

/** What a running `pierogi start` leaves in its data folder for the other commands. */
const RunningStack = z.object({
  pid: z.int(),
  /** Address of the functions host, without a slash at its end. */
  url: z.string(),
  serviceBus: z.string(),
  cosmos: z.string(),
});
export type RunningStack = Readonly<z.infer<typeof RunningStack>>;

const lockFile = (dataFolder: string) => join(dataFolder, "stack.json");

/** The stack that runs on a data folder, if one does: a lock file whose process is gone does not count. */
export async function runningStack(dataFolder: string): Promise<RunningStack | undefined> {
  let text: string;
  try {
    text = await readFile(lockFile(dataFolder), "utf8");
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return undefined;
    throw error;
  }
  const lock = parse(text);
  return lock !== undefined && isAlive(lock.pid) ? lock : undefined;
}

export async function writeLock(dataFolder: string, stack: RunningStack): Promise<void> {
  await mkdir(dataFolder, { recursive: true });
  await writeFile(lockFile(dataFolder), `${JSON.stringify(stack, null, 2)}\n`);
}

export const removeLock = (dataFolder: string): Promise<void> => rm(lockFile(dataFolder), { force: true });

/** A kill -9 can leave half a file. */
function parse(text: string): RunningStack | undefined {
  try {
    return RunningStack.parse(JSON.parse(text));
  } catch {
    return undefined;
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // It exists, but belongs to another user.
    return error instanceof Error && "code" in error && error.code === "EPERM";
  }
}
