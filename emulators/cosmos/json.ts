/** JSON values as the server handles them. */

export type Json = null | boolean | number | string | Json[] | JsonObject;
export interface JsonObject {
  [key: string]: Json;
}

export const isObject = (value: unknown): value is JsonObject =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** An object's own property; `undefined` if there is none (never something inherited, such as `toString`). */
export const own = (value: JsonObject, key: string): Json | undefined =>
  Object.hasOwn(value, key) ? value[key] : undefined;

/** True if arrays and objects nest deeper than `limit` levels. */
export function nestsDeeperThan(value: Json, limit: number): boolean {
  if (typeof value !== "object" || value === null) return false;
  if (limit === 0) return true;
  if (Array.isArray(value)) return value.some((element) => nestsDeeperThan(element, limit - 1));
  for (const key of Object.keys(value)) if (nestsDeeperThan(value[key] ?? null, limit - 1)) return true;
  return false;
}

/** Follows property names from a value; `undefined` where one is missing. */
export function valueAt(value: Json, path: readonly string[]): Json | undefined {
  let found: Json | undefined = value;
  for (const name of path) {
    if (!isObject(found)) return undefined;
    found = own(found, name);
  }
  return found;
}
