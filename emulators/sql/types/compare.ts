import { collationKey } from "./collation.ts";
import { rescale } from "./decimal.ts";
import { guidKey } from "./guid.ts";
import { familyOf, type OffsetTime, type SqlType, type SqlValue } from "./sql-type.ts";

/** A value in the form by which values of one type are compared, grouped and indexed. */
export type Key = null | bigint | number | string;

/** Turns a type's values into keys. Exact numerics are brought to `scale` digits, so that types of one family meet. */
export function keyMaker(type: SqlType, scale = type.scale): (value: SqlValue) => Key {
  switch (familyOf(type)) {
    case "text":
      return (value) => (value === null ? null : collationKey(value as string, type.collation?.order));
    case "binary":
      return (value) => (value === null ? null : (value as Buffer).toString("latin1").replace(/\0+$/, ""));
    case "guid":
      return (value) => (value === null ? null : guidKey(value as string));
    case "exact":
      return scale === type.scale
        ? (value) => value as bigint | null
        : (value) => (value === null ? null : rescale(value as bigint, type.scale, scale));
    case "temporal":
      return type.kind === "datetimeoffset"
        ? (value) => (value === null ? null : (value as OffsetTime).utc)
        : (value) => value as bigint | null;
    default:
      return (value) => value as number | null;
  }
}

/** Order of two keys of one type; null comes first. */
export function compareKeys(a: Key, b: Key): number {
  if (a === b) return 0;
  if (a === null) return -1;
  if (b === null) return 1;
  return a < b ? -1 : a > b ? 1 : 0;
}

/** Order of two lists of keys; a shorter list that is the beginning of the longer one is equal to it. */
export function compareKeyLists(a: readonly Key[], b: readonly Key[]): number {
  const length = Math.min(a.length, b.length);
  for (let i = 0; i < length; i++) {
    const order = compareKeys(a[i] ?? null, b[i] ?? null);
    if (order !== 0) return order;
  }
  return 0;
}

/** One text for a list of keys, to group and look up by. */
export function keyText(keys: readonly Key[]): string {
  return keys
    .map((key) =>
      key === null
        ? "∅"
        : typeof key === "string"
          ? `s${key.length}:${key}`
          : `${typeof key === "bigint" ? "n" : "f"}${key}`,
    )
    .join("|");
}
