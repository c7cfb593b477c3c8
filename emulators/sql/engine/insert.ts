import { type Env, emptyEnv, type Runtime } from "../binder/bound.ts";
import { tableScope } from "../binder/filter.ts";
import { binder } from "../binder/query.ts";
import { bindExpression, bindQuery, type Scope, type SourceColumn } from "../binder/scope.ts";
import { bindTop } from "../binder/select.ts";
import { sqlError } from "../errors/sql-error.ts";
import { openTable } from "../locks/rows.ts";
import type { Statement } from "../parser/ast.ts";
import { fullName, type Row, type Table } from "../storage/table.ts";
import type { SqlType, SqlValue } from "../types/sql-type.ts";
import { assigner, checkNulls } from "./assign.ts";
import type { BoundRows, Changed } from "./changed.ts";
import { type Change, checkChanges, checkChecks } from "./constraints.ts";
import { bindOutput } from "./output.ts";

type Insert = Statement & { readonly type: "insert" };

/** Runs an INSERT. */
export function runInsert(statement: Insert, scope: Scope, runtime: Runtime): Changed {
  const table = scope.context.resolveTable(statement.table);
  openTable(runtime, table);
  const { columns, rows } = sourceOf(statement, table, scope, runtime);
  const output =
    statement.output === undefined
      ? undefined
      : bindOutput(statement.output, table, { ...scope, sources: [] }, ["inserted"]);
  const inserted = insertRows(runtime, table, columns, rows);
  const env = emptyEnv(runtime);
  for (const row of inserted) output?.add(env, row, null);
  return { count: inserted.length, output: intoTable(statement, output?.rows, scope, runtime) };
}

/** OUTPUT INTO: the rows go to a table and not to the client. */
export function intoTable(
  { output }: { readonly output?: Insert["output"] },
  rows: BoundRows | undefined,
  scope: Scope,
  runtime: Runtime,
): BoundRows | undefined {
  if (output?.into === undefined || rows === undefined) return rows;
  const target = scope.context.resolveTable(output.into);
  const ordinals =
    output.columns.length === 0 ? insertable(target) : output.columns.map((name) => ordinalOf(target, name));
  if (ordinals.length !== rows.columns.length)
    throw sqlError(ordinals.length > rows.columns.length ? 120 : 121);
  insertRows(
    runtime,
    target,
    ordinals.map((ordinal, i) => ({ ordinal, type: (rows.columns[i] as SourceColumn).type })),
    rows.rows,
  );
  return undefined;
}

interface Target {
  readonly ordinal: number;
  readonly type: SqlType;
}

const DEFAULT = Symbol("DEFAULT");
type Given = SqlValue | typeof DEFAULT;

export function ordinalOf(table: Table, name: string): number {
  const ordinal = table.columns.findIndex((column) => column.name.toLowerCase() === name.toLowerCase());
  if (ordinal === -1) throw sqlError(207, name);
  return ordinal;
}

/** The columns that INSERT without a list fills. */
const insertable = (table: Table): number[] =>
  table.columns.flatMap(({ identity, type }, i) => (identity || type.kind === "rowversion" ? [] : [i]));

function sourceOf(
  { columns, source, top }: Insert,
  table: Table,
  scope: Scope,
  runtime: Runtime,
): { columns: Target[]; rows: Given[][] } {
  const ordinals = columns.length === 0 ? insertable(table) : columns.map((name) => ordinalOf(table, name));
  const duplicate = columns.find(
    (name, i) => columns.findIndex((other) => other.toLowerCase() === name.toLowerCase()) !== i,
  );
  if (duplicate !== undefined) throw sqlError(264, duplicate);
  const env = emptyEnv(runtime);
  if (source.type === "defaults") return { columns: [], rows: [[]] };
  if (source.type === "query") {
    const query = bindQuery(source.query, scope);
    if (query.columns.length !== ordinals.length)
      throw sqlError(query.columns.length < ordinals.length ? 120 : 121);
    const rows = query.run(env);
    const limit = bindTop(top === undefined ? {} : { top }, scope);
    return {
      columns: ordinals.map((ordinal, i) => ({ ordinal, type: (query.columns[i] as SourceColumn).type })),
      rows: (limit === undefined ? rows : rows.slice(0, limit.count(env, rows.length))).map((row) => [
        ...row,
      ]),
    };
  }
  const converted = source.rows.map((row) => {
    if (row.length !== ordinals.length) throw sqlError(row.length < ordinals.length ? 109 : 110);
    return row.map((expression, i): Given => {
      if (expression.type === "default") return DEFAULT;
      const column = table.columns[ordinals[i] ?? 0];
      const bound = bindExpression(expression, scope);
      if (column === undefined) return null;
      return assigner(bound.type, column, table, runtime.database.name)(bound.evaluate(env));
    });
  });
  return {
    columns: ordinals.map((ordinal) => ({ ordinal, type: table.columns[ordinal]?.type as SqlType })),
    rows: converted,
  };
}

