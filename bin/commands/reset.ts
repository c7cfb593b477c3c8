import { rm } from "node:fs/promises";
import { join } from "node:path";
import { CommandError } from "../command.ts";
import { root } from "../root.ts";
import { runningStack } from "../running-stack.ts";

export const usage = `Usage: npx pierogi reset

Removes .local/, where the local servers keep their data. Stop \`pierogi start\` first.`;

export async function run(): Promise<number> {
  const folder = join(root, ".local");
  const running = await runningStack(folder);
  if (running !== undefined) {
    throw new CommandError(
      `the local servers are running (process ${running.pid}, ${running.url}): stop them with Ctrl-C first`,
    );
  }
  // Windows keeps a file busy for a moment after its process ended.
  await rm(folder, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 });
  console.log("removed .local/");
  return 0;
}
