import type { Runtime } from "../binder/bound.ts";
import { sqlError, unsupported } from "../errors/sql-error.ts";
import { lockDefinition } from "../locks/rows.ts";
import type { Declaration, Name, Statement } from "../parser/ast.ts";
import type { Principal } from "../storage/database.ts";
import { addToIndexes, current } from "../storage/slot.ts";
import { fullName, type Index, type Row, type Table } from "../storage/table.ts";
import { compareKeyLists } from "../types/compare.ts";
import type { SqlType } from "../types/sql-type.ts";
import { valueText } from "../types/to-text.ts";
import { attempt } from "./attempt.ts";
import { addConstraint, addIndex, buildTable, columnOf } from "./build-table.ts";
import { checkChanges, checkChecks } from "./constraints.ts";
import type { Execution } from "./execution.ts";
import { defaultOf, ordinalOf } from "./insert.ts";
import { findTable, splitName, tableKey } from "./names.ts";

type Definition = Exclude<Statement, { readonly type: "query" | "insert" | "update" | "delete" }>;

/** DECLARE @t TABLE. Its rows outlive a rollback in SQL Server; here they go with it (see the README). */
export function declareTable(
  { engine, session }: Execution,
  declaration: Declaration & { type: "table" },
): void {
  const table = buildTable(0, "", declaration.name, declaration, engine.database);
  session.variables.set(declaration.name, { table });
}

/** Runs a statement that defines something. Definitions are transactional: a rollback takes them back. */
export async function runDefinition(execution: Execution, statement: Definition): Promise<void> {
  const { engine, session, waiting } = execution;
  if (session.doomed) throw sqlError(3930);
  await attempt(engine, session, waiting, (runtime) => define(execution, statement, runtime));
}

function define(execution: Execution, statement: Definition, runtime: Runtime): void {
  const { database } = runtime;
  switch (statement.type) {
    case "createSchema": {
      const key = statement.name.toLowerCase();
      if (database.schemas.has(key)) throw sqlError(2714, statement.name);
      database.schemas.set(key, statement.name);
      catalog(runtime, () => database.schemas.delete(key));
      return;
    }
    case "dropSchema": {
      const key = statement.name.toLowerCase();
      const name = database.schemas.get(key);
      if (name === undefined) {
        if (statement.ifExists) return;
        throw sqlError(3701, "drop", "schema", statement.name);
      }
      const used = [...database.tables.values()].find((table) => table.schema.toLowerCase() === key);
      if (used !== undefined) throw sqlError(3729, statement.name, used.name);
      database.schemas.delete(key);
      catalog(runtime, () => database.schemas.set(key, name));
      return;
    }
    case "createTable":
      createTable(execution, statement, runtime);
      return;
    case "dropTable":
      for (const name of statement.names) dropTable(execution, name, statement.ifExists, runtime);
      return;
    case "createIndex": {
      const table = existing(execution, statement.table);
      lockDefinition(runtime, table);
      redefine(runtime, table);
      fill(runtime, table, addIndex(table, statement.index));
      return;
    }
    case "dropIndex": {
      const table = findTable(database, execution.session, statement.table);
      const index = table?.indexes.find(({ name }) => name.toLowerCase() === statement.name.toLowerCase());
      if (table === undefined || index === undefined) {
        if (statement.ifExists) return;
        throw sqlError(3701, "drop", "index", `${statement.table.join(".")}.${statement.name}`);
      }
      if (index.constraint !== undefined) throw sqlError(3733, index.name, table.name);
      lockDefinition(runtime, table);
      redefine(runtime, table);
      table.indexes = table.indexes.filter((other) => other !== index);
      return;
    }
    case "alterTable":
      alterTable(execution, statement, runtime);
      return;
    case "truncate": {
      const table = existing(execution, statement.table);
      const referencing = [...database.tables.values()].some(
        (other) => other !== table && other.foreignKeys.some((key) => key.table === table.id),
      );
      if (referencing) throw sqlError(4712, fullName(table));
      lockDefinition(runtime, table);
      for (const slot of table.slots.values())
        if (current(slot, runtime.transaction) !== null) database.change(runtime.transaction, slot, null);
      redefine(runtime, table);
      if (table.identity !== undefined) table.identity = { ...table.identity, next: table.identity.seed };
      return;
    }
    case "security":
      secure(statement, runtime);
      return;
    default:
      throw unsupported(`The statement ${statement.type}`);
  }
}

