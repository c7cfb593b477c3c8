import type { Runtime } from "../binder/bound.ts";
import { sqlError, unsupported } from "../errors/sql-error.ts";
import { lockDefinition } from "../locks/rows.ts";
import type { Statement } from "../parser/ast.ts";
import { current } from "../storage/slot.ts";
import { fullName, type Row, type Table } from "../storage/table.ts";
import { addConstraint, columnOf } from "./build-table.ts";
import { checkChanges, checkChecks } from "./constraints.ts";
import type { Execution } from "./execution.ts";
import { defaultOf, ordinalOf } from "./insert.ts";
import { existing, fill, redefine } from "./redefine.ts";

/** Runs an ALTER TABLE. */
export function alterTable(
  execution: Execution,
  { name, action }: Statement & { readonly type: "alterTable" },
  runtime: Runtime,
): void {
  const { database, transaction } = runtime;
  const table = existing(execution, name);
  lockDefinition(runtime, table);
  redefine(runtime, table);
  if (action.type === "dropConstraint") {
    for (const wanted of action.names) dropConstraint(runtime, table, wanted, action.ifExists);
    return;
  }
  if (action.type === "dropColumn") {
    for (const column of action.names) dropColumn(runtime, table, column, action.ifExists);
    return;
  }
  const rows = [...table.slots.values()].filter((slot) => current(slot, transaction) !== null);
  for (const definition of action.columns) {
    if (table.columns.some((column) => column.name.toLowerCase() === definition.name.toLowerCase()))
      throw sqlError(2705, definition.name, fullName(table));
    if (definition.identity !== undefined || definition.columnType.kind === "rowversion")
      throw unsupported("ALTER TABLE … ADD of an identity or rowversion column");
    const column = columnOf(definition, table.name, false);
    if (!column.nullable && column.default === undefined && rows.length > 0)
      throw sqlError(4901, column.name, table.name);
    table.columns = [...table.columns, column];
    const ordinal = table.columns.length - 1;
    for (const slot of rows) {
      // A column that may be NULL stays NULL in the rows that are there.
      const value = column.nullable ? null : defaultOf(runtime, table, ordinal);
      database.change(transaction, slot, [...(current(slot, transaction) as Row), value]);
    }
  }
  const constraints = [
    ...action.constraints,
    ...action.columns.flatMap((column) => column.constraints.filter(({ type }) => type !== "default")),
  ];
  for (const constraint of constraints) {
    addConstraint(table, constraint, database);
    const added = table.indexes.at(-1);
    if (constraint.type === "key" && added !== undefined) fill(runtime, table, added);
    if (constraint.type !== "check" && constraint.type !== "foreign") continue;
    for (const slot of rows) {
      const row = current(slot, transaction) as Row;
      if (constraint.type === "check") checkChecks(runtime, table, row, "INSERT");
      else checkChanges(runtime, table, [{ slot, before: null, after: row }], "INSERT");
    }
  }
}

function dropConstraint({ database }: Runtime, table: Table, name: string, ifExists: boolean): void {
  const same = (other: { readonly name: string }): boolean => other.name.toLowerCase() === name.toLowerCase();
  const index = table.indexes.find((own) => own.constraint !== undefined && same(own));
  if (index !== undefined) {
    const ordinals = index.columns.map(({ ordinal }) => ordinal);
    for (const other of database.tables.values())
      for (const key of other.foreignKeys)
        if (key.table === table.id && key.references.every((ordinal) => ordinals.includes(ordinal)))
          throw sqlError(3726, name);
    table.indexes = table.indexes.filter((own) => own !== index);
  } else if (table.checks.some(same)) table.checks = table.checks.filter((check) => !same(check));
  else if (table.foreignKeys.some(same)) table.foreignKeys = table.foreignKeys.filter((key) => !same(key));
  else if (table.columns.some(({ default: value }) => value !== undefined && same(value)))
    table.columns = table.columns.map((column) => {
      if (column.default === undefined || !same(column.default)) return column;
      const { default: _, ...rest } = column;
      return rest;
    });
  else if (!ifExists) throw sqlError(3728, name);
}

function dropColumn(runtime: Runtime, table: Table, name: string, ifExists: boolean): void {
  const found = table.columns.some((column) => column.name.toLowerCase() === name.toLowerCase());
  if (!found) {
    if (ifExists) return;
    throw sqlError(4924, "DROP COLUMN", name, table.name);
  }
  const ordinal = ordinalOf(table, name);
  const dependent = table.indexes.find((index) => index.columns.some((column) => column.ordinal === ordinal));
  if (dependent !== undefined) throw sqlError(5074, "index", dependent.name, name);
  // Everything else counts columns: easier to refuse than to renumber.
  if (
    table.checks.length > 0 ||
    table.foreignKeys.length > 0 ||
    ordinal < table.columns.length - 1 ||
    table.columns[ordinal]?.default !== undefined
  )
    throw unsupported(
      "DROP COLUMN of any column but the last one of a table without checks and foreign keys",
    );
  table.columns = table.columns.slice(0, -1);
  for (const slot of table.slots.values()) {
    const row = current(slot, runtime.transaction);
    if (row !== null) runtime.database.change(runtime.transaction, slot, row.slice(0, -1));
  }
}
