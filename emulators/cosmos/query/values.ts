import { isObject, type Json, own } from "../json.ts";

/** Order of types in ORDER BY, MIN and MAX. */
function rank(value: Json | undefined): number {
  if (value === undefined) return 0;
  if (value === null) return 1;
  if (typeof value === "boolean") return 2;
  if (typeof value === "number") return 3;
  if (typeof value === "string") return 4;
  return Array.isArray(value) ? 5 : 6;
}

/** Total order over all values: by type, then by value; arrays and objects by their text. */
export function compareValues(left: Json | undefined, right: Json | undefined): number {
  const byType = rank(left) - rank(right);
  if (byType !== 0 || left === undefined || right === undefined || left === null || right === null)
    return byType;
  if (typeof left === "object") return compareScalars(canonical(left), canonical(right));
  return compareScalars(left, right as typeof left);
}

const compareScalars = <T extends string | number | boolean>(left: T, right: T): number =>
  left < right ? -1 : left > right ? 1 : 0;

/** Equal in depth; properties in any order. */
export function sameValue(left: Json, right: Json): boolean {
  if (left === right) return true;
  if (Array.isArray(left))
    return (
      Array.isArray(right) &&
      left.length === right.length &&
      left.every((element, index) => sameValue(element, right[index] ?? null))
    );
  if (!isObject(left) || !isObject(right)) return false;
  const names = Object.keys(left);
  return (
    names.length === Object.keys(right).length &&
    names.every((name) => {
      const other = own(right, name);
      return other !== undefined && sameValue(left[name] ?? null, other);
    })
  );
}

/** A text that equal values share; `undefined` has one of its own. */
export function canonical(value: Json | undefined): string {
  if (value === undefined) return "undefined";
  if (Array.isArray(value)) return `[${value.map(canonical).join(",")}]`;
  if (!isObject(value)) return JSON.stringify(value);
  const entries = Object.keys(value)
    .sort()
    .map((name) => `${JSON.stringify(name)}:${canonical(value[name])}`);
  return `{${entries.join(",")}}`;
}
