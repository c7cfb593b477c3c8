import { compileFilter } from "../binder/filter.ts";
import { sqlError } from "../errors/sql-error.ts";
import type { ColumnDefinition, Constraint, IndexDefinition } from "../parser/ast.ts";
import type { Database } from "../storage/database.ts";
import { type Column, fullName, type Index, makeIndex, type Table } from "../storage/table.ts";
import type { SqlType } from "../types/sql-type.ts";
import { ordinalOf } from "./insert.ts";
import { splitName, tableKey } from "./names.ts";

/** The names that constraints get when they have none, like PK__Accounts__3B7A91C2. */
function automaticName(prefix: string, table: string, what: string): string {
  let hash = 2_166_136_261;
  for (const character of `${prefix}.${table}.${what}`)
    hash = Math.imul(hash ^ (character.codePointAt(0) ?? 0), 16_777_619);
  return `${prefix}__${table.slice(0, 60)}__${(hash >>> 0).toString(16).toUpperCase().padStart(8, "0")}`;
}

/** A column as stored. Primary keys are NOT NULL; everything else may be NULL unless it says otherwise. */
export function columnOf(definition: ColumnDefinition, table: string, primary: boolean): Column {
  const { name, columnType, nullable, identity, constraints } = definition;
  if (primary && nullable === true) throw sqlError(8111, table);
  const value = constraints.find((constraint) => constraint.type === "default");
  return {
    name,
    type: columnType,
    nullable: identity === undefined && !primary && columnType.kind !== "rowversion" && (nullable ?? true),
    identity: identity !== undefined,
    ...(value === undefined
      ? {}
      : { default: { name: value.name ?? automaticName("DF", table, name), value: value.value } }),
  };
}

export interface TableParts {
  readonly columns: readonly ColumnDefinition[];
  readonly constraints: readonly Constraint[];
  readonly indexes: readonly IndexDefinition[];
}

/** Builds a table of its definition. Foreign keys need the database. Throws 1911, 2705, 2744, 1776 and the like. */
export function buildTable(
  id: number,
  schema: string,
  name: string,
  parts: TableParts,
  database: Database,
): Table {
  const constraints = [...parts.constraints, ...parts.columns.flatMap((column) => column.constraints)];
  const keys = constraints.filter((constraint) => constraint.type === "key");
  const primary = new Set(
    keys
      .filter((key) => key.primary)
      .flatMap((key) => key.columns.map((column) => column.name.toLowerCase())),
  );
  if (keys.filter((key) => key.primary).length > 1) throw sqlError(1779, name);
  const seen = new Set<string>();
  for (const column of parts.columns) {
    const lower = column.name.toLowerCase();
    if (seen.has(lower)) throw sqlError(2705, column.name, name);
    seen.add(lower);
  }
  const identities = parts.columns.filter((column) => column.identity !== undefined);
  if (identities.length > 1) throw sqlError(2744, name);
  const [identity] = identities;
  if (identity !== undefined && !/int$|decimal/.test(identity.columnType.kind))
    throw sqlError(2749, identity.name);
  const columns = parts.columns.map((column) =>
    columnOf(column, name, primary.has(column.name.toLowerCase())),
  );
  const table: Table = {
    id,
    schema,
    name,
    columns,
    indexes: [],
    checks: [],
    foreignKeys: [],
    slots: new Map(),
    nextRow: 1,
    ...(identity?.identity === undefined
      ? {}
      : {
          identity: {
            next: BigInt(identity.identity.seed),
            seed: BigInt(identity.identity.seed),
            increment: BigInt(identity.identity.increment),
          },
        }),
  };
  for (const index of parts.indexes) addIndex(table, index);
  for (const constraint of constraints) addConstraint(table, constraint, database);
  return table;
}

