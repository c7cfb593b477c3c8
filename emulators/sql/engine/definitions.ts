import type { Runtime } from "../binder/bound.ts";
import { sqlError, unsupported } from "../errors/sql-error.ts";
import { lockDefinition } from "../locks/rows.ts";
import type { Declaration, Name, Statement } from "../parser/ast.ts";
import { current } from "../storage/slot.ts";
import { fullName } from "../storage/table.ts";
import { alterTable } from "./alter-table.ts";
import { attempt } from "./attempt.ts";
import { addIndex, buildTable } from "./build-table.ts";
import type { Execution } from "./execution.ts";
import { findTable, splitName, tableKey } from "./names.ts";
import { catalog, existing, fill, redefine } from "./redefine.ts";
import { secure } from "./security.ts";

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
