import type { Column, Table } from "./run-batch.ts";

/** Longer texts are cut in a table: a message's body would fill the screen. */
const longest = 60;

/** A result as a person reads it. */
export function formatTable({ columns, rows }: Table): string {
  const texts = rows.map((row) => columns.map((column, n) => textOf(row[n], column)));
  const widths = columns.map(({ name }, n) =>
    texts.reduce((width, row) => Math.max(width, row[n]?.length ?? 0), Math.max(name.length, 1)),
  );
  const line = (cells: readonly string[]): string =>
    widths
      .map((width, n) =>
        columns[n]?.numeric === true ? (cells[n] ?? "").padStart(width) : (cells[n] ?? "").padEnd(width),
      )
      .join("  ")
      .trimEnd();
  const rule = widths.map((width) => "-".repeat(width)).join("  ");
  const count = `(${rows.length} ${rows.length === 1 ? "row" : "rows"})`;
  return [line(columns.map(({ name }) => name || "-")), rule, ...texts.map(line), count].join("\n");
}

function textOf(value: unknown, { scale }: Column): string {
  if (value === null || value === undefined) return "NULL";
  if (value instanceof Date) return value.toISOString();
  if (value instanceof Uint8Array) return cut(`0x${Buffer.from(value).toString("hex")}`);
  // The driver gives decimals as numbers, without the zeros at their end.
  if (typeof value === "number" && scale !== undefined) return value.toFixed(scale);
  return cut(String(value).replace(/\s+/g, " "));
}

const cut = (text: string): string => (text.length > longest ? `${text.slice(0, longest - 1)}…` : text);