/** Adds a constraint to a table's definition; its rows are the caller's to check. */
export function addConstraint(table: Table, constraint: Constraint, database: Database): void {
  const { name } = table;
  switch (constraint.type) {
    case "key": {
      if (constraint.primary && table.indexes.some((index) => index.constraint === "PRIMARY KEY"))
        throw sqlError(1779, name);
      const kind = constraint.primary ? "PRIMARY KEY" : "UNIQUE KEY";
      const own =
        constraint.name ??
        automaticName(
          constraint.primary ? "PK" : "UQ",
          name,
          constraint.columns.map((column) => column.name).join(),
        );
      addIndex(table, { name: own, unique: true, columns: constraint.columns, include: [] }, kind);
      return;
    }
    case "check": {
      const own = constraint.name ?? automaticName("CK", name, String(table.checks.length));
      compileFilter(constraint.condition, table.columns, name);
      freeName(database, table, own);
      table.checks = [...table.checks, { name: own, condition: constraint.condition }];
      return;
    }
    case "default": {
      const ordinal = ordinalOf(table, constraint.column);
      const value = {
        name: constraint.name ?? automaticName("DF", name, constraint.column),
        value: constraint.value,
      };
      table.columns = table.columns.map((column, i) =>
        i === ordinal ? { ...column, default: value } : column,
      );
      return;
    }
    default:
      addForeignKey(table, constraint, database);
  }
}

/** Names of constraints are unique within a schema: 2714. */
function freeName(database: Database, table: Table, name: string): void {
  if (table.id === 0) return;
  const lower = name.toLowerCase();
  for (const other of [...database.tables.values(), table]) {
    if (other.schema.toLowerCase() !== table.schema.toLowerCase()) continue;
    const taken = [
      ...other.checks,
      ...other.foreignKeys,
      ...other.indexes.filter((index) => index.constraint !== undefined),
    ];
    if (taken.some((constraint) => constraint.name.toLowerCase() === lower)) throw sqlError(2714, name);
  }
}

function addForeignKey(table: Table, constraint: Constraint & { type: "foreign" }, database: Database): void {
  const { schema, object } = splitName(database, constraint.table);
  const own = constraint.name ?? automaticName("FK", table.name, constraint.columns.join());
  const same =
    schema.toLowerCase() === table.schema.toLowerCase() && object.toLowerCase() === table.name.toLowerCase();
  const parent = same ? table : database.tables.get(tableKey(schema, object));
  if (parent === undefined) throw sqlError(1767, own, constraint.table.join("."));
  const columns = constraint.columns.map((name) => ordinalOf(table, name));
  const primary = parent.indexes.find((index) => index.constraint === "PRIMARY KEY");
  const references =
    constraint.references.length === 0
      ? (primary?.columns.map(({ ordinal }) => ordinal) ?? [])
      : constraint.references.map((name) => ordinalOf(parent, name));
  const key = parent.indexes.some(
    (index) =>
      index.unique &&
      index.where === undefined &&
      index.columns.length === references.length &&
      index.columns.every(({ ordinal }) => references.includes(ordinal)),
  );
  if (!key || references.length !== columns.length) throw sqlError(1776, fullName(parent), own);
  freeName(database, table, own);
  table.foreignKeys = [
    ...table.foreignKeys,
    { name: own, columns, table: parent.id, references, onDelete: constraint.onDelete },
  ];
}

/** Adds an empty index. Throws 1911, 1913 or 1909. */
export function addIndex(table: Table, definition: IndexDefinition, constraint?: Index["constraint"]): Index {
  const { name, unique, columns, include, where } = definition;
  if (table.indexes.some((index) => index.name.toLowerCase() === name.toLowerCase()))
    throw sqlError(1913, name, fullName(table));
  const find = (column: string): number => {
    const ordinal = table.columns.findIndex((own) => own.name.toLowerCase() === column.toLowerCase());
    if (ordinal === -1) throw sqlError(1911, column);
    return ordinal;
  };
  const keys = columns.map((column) => ({ ordinal: find(column.name), descending: column.descending }));
  for (const [i, key] of keys.entries())
    if (keys.findIndex((other) => other.ordinal === key.ordinal) !== i)
      throw sqlError(1909, columns[i]?.name ?? "");
  include.forEach(find);
  const types = table.columns.map((column): SqlType => column.type);
  const index = makeIndex(
    {
      name,
      unique,
      ...(constraint === undefined ? {} : { constraint }),
      columns: keys,
      include,
      ...(where === undefined ? {} : { where }),
    },
    types,
    compileFilter(where, table.columns, table.name),
  );
  table.indexes = [...table.indexes, index];
  return index;
}
