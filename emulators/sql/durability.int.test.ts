import { type ChildProcess, fork } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import mssql from "mssql";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { DEFAULT_PASSWORD, startSql } from "./index.ts";
import { play, until } from "./testing/story.ts";

/** What a COMMIT that was acknowledged is worth: the server's process is killed, not closed. */

let folder: string;
const processes: ChildProcess[] = [];
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "pierogi-sql-"));
});
afterEach(() => {
  for (const child of processes.splice(0)) child.kill("SIGKILL");
  rmSync(folder, { recursive: true, force: true });
});

/** Starts main.ts on the folder; resolves with the port it is ready on. */
function startProcess(): Promise<{ child: ChildProcess; port: number }> {
  const child = fork(join(import.meta.dirname, "main.ts"), ["--data", folder, "--port", "0"], {
    stdio: "ignore",
  });
  processes.push(child);
  return new Promise((resolve, reject) => {
    child.on("message", (message: { type: string; port?: number; message?: string }) => {
      if (message.type === "ready") resolve({ child, port: message.port ?? 0 });
      if (message.type === "failed") reject(new Error(message.message));
    });
    child.once("exit", (code) => reject(new Error(`The server ended with ${code} before it was ready.`)));
  });
}

const connect = async (port: number): Promise<mssql.ConnectionPool> => {
  const pool = new mssql.ConnectionPool({
    server: "127.0.0.1",
    port,
    user: "sa",
    password: DEFAULT_PASSWORD,
    database: "pierogi",
    options: { encrypt: false },
  });
  pool.on("error", () => {});
  return pool.connect();
};

const killed = (child: ChildProcess): Promise<void> =>
  new Promise((resolve) => {
    child.once("exit", () => resolve());
    child.kill("SIGKILL");
  });

describe("kill -9", () => {
  it("every acknowledged COMMIT is there after a restart, and nothing of an open transaction", async () => {
    const first = await startProcess();
    const pool = await connect(first.port);
    await pool.request().batch(`
      CREATE SCHEMA s;
      CREATE TABLE s.t (id int IDENTITY(10, 5) PRIMARY KEY, n int NOT NULL UNIQUE CHECK (n < 100000), d decimal(38, 10) NULL,
        at datetime2(7) NOT NULL DEFAULT SYSUTCDATETIME(), b varbinary(max) NULL, o datetimeoffset(3) NULL);
      CREATE INDEX ix ON s.t (at) INCLUDE (n) WHERE d IS NOT NULL;
      CREATE USER app WITHOUT LOGIN; ALTER ROLE db_datareader ADD MEMBER app`);
    const open = await connect(first.port);
    await open.request().batch("BEGIN TRAN; INSERT s.t (n) VALUES (-1)");
    const acknowledged: number[] = [];
    let stop = false;
    const write = async (from: number): Promise<void> => {
      for (let n = from; !stop; n += 4) {
        await pool
          .request()
          .input("n", mssql.Int, n)
          .query(
            "INSERT s.t (n, d, b, o) VALUES (@n, 1234567890123456789012345678.0123456789, 0x00FF, '2026-01-02T03:04:05.678+02:00')",
          );
        acknowledged.push(n);
      }
    };
    const writers = Promise.allSettled([0, 1, 2, 3].map(write));
    await until(() => acknowledged.length > 150);
    await killed(first.child);
    stop = true;
    await writers;
    await Promise.all([pool.close(), open.close()]);

    const second = await startProcess();
    const again = await connect(second.port);
    const { recordset } = await again
      .request()
      .query(
        "SELECT n, CAST(d AS varchar(60)) d, CONVERT(varchar(10), b, 1) b, CONVERT(varchar(40), o) o FROM s.t ORDER BY n",
      );
    const found = new Set(recordset.map((row: { n: number }) => row.n));
    expect(acknowledged.filter((n) => !found.has(n))).toEqual([]);
    expect(found.has(-1)).toBe(false);
    expect(recordset[0]).toEqual({
      n: 0,
      d: "1234567890123456789012345678.0123456789",
      b: "0x00FF",
      o: "2026-01-02 03:04:05.678 +02:00",
    });
    // Constraints, indexes, the identity and principals are there, too.
    await expect(again.request().query("INSERT s.t (n) VALUES (0)")).rejects.toMatchObject({ number: 2627 });
    await expect(again.request().query("INSERT s.t (n) VALUES (100000)")).rejects.toMatchObject({
      number: 547,
    });
    const more = await again
      .request()
      .query(
        "INSERT s.t (n) OUTPUT inserted.id VALUES (99999); SELECT MAX(id) AS top_id FROM s.t; SELECT DATABASE_PRINCIPAL_ID('app') AS p",
      );
    const [inserted, top, principal] = more.recordsets as unknown as Record<string, number | null>[][];
    expect(inserted?.[0]?.["id"]).toBe(top?.[0]?.["top_id"]);
    expect(principal?.[0]?.["p"]).not.toBeNull();
    await again.close();
  });
});

describe("a restart in order", () => {
  it("keeps definitions as they were changed, and drops what was dropped", async () => {
    const first = await startSql({ dataFolder: folder });
    await play(first, [
      {
        as: "a",
        sql: "CREATE TABLE a (id int PRIMARY KEY, v nvarchar(5) COLLATE Latin1_General_BIN2 NOT NULL DEFAULT N'x'); INSERT a (id) VALUES (1); CREATE TABLE gone (id int); INSERT gone VALUES (1)",
      },
      {
        as: "a",
        sql: "ALTER TABLE a ADD w int NOT NULL DEFAULT 7; DROP TABLE gone; CREATE TABLE b (id int REFERENCES a (id) ON DELETE CASCADE); INSERT b VALUES (1)",
      },
      { as: "a", sql: "BEGIN TRAN; CREATE TABLE never (id int); ALTER TABLE a DROP COLUMN w", error: 40517 },
      { as: "a", sql: "IF @@TRANCOUNT > 0 ROLLBACK" },
      { as: "a", sql: "UPDATE a SET v = N'ł'; TRUNCATE TABLE b; INSERT b VALUES (1), (1)" },
    ]);
    await first.close();
    const second = await startSql({ dataFolder: folder });
    await play(second, [
      { as: "a", sql: "SELECT * FROM a", rows: [[1, "ł", 7]] },
      { as: "a", sql: "SELECT OBJECT_ID('gone'), OBJECT_ID('never')", rows: [[null, null]] },
      { as: "a", sql: "SELECT COUNT(*) FROM a WHERE v = N'Ł'", rows: [[0]] },
      { as: "a", sql: "DELETE a; SELECT COUNT(*) FROM b", rows: [[0]] },
    ]);
    await second.close();
  });

  it("a second server on the same folder does not start", async () => {
    const first = await startSql({ dataFolder: folder });
    await expect(startSql({ dataFolder: folder })).rejects.toThrow(/locked/);
    await first.close();
  });
});
