import type { Env, Runtime } from "../binder/bound.ts";
import { tableScope } from "../binder/filter.ts";
import { binder } from "../binder/query.ts";
import { sqlError } from "../errors/sql-error.ts";
import { awaitRow, enterRange, lockToWrite } from "../locks/rows.ts";
import { current } from "../storage/slot.ts";
import { type ForeignKey, fullName, type Index, type Row, type Slot, type Table } from "../storage/table.ts";
import { compareKeyLists, type Key, keyMaker } from "../types/compare.ts";
import type { SqlType } from "../types/sql-type.ts";
import { valueText } from "../types/to-text.ts";

type Verb = "INSERT" | "UPDATE" | "DELETE";

/** A row that a statement has changed: before and after, null where there is none. */
export interface Change {
  readonly slot: Slot;
  readonly before: Row | null;
  readonly after: Row | null;
}

/** CHECK constraints: false is a violation, unknown is none. */
export function checkChecks(runtime: Runtime, table: Table, row: Row, verb: Verb): void {
  for (const check of table.checks) {
    const bound = binder.condition(check.condition, tableScope(table.columns, table.name));
    const env: Env = { rows: [row], outer: undefined, runtime };
    if (bound.test(env) === false)
      throw sqlError(547, verb, "CHECK", check.name, runtime.database.name, fullName(table), "");
  }
}

/** After all rows of a statement are in place: unique keys, and foreign keys in both directions. */
export function checkChanges(runtime: Runtime, table: Table, changes: readonly Change[], verb: Verb): void {
  for (const { slot, after } of changes) {
    if (after === null) continue;
    enterRange(runtime, table, after);
    for (const index of table.indexes)
      if (index.unique && index.covers(after)) checkUnique(runtime, slot, index, after);
  }
  for (const key of table.foreignKeys)
    for (const { before, after } of changes)
      if (after !== null && changed(before, after, key.columns))
        checkParent(runtime, table, key, after, verb);
  for (const child of runtime.database.tables.values())
    for (const key of child.foreignKeys)
      if (key.table === table.id)
        for (const { before, after } of changes)
          if (before !== null && changed(after, before, key.references))
            checkChildren(runtime, table, child, key, before, verb);
}

const changed = (a: Row | null, b: Row, ordinals: readonly number[]): boolean =>
  a === null || ordinals.some((i) => a[i] !== b[i]);

/** Another row with the key, committed or our own: 2627 or 2601. One of an open transaction is waited for. */
function checkUnique(runtime: Runtime, slot: Slot, index: Index, row: Row): void {
  const key = index.keyOf(row);
  for (const { item: other } of index.entries.range(key, key)) {
    if (other === slot) continue;
    if (other.pending !== undefined && other.pending.owner !== runtime.transaction) awaitRow(runtime, other);
    const now = current(other, runtime.transaction);
    if (now === null || !index.covers(now) || compareKeyLists(index.keyOf(now), key) !== 0) continue;
    const { table } = slot;
    const value = index.columns
      .map(({ ordinal }) =>
        row[ordinal] === null
          ? "<NULL>"
          : valueText(row[ordinal] ?? null, table.columns[ordinal]?.type as SqlType),
      )
      .join(", ");
    throw index.constraint === undefined
      ? sqlError(2601, fullName(table), index.name, value)
      : sqlError(2627, index.constraint, index.name, fullName(table), value);
  }
}

const keyOf = (table: Table, ordinals: readonly number[], row: Row): Key[] =>
  ordinals.map((ordinal) => keyMaker(table.columns[ordinal]?.type as SqlType)(row[ordinal] ?? null));

/** Rows that have, had or may come to have the key in these columns. */
function candidates(table: Table, ordinals: readonly number[], key: readonly Key[]): Slot[] {
  const index = table.indexes.find(
    ({ where, columns }) =>
      where === undefined &&
      columns.length >= ordinals.length &&
      ordinals.every((ordinal, i) => columns[i]?.ordinal === ordinal),
  );
  return index === undefined
    ? [...table.slots.values()]
    : Array.from(index.entries.range(key, key), ({ item }) => item);
}

function holders(runtime: Runtime, table: Table, ordinals: readonly number[], key: readonly Key[]): Slot[] {
  const matches = (row: Row | null | undefined): boolean =>
    row !== null && row !== undefined && compareKeyLists(keyOf(table, ordinals, row), key) === 0;
  return candidates(table, ordinals, key).filter((slot) => {
    if (
      slot.pending !== undefined &&
      slot.pending.owner !== runtime.transaction &&
      (matches(slot.pending.values) || matches(slot.newest?.values))
    )
      awaitRow(runtime, slot);
    return matches(current(slot, runtime.transaction));
  });
}

function checkParent(runtime: Runtime, table: Table, key: ForeignKey, row: Row, verb: Verb): void {
  const values = keyOf(table, key.columns, row);
  if (values.includes(null)) return;
  const parent = tableById(runtime, key.table);
  if (parent !== undefined && holders(runtime, parent, key.references, values).length > 0) return;
  const column =
    key.references.length === 1 ? `, column '${parent?.columns[key.references[0] ?? 0]?.name}'` : "";
  throw sqlError(
    547,
    verb,
    "FOREIGN KEY",
    key.name,
    runtime.database.name,
    parent === undefined ? "" : fullName(parent),
    column,
  );
}

function checkChildren(
  runtime: Runtime,
  table: Table,
  child: Table,
  key: ForeignKey,
  row: Row,
  verb: Verb,
): void {
  const values = keyOf(table, key.references, row);
  // The key may be there still, or again.
  if (values.includes(null) || holders(runtime, table, key.references, values).length > 0) return;
  const children = holders(runtime, child, key.columns, values);
  if (children.length === 0) return;
  if (key.onDelete === "no action" || verb === "UPDATE") {
    const column = key.columns.length === 1 ? `, column '${child.columns[key.columns[0] ?? 0]?.name}'` : "";
    throw sqlError(547, verb, "REFERENCE", key.name, runtime.database.name, fullName(child), column);
  }
  const changes = children.map((slot): Change => {
    lockToWrite(runtime, slot);
    const before = current(slot, runtime.transaction) as Row;
    const after =
      key.onDelete === "cascade" ? null : before.map((value, i) => (key.columns.includes(i) ? null : value));
    runtime.database.change(runtime.transaction, slot, after);
    return { slot, before, after };
  });
  checkChanges(runtime, child, changes, key.onDelete === "cascade" ? "DELETE" : "UPDATE");
}

function tableById({ database }: Runtime, id: number): Table | undefined {
  for (const table of database.tables.values()) if (table.id === id) return table;
  return undefined;
}
