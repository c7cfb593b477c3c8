import { createHash, randomBytes, timingSafeEqual } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import type { HttpTrigger } from "../config/bindings.ts";

/** `master` opens everything; `function` what has authLevel "function". */
export interface Keys {
  readonly master: string;
  readonly function: string;
}

const keyFile = z.object({ master: z.string().min(1), function: z.string().min(1) });

/** The keys given, else those of `host-keys.json` in the data folder, which is written on the first start. */
export function loadKeys(given: Partial<Keys>, dataFolder: string | undefined): Keys {
  const made = {
    master: randomBytes(32).toString("base64url"),
    function: randomBytes(32).toString("base64url"),
  };
  if (dataFolder === undefined || (given.master !== undefined && given.function !== undefined))
    return { ...made, ...given };
  const path = join(dataFolder, "host-keys.json");
  if (existsSync(path)) return { ...keyFile.parse(JSON.parse(readFileSync(path, "utf8"))), ...given };
  mkdirSync(dataFolder, { recursive: true });
  writeFileSync(path, `${JSON.stringify(made, undefined, 2)}\n`, { mode: 0o600 });
  return { ...made, ...given };
}

/** Whether a request's key (header `x-functions-key` or query `code`) opens a function of this level. */
export function isAuthorized(level: HttpTrigger["authLevel"], key: string | undefined, keys: Keys): boolean {
  if (level === "anonymous") return true;
  if (key === undefined) return false;
  return same(key, keys.master) || (level === "function" && same(key, keys.function));
}

/** Compares hashes, so that neither the time nor an early end tells how much was right. */
const same = (given: string, expected: string): boolean => timingSafeEqual(hash(given), hash(expected));
const hash = (text: string): Buffer => createHash("sha256").update(text).digest();
