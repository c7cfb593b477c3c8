import { familyOf, type OffsetTime, type SqlType, type SqlValue } from "../types/sql-type.ts";
import type { Row } from "./table.ts";

/** A row as JSON: exact numerics and times as decimal text, binaries as base64, so that no digit is lost. */
export function encodeRow(row: Row): string {
  return JSON.stringify(
    row.map((value) => {
      if (typeof value === "bigint") return value.toString();
      if (Buffer.isBuffer(value)) return value.toString("base64");
      if (typeof value === "object" && value !== null) return [value.utc.toString(), value.offset];
      return value;
    }),
  );
}

/** Reads a row of these column types. Columns added later are NULL. */
export function decodeRow(image: string, types: readonly SqlType[]): Row {
  const stored = JSON.parse(image) as (null | string | number | [string, number])[];
  return types.map((type, i) => decode(stored[i] ?? null, type));
}

function decode(stored: null | string | number | [string, number], type: SqlType): SqlValue {
  if (stored === null) return null;
  if (Array.isArray(stored)) return { utc: BigInt(stored[0]), offset: stored[1] } satisfies OffsetTime;
  switch (familyOf(type)) {
    case "exact":
    case "temporal":
      return BigInt(stored);
    case "binary":
      return Buffer.from(String(stored), "base64");
    case "approximate":
      return Number(stored);
    default:
      return String(stored);
  }
}
