import type { ChangedRow } from "../events.ts";
import { valueText } from "../types/to-text.ts";
import { latest } from "./slot.ts";
import { fullName, type Row, type Table } from "./table.ts";
import type { Transaction } from "./transaction.ts";

/** Rows of one event. */
const AT_ONCE = 200;
const LONGEST_TEXT = 2_000;

/** What a transaction that is about to be published changes. */
export function changedRows(transaction: Transaction): ChangedRow[] {
  const rows: ChangedRow[] = [];
  for (const slot of transaction.touched) {
    // Temporary tables and table variables have no number.
    if (slot.pending?.owner !== transaction || slot.table.id === 0) continue;
    const before = slot.newest?.values ?? null;
    const after = slot.pending.values;
    const row = after ?? before;
    if (row === null) continue;
    const change = after === null ? "deleted" : before === null ? "inserted" : "updated";
    rows.push({ table: fullName(slot.table), row: slot.id, change, values: valuesOf(slot.table, row) });
  }
  return rows;
}

/** All rows of all tables, as if they were inserted. */
export function* storedRows(tables: Iterable<Table>): Generator<ChangedRow> {
  for (const table of tables) {
    for (const slot of table.slots.values()) {
      const row = latest(slot);
      if (row === null) continue;
      yield { table: fullName(table), row: slot.id, change: "inserted", values: valuesOf(table, row) };
    }
  }
}

export function* portions(rows: Iterable<ChangedRow>): Generator<readonly ChangedRow[]> {
  let some: ChangedRow[] = [];
  for (const row of rows) {
    some.push(row);
    if (some.length < AT_ONCE) continue;
    yield some;
    some = [];
  }
  if (some.length > 0) yield some;
}

const valuesOf = (table: Table, row: Row): ChangedRow["values"] =>
  Object.fromEntries(
    table.columns.map(({ name, type }, i) => {
      const value = row[i] ?? null;
      return [name, value === null ? null : valueText(value, type).slice(0, LONGEST_TEXT)];
    }),
  );
