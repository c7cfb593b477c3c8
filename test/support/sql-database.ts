import mssql from "mssql";
import { type SqlServer, startSql } from "../../emulators/sql/index.ts";
import { type SqlAddress, type SqlClient, sqlClient } from "../../shared/stores/sql/client.ts";
import { type LossyProxy, lossyProxy } from "./lossy-proxy.ts";

/** A database for the tests of the SQL store. */
export interface Database {
  readonly address: SqlAddress & { readonly connectionString: string };
  /** Undefined where it is a real server's. */
  readonly server: SqlServer | undefined;
  close(): Promise<void>;
}

/**
 * The database that `SQL_CONNECTION` names, or that of an embedded server of its own. A real one must be there for
 * these tests alone: they move all its times.
 */
export async function openDatabase(): Promise<Database> {
  const connectionString = process.env.SQL_CONNECTION ?? "";
  if (connectionString !== "") {
    return { address: { connectionString }, server: undefined, close: async () => {} };
  }
  const server = await startSql();
  const { connectionString: own } = server;
  return { address: { connectionString: own }, server, close: server.close };
}

/** A client whose connections go through a proxy that can lose an answer. It is connected already. */
export async function proxied({ address }: Database): Promise<{ client: SqlClient; proxy: LossyProxy }> {
  const { connectionString } = address;
  const { server, port = 1433 } = mssql.ConnectionPool.parseConnectionString(connectionString);
  const proxy = await lossyProxy(port, server);
  const through = connectionString.replace(
    /(^|;)\s*(server|data source|address|addr|network address)\s*=[^;]*/i,
    `$1Server=127.0.0.1,${proxy.port}`,
  );
  const client = sqlClient({ connectionString: `${through};TrustServerCertificate=true` });
  // A login must not be the answer that is lost.
  await client.query("SELECT 1 AS One", {});
  return { client, proxy };
}

/** Lets time pass for all that is stored, in milliseconds: a server's own clock can't be moved. */
export async function age(client: SqlClient, milliseconds: number): Promise<void> {
  const by = (column: string) => `${column} = DATEADD(SECOND, -@seconds, ${column})`;
  const batch = ["orders", "billing", "marketing"].map(
    (schema) => `UPDATE ${schema}.Inbox SET ${by("ExpiresAt")};
  UPDATE ${schema}.Requests SET ${by("ExpiresAt")};
  UPDATE ${schema}.Outbox SET ${by("StoredAt")};
  UPDATE ${schema}.Outbox SET ${by("ClaimedUntil")} WHERE ClaimedUntil > '2000-01-01';`,
  );
  await client.query(batch.join("\n"), { seconds: milliseconds / 1000 });
}
