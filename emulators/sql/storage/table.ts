import type { Action, Expression } from "../parser/ast.ts";
import { type Key, keyMaker } from "../types/compare.ts";
import type { SqlType, SqlValue } from "../types/sql-type.ts";
import { type SortedList, sortedList } from "./sorted-list.ts";

/** The values of a row, in the order of its table's columns. */
export type Row = readonly SqlValue[];

/** A committed state of a row; `values` null means deleted. */
export interface Version {
  readonly values: Row | null;
  /** Number of the commit that made it. */
  readonly commit: number;
  older: Version | undefined;
}

/** A row's place: its committed versions, newest first, and what an open transaction wants it to be. */
export interface Slot {
  readonly id: number;
  readonly table: Table;
  newest: Version | undefined;
  pending: { readonly owner: object; readonly values: Row | null } | undefined;
}

export interface Column {
  readonly name: string;
  readonly type: SqlType;
  readonly nullable: boolean;
  readonly identity: boolean;
  readonly default?: { readonly name: string; readonly value: Expression };
}

export interface Index {
  readonly name: string;
  readonly unique: boolean;
  /** A key constraint's kind, as messages name it. */
  readonly constraint?: "PRIMARY KEY" | "UNIQUE KEY";
  readonly columns: readonly { readonly ordinal: number; readonly descending: boolean }[];
  readonly include: readonly string[];
  /** A filtered index's condition. */
  readonly where?: Expression;
  /** The condition compiled: whether a row belongs to the index. */
  readonly covers: (row: Row) => boolean;
  readonly keyOf: (row: Row) => readonly Key[];
  readonly entries: SortedList<Slot>;
}

export interface Check {
  readonly name: string;
  readonly condition: Expression;
}

export interface ForeignKey {
  readonly name: string;
  readonly columns: readonly number[];
  /** The referenced table, by its id. */
  readonly table: number;
  readonly references: readonly number[];
  readonly onDelete: Action;
}

/** A table with its rows in memory. */
export interface Table {
  readonly id: number;
  readonly schema: string;
  readonly name: string;
  columns: readonly Column[];
  indexes: readonly Index[];
  checks: readonly Check[];
  foreignKeys: readonly ForeignKey[];
  readonly slots: Map<number, Slot>;
  nextRow: number;
  /** The next identity value, its step, and where it began. */
  identity?: { next: bigint; readonly seed: bigint; readonly increment: bigint };
}

export const fullName = (table: Pick<Table, "schema" | "name">): string =>
  table.schema === "" ? table.name : `${table.schema}.${table.name}`;

/** An empty index over columns of these types. */
export function makeIndex(
  definition: Omit<Index, "keyOf" | "entries" | "covers">,
  types: readonly SqlType[],
  covers: (row: Row) => boolean = () => true,
): Index {
  const makers = definition.columns.map(({ ordinal }) => keyMaker(types[ordinal] as SqlType));
  const ordinals = definition.columns.map(({ ordinal }) => ordinal);
  return {
    ...definition,
    covers,
    keyOf: (row) => ordinals.map((ordinal, i) => makers[i]?.(row[ordinal] ?? null) ?? null),
    entries: sortedList<Slot>(),
  };
}