/** Inserts rows of values for some columns; the others get their defaults. Returns the rows as stored. */
function insertRows(
  runtime: Runtime,
  table: Table,
  targets: readonly Target[],
  rows: readonly (readonly Given[])[],
): Row[] {
  const { database, session, transaction } = runtime;
  const given = new Map(targets.map(({ ordinal }, i) => [ordinal, i]));
  const assigners = targets.map(({ ordinal, type }) =>
    assigner(type, table.columns[ordinal] as Table["columns"][number], table, database.name),
  );
  const identity = table.columns.findIndex((column) => column.identity);
  const explicit = identity !== -1 && given.has(identity);
  if (explicit && session.identityInsert !== table) throw sqlError(544, table.name);
  if (!explicit && session.identityInsert === table) throw sqlError(545, table.name);
  const changes: Change[] = [];
  for (const row of rows) {
    runtime.work();
    const values = table.columns.map((column, ordinal): SqlValue => {
      const place = given.get(ordinal);
      const value = place === undefined ? DEFAULT : (row[place] ?? null);
      if (column.type.kind === "rowversion") {
        if (value !== DEFAULT) throw sqlError(273);
        return rowversion(runtime);
      }
      if (column.identity && value === DEFAULT) return nextIdentity(runtime, table);
      if (value === DEFAULT) return defaultOf(runtime, table, ordinal);
      return assigners[place ?? 0]?.(value) ?? null;
    });
    if (identity !== -1) noteIdentity(runtime, table, values[identity] as bigint, explicit);
    checkNulls(table, values, database.name, "INSERT");
    checkChecks(runtime, table, values, "INSERT");
    changes.push({ slot: database.insert(transaction, table, values), before: null, after: values });
  }
  checkChanges(runtime, table, changes, "INSERT");
  return changes.map(({ after }) => after as Row);
}

export function rowversion(runtime: Runtime): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64BE(runtime.database.nextRowversion());
  return bytes;
}

/** A column's default for a new row, or NULL. */
export function defaultOf(runtime: Runtime, table: Table, ordinal: number): SqlValue {
  const column = table.columns[ordinal];
  if (column?.default === undefined) return null;
  const scope = tableScope([], table.name);
  const bound = binder.expression(column.default.value, scope);
  const env: Env = emptyEnv(runtime);
  return assigner(bound.type, column, table, runtime.database.name)(bound.evaluate(env));
}

/** Numbers are given out once, whatever becomes of the transaction. */
function nextIdentity({ transaction }: Runtime, table: Table): bigint {
  const { identity } = table;
  if (identity === undefined) throw new Error(`${fullName(table)} has an identity column but no counter.`);
  const value = identity.next;
  identity.next += identity.increment;
  transaction.definitions.add(table);
  return value;
}

function noteIdentity(
  { session, transaction }: Runtime,
  table: Table,
  value: bigint,
  explicit: boolean,
): void {
  session.identity = value;
  const { identity } = table;
  if (!explicit || identity === undefined) return;
  if (identity.increment > 0n ? value >= identity.next : value <= identity.next)
    identity.next = value + identity.increment;
  transaction.definitions.add(table);
}
