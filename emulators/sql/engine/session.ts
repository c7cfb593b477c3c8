import type { SqlError } from "../errors/sql-error.ts";
import type { Isolation } from "../parser/ast.ts";
import type { Table } from "../storage/table.ts";
import type { Transaction } from "../storage/transaction.ts";
import type { SqlType, SqlValue } from "../types/sql-type.ts";

/** A variable: a scalar with its type, or a table. */
export type Variable =
  | { readonly type: SqlType; value: SqlValue; readonly table?: undefined }
  | { readonly table: Table; readonly type?: undefined };

/** What belongs to one connection. */
export interface Session {
  readonly spid: number;
  readonly user: string;
  readonly database: string;
  /** Variables of the running batch, by lower-case name with its @. */
  variables: Map<string, Variable>;
  /** Temporary tables, by lower-case name. */
  readonly temporary: Map<string, Table>;
  readonly options: { xactAbort: boolean; nocount: boolean; implicitTransactions: boolean };
  isolation: Isolation;
  /** Milliseconds; Infinity waits for ever. */
  lockTimeout: number;
  deadlockPriority: number;
  /** The most rows a query returns (SET ROWCOUNT); 0 is no limit. */
  rowLimit: bigint;
  identityInsert: Table | undefined;
  /** The open transaction, with how often it was begun. */
  transaction: Transaction | undefined;
  trancount: number;
  /** The transaction can only be rolled back. */
  doomed: boolean;
  rowcount: bigint;
  /** @@ERROR. */
  lastError: number;
  identity: bigint | null;
  /** Errors that CATCH blocks are handling, innermost last. */
  readonly caught: SqlError[];
  /** From 0 to 1. */
  random(): number;
  /** A new identifier in upper case. */
  newId(): string;
  /** HASHBYTES; NULL for an unknown algorithm. */
  hash(algorithm: string, data: Buffer): Buffer | null;
  /** Depth of EXEC and sp_executesql. */
  nesting: number;
}

/** Where sessions get what is not in the database. */
export type Sources = Pick<Session, "random" | "newId" | "hash">;

export function newSession(spid: number, user: string, database: string, sources: Sources): Session {
  return {
    spid,
    user,
    database,
    variables: new Map(),
    temporary: new Map(),
    options: { xactAbort: false, nocount: false, implicitTransactions: false },
    isolation: "read committed",
    lockTimeout: Number.POSITIVE_INFINITY,
    deadlockPriority: 0,
    rowLimit: 0n,
    identityInsert: undefined,
    transaction: undefined,
    trancount: 0,
    doomed: false,
    rowcount: 0n,
    lastError: 0,
    identity: null,
    caught: [],
    nesting: 0,
    ...sources,
  };
}
