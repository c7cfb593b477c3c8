import { badRequest } from "./errors.ts";
import { isObject, type Json, type JsonObject, valueAt } from "./json.ts";
import { LIMITS } from "./limits.ts";

/**
 * A partition key's canonical text: the JSON array of its one value, as the SDKs send it in
 * x-ms-documentdb-partitionkey. `[{}]` stands for an item that lacks the property, `[null]` for null: two keys.
 */
export type PartitionKey = string;

const NONE: PartitionKey = "[{}]";

/** Reads the text of x-ms-documentdb-partitionkey or of a bulk operation's `partitionKey`. */
export function parsePartitionKey(text: string): PartitionKey {
  let parsed: Json;
  try {
    parsed = JSON.parse(text) as Json;
  } catch (cause) {
    throw badRequest(
      `The partition key must be a JSON array such as ["a"], but is ${text.slice(0, 200)}`,
      cause,
    );
  }
  if (!Array.isArray(parsed) || parsed.length !== 1)
    throw badRequest(
      `The partition key must be a JSON array of one value (hierarchical keys are not supported), but is ${text.slice(0, 200)}`,
    );
  const key = keyOfValue(parsed[0]);
  if (key === undefined)
    throw badRequest(
      `A partition key is a string, number, boolean, null or {}, but is ${text.slice(0, 200)}`,
    );
  return key;
}

/** The key of an item; `undefined` if the property holds what cannot be a key (an array, a filled object). */
export function keyOfItem(item: JsonObject, path: readonly string[]): PartitionKey | undefined {
  return keyOfValue(valueAt(item, path));
}

function keyOfValue(value: Json | undefined): PartitionKey | undefined {
  if (value === undefined) return NONE;
  if (isObject(value)) return Object.keys(value).length === 0 ? NONE : undefined;
  if (Array.isArray(value)) return undefined;
  if (typeof value === "string" && Buffer.byteLength(value) > LIMITS.partitionKeyBytes)
    throw badRequest(
      `The partition key is ${Buffer.byteLength(value)} bytes; the limit is ${LIMITS.partitionKeyBytes}.`,
    );
  return JSON.stringify([value]);
}

/** `/a/"b c"/d` as its property names. */
export function parsePath(path: string): string[] {
  const names: string[] = [];
  const part = /\/(?:"((?:[^"\\]|\\.)*)"|([^/"]+))/gy;
  for (let match = part.exec(path); match !== null; match = part.exec(path)) {
    names.push(match[1] ?? match[2] ?? "");
    if (part.lastIndex === path.length) return names;
  }
  throw badRequest(`A path must look like /property or /outer/inner, but is "${path}".`);
}
