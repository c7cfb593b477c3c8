import { tokenize } from "../lexer/lexer.ts";
import type { Action, Expression } from "../parser/ast.ts";
import { cursorOf } from "../parser/cursor.ts";
import { parseStored } from "../parser/parse.ts";
import { printExpression } from "../parser/print.ts";
import { collatedColumn, parseType } from "../parser/types.ts";
import type { Collation } from "../types/collation.ts";
import { type SqlType, typeText } from "../types/sql-type.ts";
import { type Column, type Index, makeIndex, type Row, type Table } from "./table.ts";

/** A table's definition as stored; types and expressions are T-SQL text. */
export interface StoredTable {
  readonly schema: string;
  readonly name: string;
  readonly columns: readonly {
    readonly name: string;
    readonly type: string;
    /** How its texts compare, where that is not the default. */
    readonly order?: Collation["order"];
    readonly nullable: boolean;
    readonly identity: boolean;
    readonly default?: { readonly name: string; readonly value: string };
  }[];
  readonly indexes: readonly (Pick<Index, "name" | "unique" | "constraint" | "columns" | "include"> & {
    readonly where?: string;
  })[];
  readonly checks: readonly { readonly name: string; readonly condition: string }[];
  readonly foreignKeys: readonly {
    readonly name: string;
    readonly columns: readonly number[];
    readonly table: number;
    readonly references: readonly number[];
    readonly onDelete: Action;
  }[];
  readonly identity?: { readonly next: string; readonly seed: string; readonly increment: string };
}

export function storedTable(table: Table): StoredTable {
  const { schema, name, columns, indexes, checks, foreignKeys, identity } = table;
  return {
    schema,
    name,
    columns: columns.map((column) => ({
      name: column.name,
      type: typeText(column.type),
      ...(column.type.collation === undefined ? {} : { order: column.type.collation.order }),
      nullable: column.nullable,
      identity: column.identity,
      ...(column.default === undefined
        ? {}
        : { default: { name: column.default.name, value: printExpression(column.default.value) } }),
    })),
    indexes: indexes.map(({ name: index, unique, constraint, columns: keys, include, where }) => ({
      name: index,
      unique,
      ...(constraint === undefined ? {} : { constraint }),
      columns: keys,
      include,
      ...(where === undefined ? {} : { where: printExpression(where) }),
    })),
    checks: checks.map((check) => ({ name: check.name, condition: printExpression(check.condition) })),
    foreignKeys,
    ...(identity === undefined
      ? {}
      : {
          identity: {
            next: identity.next.toString(),
            seed: identity.seed.toString(),
            increment: identity.increment.toString(),
          },
        }),
  };
}

/** Compiles a filtered index's condition over a table's columns. */
export type CompileFilter = (
  condition: Expression | undefined,
  columns: readonly Column[],
  table: string,
) => (row: Row) => boolean;

const collatedColumnOf = (type: SqlType, order: Collation["order"] | undefined): SqlType =>
  order === undefined ? type : collatedColumn(type, order);

export function readTable(id: number, stored: StoredTable, compileFilter: CompileFilter): Table {
  const columns = stored.columns.map(({ type, order, default: value, ...column }) => ({
    ...column,
    type: collatedColumnOf(parseType(cursorOf(tokenize(type), [])), order),
    ...(value === undefined
      ? {}
      : { default: { name: value.name, value: parseStored(value.value, "value") } }),
  }));
  const types = columns.map(({ type }) => type);
  const { identity } = stored;
  return {
    id,
    schema: stored.schema,
    name: stored.name,
    columns,
    indexes: stored.indexes.map(({ where, ...index }) => {
      const condition = where === undefined ? undefined : parseStored(where, "condition");
      return makeIndex(
        { ...index, ...(condition === undefined ? {} : { where: condition }) },
        types,
        compileFilter(condition, columns, stored.name),
      );
    }),
    checks: stored.checks.map(({ name, condition }) => ({
      name,
      condition: parseStored(condition, "condition"),
    })),
    foreignKeys: stored.foreignKeys,
    slots: new Map(),
    nextRow: 1,
    ...(identity === undefined
      ? {}
      : {
          identity: {
            next: BigInt(identity.next),
            seed: BigInt(identity.seed),
            increment: BigInt(identity.increment),
          },
        }),
  };
}
