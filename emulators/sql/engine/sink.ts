import type { SourceColumn } from "../binder/scope.ts";
import type { SqlError } from "../errors/sql-error.ts";
import type { Row } from "../storage/table.ts";

/** What a statement has done, in the words of TDS's DONE token. */
export type Command = "select" | "insert" | "update" | "delete" | "other";

/** Where a batch's results go, in order. */
export interface Sink {
  result(columns: readonly SourceColumn[], rows: readonly Row[]): void;
  /** A statement is over; with a count if it has one to tell. */
  done(command: Command, count: bigint | undefined): void;
  error(error: SqlError): void;
  message(number: number, text: string, line: number): void;
  /** The connection's transaction began or ended. */
  transaction(event: "begin" | "commit" | "rollback", id: bigint): void;
}
