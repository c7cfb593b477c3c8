import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import mssql from "mssql";
import { afterAll, beforeAll, expect, it } from "vitest";
import { type ChangedRow, type SqlEvent, startSql } from "./index.ts";

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "sql-restored-"));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const rowsOf = (events: readonly SqlEvent[], type: "committed" | "restored"): ChangedRow[] =>
  events.flatMap((event) => (event.type === type ? event.rows : []));

it("tells which rows a transaction changed once it is durable, and at the next start which are there", async () => {
  const events: SqlEvent[] = [];
  const server = await startSql({ dataFolder: folder, onEvent: (event) => events.push(event) });
  const pool = await mssql.connect(server.connectionString);
  await pool.query("CREATE TABLE t (Id int PRIMARY KEY, Amount decimal(9, 2) NULL)");
  await pool.query("INSERT t VALUES (1, 1.5), (2, NULL)");
  await pool.query("BEGIN TRAN; UPDATE t SET Amount = 9 WHERE Id = 1; ROLLBACK");
  await pool.query("BEGIN TRAN; UPDATE t SET Amount = 2 WHERE Id = 2; DELETE t WHERE Id = 1; COMMIT");
  await pool.close();
  await server.close();
  expect(
    rowsOf(events, "committed").map(({ change, values }) => [change, values["Id"], values["Amount"]]),
  ).toEqual([
    ["inserted", "1", "1.50"],
    ["inserted", "2", null],
    ["updated", "2", "2.00"],
    ["deleted", "1", "1.50"],
  ]);

  const again: SqlEvent[] = [];
  const second = await startSql({ dataFolder: folder, onEvent: (event) => again.push(event) });
  await second.close();
  expect(rowsOf(again, "restored")).toEqual([
    { table: "dbo.t", row: expect.any(Number), change: "inserted", values: { Id: "2", Amount: "2.00" } },
  ]);
});
