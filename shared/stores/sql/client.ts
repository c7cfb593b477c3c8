import type { TokenCredential } from "@azure/identity";
import type { config as Config, ConnectionPool } from "mssql";

/** A value of a statement's parameter: texts are nvarchar, whole numbers bigint, dates datetime2(3). */
export type Parameter = string | number | Date | null;
export type Parameters = Readonly<Record<string, Parameter>>;

/** A row by its columns' names; bigint and decimal(19, 0) come as text. */
export type Row = Readonly<Record<string, unknown>>;

/** How to reach a database: a connection string, or an Entra identity. */
export type SqlAddress =
  | { readonly connectionString: string }
  | { readonly server: string; readonly database: string; readonly credential: TokenCredential };

export interface SqlClient {
  /** Runs a batch in one round trip. @returns the rows of each of its results */
  query(text: string, parameters: Parameters): Promise<readonly (readonly Row[])[]>;
  close(): Promise<void>;
}

/** In milliseconds; a lock's wait ends before a request's (see `lockTimeout`). */
const timeouts = { connectionTimeout: 15_000, requestTimeout: 15_000 };

/** A client that loads `mssql` and connects with its first query, and again after a failure to connect. */
export function sqlClient(address: SqlAddress): SqlClient {
  let connecting: Promise<ConnectionPool> | undefined;

  async function connect(): Promise<ConnectionPool> {
    const { default: mssql } = await import("mssql");
    const pool = new mssql.ConnectionPool(configOf(address, mssql.ConnectionPool));
    // Whoever waits for the connection is told, too; without a listener the process would end.
    pool.on("error", () => {});
    return pool.connect();
  }

  function open(): Promise<ConnectionPool> {
    connecting ??= connect().catch((error: unknown) => {
      connecting = undefined;
      throw error;
    });
    return connecting;
  }

  return {
    async query(text, parameters) {
      const [pool, { default: mssql }] = await Promise.all([open(), import("mssql")]);
      const request = pool.request();
      for (const [name, value] of Object.entries(parameters)) {
        if (typeof value === "number") request.input(name, mssql.BigInt, value);
        else if (value instanceof Date) request.input(name, mssql.DateTime2(3), value);
        else request.input(name, mssql.NVarChar, value);
      }
      const { recordsets } = await request.query(text);
      return recordsets as unknown as Row[][];
    },
    async close() {
      const pool = await connecting?.catch(() => undefined);
      connecting = undefined;
      await pool?.close();
    },
  };
}

function configOf(address: SqlAddress, driver: { parseConnectionString(text: string): Config }): Config {
  const common = {
    ...timeouts,
    // A query to test each connection that is taken from the pool would be a third round trip.
    validateConnection: "socket" as const,
    pool: { max: 20 },
  };
  if ("connectionString" in address) {
    const { pool, ...given } = driver.parseConnectionString(address.connectionString);
    return { ...common, ...given, pool: { ...common.pool, ...pool } };
  }
  const { server, database, credential } = address;
  return {
    ...common,
    server,
    database,
    options: { encrypt: true },
    authentication: { type: "token-credential", options: { credential } },
  } as Config;
}
