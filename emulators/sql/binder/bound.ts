import type { Session } from "../engine/session.ts";
import type { Database } from "../storage/database.ts";
import type { Row, Slot } from "../storage/table.ts";
import type { Transaction } from "../storage/transaction.ts";
import type { SqlType, SqlValue } from "../types/sql-type.ts";

/** What one run of a statement has at hand. A statement that waited for a lock runs anew, with a new Runtime. */
export interface Runtime {
  readonly session: Session;
  readonly database: Database;
  readonly transaction: Transaction;
  /** Reads without locks see commits up to this number. */
  readonly snapshot: number;
  /** The statement's time in ticks, UTC. */
  readonly now: bigint;
  /** The slots of rows that were read to be locked or changed. */
  readonly slots: Map<Row, Slot>;
  /** Counts work, and throws 701 when a statement has run for too long. */
  work(): void;
}

/** Where an expression is evaluated: the rows at hand, and those of the queries around it. */
export interface Env {
  readonly rows: Row[];
  readonly outer: Env | undefined;
  readonly runtime: Runtime;
  /** Group keys and aggregates of a grouped query. */
  group?: readonly SqlValue[];
  /** Values of window functions. */
  windows?: readonly SqlValue[];
}

/** An expression, bound to columns and types, and compiled. */
export interface Bound {
  readonly type: SqlType;
  readonly nullable: boolean;
  /** Bits of the sources of its own query that it reads; -1 if that cannot be told. */
  readonly uses: number;
  evaluate(env: Env): SqlValue;
  /** The column it is, if it is just one: for names, grouping and metadata. */
  readonly column?: ColumnReference;
  /** A literal NULL, number or text. */
  readonly literal?: boolean;
}

export interface ColumnReference {
  readonly depth: number;
  readonly source: number;
  readonly ordinal: number;
  readonly name: string;
  readonly identity: boolean;
}

/** A condition: true, false, or null for unknown. */
export interface BoundCondition {
  readonly uses: number;
  test(env: Env): boolean | null;
}

export const emptyEnv = (runtime: Runtime, outer?: Env): Env => ({ rows: [], outer, runtime });
