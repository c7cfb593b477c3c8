import type { Table } from "./run-batch.ts";

/** Longer texts are cut in a table: a message's body would fill the screen. */
const longest = 60;

/** A result as a person reads it. */
export function formatTable({ columns, rows }: Table): string {
  const texts = rows.map((row) => row.map(textOf));
  const widths = columns.map((name, n) =>
    Math.max(name.length, 1, ...texts.map((row) => row[n]?.length ?? 0)),
  );
  const right = columns.map((_name, n) => rows.length > 0 && rows.every((row) => isNumber(row[n])));
  const line = (cells: readonly string[]): string =>
    widths
      .map((width, n) => (right[n] ? (cells[n] ?? "").padStart(width) : (cells[n] ?? "").padEnd(width)))
      .join("  ")
      .trimEnd();
  const rule = widths.map((width) => "-".repeat(width)).join("  ");
  const count = `(${rows.length} ${rows.length === 1 ? "row" : "rows"})`;
  return [line(columns.map((name) => name || "-")), rule, ...texts.map(line), count].join("\n");
}

function textOf(value: unknown): string {
  if (value === null || value === undefined) return "NULL";
  if (value instanceof Date) return value.toISOString();
  if (value instanceof Uint8Array) return cut(`0x${Buffer.from(value).toString("hex")}`);
  return cut(String(value).replace(/\s+/g, " "));
}

const cut = (text: string): string => (text.length > longest ? `${text.slice(0, longest - 1)}…` : text);

/** bigint and exact decimals come as text. */
const isNumber = (value: unknown): boolean =>
  value === null || typeof value === "number" || (typeof value === "string" && /^-?\d+(\.\d+)?$/.test(value));
