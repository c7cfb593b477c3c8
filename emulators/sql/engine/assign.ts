import { sqlError } from "../errors/sql-error.ts";
import { type Column, fullName, type Row, type Table } from "../storage/table.ts";
import { converter } from "../types/convert.ts";
import { familyOf, isFixed, MAX, type SqlType, type SqlValue } from "../types/sql-type.ts";

/** Brings a value into a column: converted as an assignment converts, never cut (2628). */
export function assigner(
  from: SqlType,
  column: Column,
  table: Table,
  database: string,
): (value: SqlValue) => SqlValue {
  const { type, name } = column;
  const family = familyOf(type);
  if ((family !== "text" && family !== "binary") || type.length === MAX || type.kind === "rowversion")
    return converter(from, type);
  const wide: SqlType = {
    ...type,
    kind:
      type.kind === "binary"
        ? "varbinary"
        : type.kind === "char"
          ? "varchar"
          : type.kind === "nchar"
            ? "nvarchar"
            : type.kind,
    length: MAX,
  };
  const convert = converter(from, wide);
  return (value) => {
    const whole = convert(value);
    if (whole === null) return null;
    const { length } = whole as string | Buffer;
    if (length > type.length) {
      const rest = typeof whole === "string" ? whole.slice(type.length) : "!";
      // Blanks at the end may go.
      if (/[^ ]/.test(rest)) {
        const shown = typeof whole === "string" ? whole.slice(0, type.length) : "";
        throw sqlError(2628, `${database}.${fullName(table)}`, name, shown);
      }
      return (whole as string).slice(0, type.length);
    }
    if (!isFixed(type)) return whole;
    if (typeof whole === "string") return whole.padEnd(type.length, " ");
    return Buffer.concat([whole as Buffer, Buffer.alloc(type.length - length)]);
  };
}

/** Checks NOT NULL: 515. */
export function checkNulls(table: Table, row: Row, database: string, statement: "INSERT" | "UPDATE"): void {
  table.columns.forEach((column, i) => {
    if (!column.nullable && (row[i] ?? null) === null)
      throw sqlError(515, column.name, `${database}.${fullName(table)}`, statement);
  });
}
