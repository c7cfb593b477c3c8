import { MESSAGES, type Message, type MessageNumber } from "./messages.ts";

/** An error as SQL Server reports it: number, severity (its "class"), state, and the line in the batch. */
export class SqlError extends Error {
  readonly number: number;
  readonly severity: number;
  readonly state: number;
  /** Line in the batch, from 1; 0 until the statement is known. */
  line: number;
  /** Raised by THROW or RAISERROR, which end a batch by rules of their own. */
  readonly raisedBy: "engine" | "throw" | "raiserror";

  constructor(
    number: number,
    message: string,
    options: {
      readonly severity?: number;
      readonly state?: number;
      readonly line?: number;
      readonly raisedBy?: SqlError["raisedBy"];
      readonly cause?: unknown;
    } = {},
  ) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = "SqlError";
    this.number = number;
    this.severity = options.severity ?? 16;
    this.state = options.state ?? 1;
    this.line = options.line ?? 0;
    this.raisedBy = options.raisedBy ?? "engine";
  }
}

/** The error of this number with its arguments in the text. */
export function sqlError(number: MessageNumber, ...args: readonly (string | number | bigint)[]): SqlError {
  const { severity, text }: Message = MESSAGES[number];
  const message = text.replace(/\{(\d)\}/g, (_, index: string) => String(args[Number(index)] ?? ""));
  return new SqlError(number, message, { severity });
}

/** The same, at a line of the batch. */
export function sqlErrorAt(
  line: number,
  number: MessageNumber,
  ...args: readonly (string | number | bigint)[]
): SqlError {
  const error = sqlError(number, ...args);
  error.line = line;
  return error;
}

/**
 * What SQL Server knows and this server does not: error 40517, Azure SQL's number for an unsupported keyword or
 * option, with the construct's name and where to go.
 */
export function unsupported(construct: string, line = 0): SqlError {
  return sqlErrorAt(
    line,
    40517,
    `${construct} is not supported by this local SQL server, which runs a subset of T-SQL. The official container (mcr.microsoft.com/mssql/server) runs it: point the connection there, or write the statement without it.`,
  );
}

/** How an error ends what is running, when no TRY block catches it. */
export type ErrorEffect = "statement" | "batch" | "transaction";

const ENDS_TRANSACTION = new Set([1205, 3960, 245, 248, 244, 241, 8114, 8169, 3951, 9002, 8624, 13609]);
const ENDS_BATCH = new Set([
  207, 208, 209, 4104, 2812, 137, 1087, 206, 257, 402, 529, 8116, 8117, 195, 174, 189, 40517, 701, 3930, 2760,
  10704, 35100, 6401, 217, 8155, 116, 205, 8120,
]);

/** What follows from an error outside TRY: the statement is undone, or the batch ends, or the transaction too. */
export function effectOf(error: SqlError, xactAbort: boolean): ErrorEffect {
  if (error.raisedBy === "raiserror") return "statement";
  if (ENDS_TRANSACTION.has(error.number)) return "transaction";
  if (xactAbort && error.severity > 10) return "transaction";
  if (error.raisedBy === "throw" || ENDS_BATCH.has(error.number) || error.severity === 15) return "batch";
  return "statement";
}
