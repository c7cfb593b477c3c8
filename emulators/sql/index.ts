/** An embedded SQL server: TDS for the unmodified `mssql`, T-SQL's subset over row versions, durable in one SQLite file. */
export type { ChangedRow, RequestCounters, RequestKind, SqlEvent } from "./events.ts";
export { DEFAULT_PASSWORD, type SqlConfig, type SqlOptions, type SqlServer, startSql } from "./server.ts";
