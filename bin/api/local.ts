import { randomBytes } from "node:crypto";
import { join } from "node:path";
import { root } from "../root.ts";
import { runningStack } from "../running-stack.ts";
import { uuid7 } from "./uuid7.ts";

/** The address given, or that of the running stack, or the one that `pierogi start` uses by default. */
export async function apiUrl(given: string | undefined): Promise<string> {
  if (given !== undefined) return given.replace(/\/+$/, "");
  return (await runningStack(join(root, ".local")))?.url ?? "http://127.0.0.1:7071";
}

export const newKey = (): string => uuid7(Date.now(), randomBytes(10));