function existing({ engine, session }: Execution, name: Name): Table {
  const table = findTable(engine.database, session, name);
  if (table === undefined) throw sqlError(4902, name.join("."));
  return table;
}

/** Notes that schemas or principals changed, and how to undo it. */
function catalog({ transaction, database }: Runtime, undo: () => void): void {
  transaction.catalogChanged = true;
  database.changed();
  transaction.undo.push(() => {
    undo();
    database.changed();
  });
}

/** Remembers a table's definition before it is changed. */
function redefine({ transaction, database }: Runtime, table: Table): void {
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

function createTable(
  execution: Execution,
  statement: Definition & { type: "createTable" },
  runtime: Runtime,
): void {
  const { database, transaction } = runtime;
  const { temporary } = execution.session;
  const { schema, object } = splitName(database, statement.name);
  if (object.startsWith("#")) {
    if (object.startsWith("##")) throw unsupported("A global temporary table (##)");
    const key = object.toLowerCase();
    if (temporary.has(key)) throw sqlError(2714, object);
    temporary.set(key, buildTable(0, "", object, statement, database));
    transaction.undo.push(() => temporary.delete(key));
    return;
  }
  const own = database.schemas.get(schema.toLowerCase());
  if (own === undefined) throw sqlError(2760, schema);
  const key = tableKey(schema, object);
  if (database.tables.has(key)) throw sqlError(2714, object);
  const table = buildTable(database.newTableId(), own, object, statement, database);
  database.tables.set(key, table);
  transaction.definitions.add(table);
  database.changed();
  transaction.undo.push(() => {
    database.tables.delete(key);
    transaction.definitions.delete(table);
    database.changed();
  });
  lockDefinition(runtime, table);
}

function dropTable(execution: Execution, name: Name, ifExists: boolean, runtime: Runtime): void {
  const { database, transaction } = runtime;
  const { temporary } = execution.session;
  const table = findTable(database, execution.session, name);
  if (table === undefined) {
    if (ifExists) return;
    throw sqlError(3701, "drop", "table", name.join("."));
  }
  if (table.id === 0) {
    const key = table.name.toLowerCase();
    temporary.delete(key);
    transaction.undo.push(() => temporary.set(key, table));
    return;
  }
  const referencing = [...database.tables.values()].some(
    (other) => other !== table && other.foreignKeys.some((key) => key.table === table.id),
  );
  if (referencing) throw sqlError(3726, fullName(table));
  lockDefinition(runtime, table);
  const key = tableKey(table.schema, table.name);
  database.tables.delete(key);
  transaction.dropped.add(table.id);
  database.changed();
  transaction.undo.push(() => {
    database.tables.set(key, table);
    transaction.dropped.delete(table.id);
    database.changed();
  });
}

/** Puts a table's rows into a new index. 1505 if it is unique and two rows have one key. */
function fill(runtime: Runtime, table: Table, index: Index): void {
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

function alterTable(
  execution: Execution,
  { name, action }: Definition & { type: "alterTable" },
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

/** Users, roles and permissions are kept, and not enforced. */
function secure({ action, text }: Definition & { type: "security" }, runtime: Runtime): void {
  const { principals } = runtime.database;
  const before = [...principals];
  const restore = (): void => {
    principals.splice(0, principals.length, ...before);
  };
  const is = (kind: string) => (principal: Principal) =>
    principal.kind === kind && principal.name.toLowerCase() === action.name.toLowerCase();
  const fixed = /^(db_|public$|dbo$|guest$)/i.test(action.name);
  if (action.verb === "create") {
    if (principals.some(is("user")) || principals.some(is("role")) || fixed)
      throw sqlError(15023, action.name);
    principals.push({ kind: action.kind === "user" ? "user" : "role", name: action.name, text });
  } else if (action.verb === "drop") {
    const index = principals.findIndex(is(action.kind));
    if (index === -1 && !text.includes("IF EXISTS")) throw sqlError(15151, action.kind, action.name);
    if (index !== -1) principals.splice(index, 1);
  } else {
    if (action.kind === "role" && !fixed && !principals.some(is("role")))
      throw sqlError(15151, "role", action.name);
    const known = action.member ?? action.name;
    if (
      action.kind !== "role" &&
      !fixed &&
      !principals.some((principal) => principal.name.toLowerCase() === known.toLowerCase())
    )
      throw sqlError(15151, "user", known);
    if (!principals.some((principal) => principal.text === text))
      principals.push({ kind: action.kind === "role" ? "member" : "permission", name: known, text });
  }
  catalog(runtime, restore);
}
