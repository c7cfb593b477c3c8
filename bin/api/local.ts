import { randomBytes } from "node:crypto";
import { CommandError, UsageError } from "../command.ts";
import { dataFolder, shown } from "../data-folder.ts";
import { runningStack } from "../running-stack.ts";
import { uuid7 } from "./uuid7.ts";

/**
 * The address given, or that of the stack that runs on the data folder given, or the one that `pierogi start` uses by
 * default.
 * @throws UsageError, CommandError
 */
export async function apiUrl({ url, data }: Where): Promise<string> {
  if (url !== undefined) return httpUrl(url);
  const folder = dataFolder(data);
  const stack = await runningStack(folder);
  if (stack === undefined && data !== undefined) throw new CommandError(`no stack runs on ${shown(folder)}`);
  return stack?.url ?? "http://127.0.0.1:7071";
}

/** What a user said about where the API is. */
export interface Where {
  readonly url?: string | undefined;
  readonly data?: string | undefined;
}

/**
 * Reads `--url`. @returns it without a slash at its end
 * @throws UsageError that says what was expected
 */
export function httpUrl(given: string): string {
  if (/^https?:\/\/[^/]/i.test(given) && URL.canParse(given)) return given.replace(/\/+$/, "");
  const meant = URL.canParse(`http://${given}`) ? `http://${given}` : "http://127.0.0.1:7071";
  throw new UsageError(`--url is "${given}"; expected an address such as ${meant}`);
}

export const newKey = (): string => uuid7(Date.now(), randomBytes(10));
