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
  sql: z.string(),
  /** Address of the fault plan's endpoint. */
  faults: z.string(),
  /** What the operations API and the fault plan's endpoint want to see. */
  token: z.string(),
});
export type RunningStack = Readonly<z.infer<typeof RunningStack>>;

const addressFile = (dataFolder: string) => join(dataFolder, "stack.json");

/** The stack that runs on a data folder, if one does: a file whose process is gone does not count. */
export async function runningStack(dataFolder: string): Promise<RunningStack | undefined> {
  let text: string;
  try {
    text = await readFile(addressFile(dataFolder), "utf8");
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return undefined;
    throw error;
  }
  const stack = parse(text);
  return stack !== undefined && isAlive(stack.pid) ? stack : undefined;
}

export async function rememberRunning(dataFolder: string, stack: RunningStack): Promise<void> {
  await mkdir(dataFolder, { recursive: true });
  const file = addressFile(dataFolder);
  // The mode counts for a new file only.
  await rm(file, { force: true });
  // The token and the connection strings are this user's.
  await writeFile(file, `${JSON.stringify(stack, null, 2)}\n`, { mode: 0o600 });
}

export const forgetRunning = (dataFolder: string): Promise<void> =>
  rm(addressFile(dataFolder), { force: true });

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
