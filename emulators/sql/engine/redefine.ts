import type { Runtime } from "../binder/bound.ts";
import { sqlError } from "../errors/sql-error.ts";
import type { Name } from "../parser/ast.ts";
import { addToIndexes, current } from "../storage/slot.ts";
import { fullName, type Index, type Table } from "../storage/table.ts";
import { compareKeyLists } from "../types/compare.ts";
import type { SqlType } from "../types/sql-type.ts";
import { valueText } from "../types/to-text.ts";
import type { Execution } from "./execution.ts";
import { findTable } from "./names.ts";

/** What changes of definitions have in common. */

/** The table of a name. Throws 4902. */
export function existing({ engine, session }: Execution, name: Name): Table {
  const table = findTable(engine.database, session, name);
  if (table === undefined) throw sqlError(4902, name.join("."));
  return table;
}

/** Notes that schemas or principals changed, and how to undo it. */
export function catalog({ transaction, database }: Runtime, undo: () => void): void {
  transaction.catalogChanged = true;
  database.changed();
  transaction.undo.push(() => {
    undo();
    database.changed();
  });
}

/** Remembers a table's definition before it is changed. */
export function redefine({ transaction, database }: Runtime, table: Table): void {
  const { columns, indexes, checks, foreignKeys, identity } = table;
  transaction.definitions.add(table);
  database.changed();
  transaction.undo.push(() => {
    Object.assign(table, {
      columns,
      indexes,
      checks,
      foreignKeys,
      ...(identity === undefined ? {} : { identity }),
    });
    database.changed();
  });
}

/** Puts a table's rows into a new index. 1505 if it is unique and two rows have one key. */
export function fill(runtime: Runtime, table: Table, index: Index): void {
  for (const slot of table.slots.values()) {
    const row = current(slot, runtime.transaction);
    if (row !== null) addToIndexes(slot, row);
  }
  if (!index.unique) return;
  const entries = [...index.entries.range(undefined, undefined)];
  for (let i = 1; i < entries.length; i++) {
    const [a, b] = [entries[i - 1], entries[i]];
    if (a === undefined || b === undefined || compareKeyLists(a.key, b.key) !== 0) continue;
    const row = current(b.item, runtime.transaction) ?? [];
    const shown = index.columns
      .map(({ ordinal }) => valueText(row[ordinal] ?? null, table.columns[ordinal]?.type as SqlType))
      .join(", ");
    throw sqlError(1505, fullName(table), index.name, shown);
  }
}
