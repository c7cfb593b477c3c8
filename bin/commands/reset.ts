import { rm } from "node:fs/promises";
import { join } from "node:path";
import { lockData } from "../data-lock.ts";
import { root } from "../root.ts";

export const usage = `Usage: npx pierogi reset

Removes .local/, where the local servers keep their data. Stop \`pierogi start\` first.`;

export async function run(): Promise<number> {
  const folder = join(root, ".local");
  // Nobody uses it: the lock itself lies in it, and Windows removes no open file.
  lockData(folder)();
  // Windows keeps a file busy for a moment after its process ended.
  await rm(folder, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 });
  console.log("removed .local/");
  return 0;
}
