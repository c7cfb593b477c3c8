import { sqlError } from "../errors/sql-error.ts";
import type { Json } from "./json.ts";

/** A path: `lax $.a[0]."b c"`. Strict paths fail where lax ones give NULL. */
export interface JsonPath {
  readonly strict: boolean;
  readonly steps: readonly (string | number)[];
}

const STEP = /\.\s*(?:"((?:[^"\\]|\\.)*)"|([A-Za-z_$][A-Za-z0-9_$]*))|\[\s*(\d{1,9})\s*\]/y;
const START = /^\s*(?:(lax|strict)\s+)?\$/i;

const paths = new Map<string, JsonPath>();

/** Reads a path. Throws 13607. */
export function parsePath(text: string): JsonPath {
  const known = paths.get(text);
  if (known !== undefined) return known;
  const start = START.exec(text);
  if (start === null) throw sqlError(13607, text[0] ?? ".", 0);
  const steps: (string | number)[] = [];
  let at = start[0].length;
  const end = text.trimEnd().length;
  while (at < end) {
    STEP.lastIndex = at;
    const match = STEP.exec(text);
    if (match === null) throw sqlError(13607, text[at] ?? ".", at);
    const [, quoted, name, index] = match;
    steps.push(index !== undefined ? Number(index) : (quoted?.replace(/\\(.)/g, "$1") ?? name ?? ""));
    at = STEP.lastIndex;
  }
  const path = { strict: start[1]?.toLowerCase() === "strict", steps };
  if (paths.size > 1000) paths.clear();
  paths.set(text, path);
  return path;
}

/** What is at the path, or undefined. Throws 13608 for a strict path that leads nowhere. */
export function follow(json: Json, { steps, strict }: JsonPath): Json | undefined {
  let here: Json | undefined = json;
  for (const step of steps) {
    if (typeof step === "number") here = here.type === "array" ? here.items[step] : undefined;
    else here = here.type === "object" ? here.members.find(([key]) => key === step)?.[1] : undefined;
    if (here === undefined) {
      if (strict) throw sqlError(13608);
      return undefined;
    }
  }
  return here;
}
