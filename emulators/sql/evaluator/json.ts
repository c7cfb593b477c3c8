import { sqlError } from "../errors/sql-error.ts";

/**
 * JSON as OPENJSON and JSON_VALUE see it: every value keeps its text, so that a number has all its digits.
 */
export type Json =
  | { readonly type: "null" | "boolean" | "number"; readonly text: string }
  | { readonly type: "string"; readonly text: string; readonly value: string }
  | { readonly type: "array"; readonly text: string; readonly items: readonly Json[] }
  | {
      readonly type: "object";
      readonly text: string;
      readonly members: readonly (readonly [string, Json])[];
    };

/** The type numbers of OPENJSON's third column. */
export const JSON_TYPES: Record<Json["type"], bigint> = {
  null: 0n,
  string: 1n,
  number: 2n,
  boolean: 3n,
  array: 4n,
  object: 5n,
};

const MAX_DEPTH = 128;
const SPACE = /[ \t\r\n]*/y;
// \p{Cc} without the upper half: U+0000 to U+001F must be escaped in JSON.
const STRING = /"((?:[^"\\\p{Cc}]|[\u007f-\u009f]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*)"/uy;
const PLAIN = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null/y;

/** Parses a JSON text. Throws 13609 with the place of the first wrong character. */
export function parseJson(text: string): Json {
  let at = 0;
  const fail = (): Error => sqlError(13609, text[at] ?? ".", at);
  const space = (): void => {
    SPACE.lastIndex = at;
    SPACE.exec(text);
    at = SPACE.lastIndex;
  };
  const string = (): string => {
    STRING.lastIndex = at;
    const match = STRING.exec(text);
    if (match === null) throw fail();
    at = STRING.lastIndex;
    const [whole, content = ""] = match;
    return content.includes("\\") ? (JSON.parse(whole) as string) : content;
  };

  const value = (depth: number): Json => {
    if (depth > MAX_DEPTH) throw fail();
    space();
    const start = at;
    const character = text[at];
    if (character === '"') {
      const content = string();
      return { type: "string", text: text.slice(start, at), value: content };
    }
    if (character === "[") {
      const items = sequence("]", () => value(depth + 1));
      return { type: "array", text: text.slice(start, at), items };
    }
    if (character === "{") {
      const members = sequence("}", (): [string, Json] => {
        space();
        const key = string();
        space();
        if (text[at] !== ":") throw fail();
        at++;
        return [key, value(depth + 1)];
      });
      return { type: "object", text: text.slice(start, at), members };
    }
    PLAIN.lastIndex = at;
    const match = PLAIN.exec(text);
    if (match === null) throw fail();
    at = PLAIN.lastIndex;
    const [plain] = match;
    return { type: plain === "null" ? "null" : /^[tf]/.test(plain) ? "boolean" : "number", text: plain };
  };

  const sequence = <T>(close: string, item: () => T): T[] => {
    at++;
    const items: T[] = [];
    space();
    if (text[at] === close) {
      at++;
      return items;
    }
    for (;;) {
      items.push(item());
      space();
      if (text[at] === close) {
        at++;
        return items;
      }
      if (text[at] !== ",") throw fail();
      at++;
    }
  };

  const result = value(0);
  space();
  if (at < text.length) throw fail();
  return result;
}

/** The scalar's text as SQL sees it; undefined for arrays and objects. */
export function scalarText(json: Json): string | null | undefined {
  if (json.type === "null") return null;
  if (json.type === "string") return json.value;
  return json.type === "number" || json.type === "boolean" ? json.text : undefined;
}
