import { afterEach, beforeEach, describe, it } from "vitest";
import { type SqlServer, startSql } from "./index.ts";
import { play } from "./testing/story.ts";

/** Two sessions and more, step by step: what one sees and waits for while the other's transaction is open. */

let server: SqlServer;
beforeEach(async () => {
  server = await startSql();
  await play(server, [
    {
      as: "setup",
      sql: "CREATE TABLE t (id int NOT NULL PRIMARY KEY, v int NOT NULL); INSERT t VALUES (1, 10), (2, 20), (3, 30)",
    },
  ]);
});
afterEach(() => server.close());

describe("READ COMMITTED over row versions", () => {
  it("a reader sees the last commit and does not wait", () =>
    play(server, [
      { as: "a", sql: "BEGIN TRAN; UPDATE t SET v = 11 WHERE id = 1" },
      { as: "b", sql: "SELECT v FROM t WHERE id = 1", rows: [[10]] },
      { as: "a", sql: "SELECT v FROM t WHERE id = 1", rows: [[11]] },
      { as: "a", sql: "COMMIT" },
      { as: "b", sql: "SELECT v FROM t WHERE id = 1", rows: [[11]] },
    ]));

  it("no update is lost: the second writer waits and finds the version gone", () =>
    play(server, [
      { as: "a", sql: "BEGIN TRAN; UPDATE t SET v = 11 WHERE id = 1 AND v = 10", affected: 1 },
      { as: "b", sql: "UPDATE t SET v = 12 WHERE id = 1 AND v = 10; SELECT @@ROWCOUNT", waits: true },
      { as: "a", sql: "COMMIT" },
      { resumes: "b", rows: [[0]] },
      { as: "c", sql: "SELECT v FROM t WHERE id = 1", rows: [[11]] },
    ]));

  it("the second writer goes on with the old value if the first rolls back", () =>
    play(server, [
      { as: "a", sql: "BEGIN TRAN; UPDATE t SET v = 11 WHERE id = 1" },
      { as: "b", sql: "UPDATE t SET v = v + 5 OUTPUT inserted.v WHERE id = 1", waits: true },
      { as: "a", sql: "ROLLBACK" },
      { resumes: "b", rows: [[15]] },
    ]));

  it("writers of different rows do not meet", () =>
    play(server, [
      { as: "a", sql: "BEGIN TRAN; UPDATE t SET v = 11 WHERE id = 1" },
      { as: "b", sql: "BEGIN TRAN; UPDATE t SET v = 21 WHERE id = 2; COMMIT", affected: 1 },
      { as: "a", sql: "ROLLBACK" },
    ]));
});

describe("a key of an open transaction", () => {
  it("is waited for, and a duplicate once it is committed", () =>
    play(server, [
      { as: "a", sql: "BEGIN TRAN; INSERT t VALUES (9, 0)" },
      { as: "b", sql: "INSERT t VALUES (9, 1)", waits: true },
      { as: "a", sql: "COMMIT" },
      { resumes: "b", error: 2627 },
    ]));

  it("is free once it is rolled back", () =>
    play(server, [
      { as: "a", sql: "BEGIN TRAN; INSERT t VALUES (9, 0)" },
      { as: "b", sql: "INSERT t VALUES (9, 1)", waits: true },
      { as: "c", sql: "INSERT t VALUES (9, 2)", waits: true },
      { as: "a", sql: "ROLLBACK" },
      { resumes: "b", affected: 1 },
      { resumes: "c", error: 2627 },
    ]));

  it("that is being deleted is waited for, too", () =>
    play(server, [
      { as: "a", sql: "BEGIN TRAN; DELETE t WHERE id = 1" },
      { as: "b", sql: "INSERT t VALUES (1, 1)", waits: true },
      { as: "a", sql: "COMMIT" },
      { resumes: "b", affected: 1 },
    ]));

  it("that was looked for in vain with HOLDLOCK waits with its insertion for the reader", () =>
    play(server, [
      { as: "a", sql: "BEGIN TRAN; SELECT * FROM t WITH (HOLDLOCK) WHERE id = 9", rows: [] },
      { as: "b", sql: "INSERT t VALUES (8, 1)", affected: 1 },
      { as: "b", sql: "INSERT t VALUES (9, 1)", waits: true },
      { as: "a", sql: "SELECT COUNT(*) FROM t WHERE id = 9; COMMIT", rows: [[0]] },
      { resumes: "b", affected: 1 },
    ]));

  it("in a range that was read under SERIALIZABLE, too, also by an update", () =>
    play(server, [
      {
        as: "a",
        sql: "SET TRANSACTION ISOLATION LEVEL SERIALIZABLE; BEGIN TRAN; SELECT COUNT(*) FROM t WHERE v > 25",
        rows: [[1]],
      },
      { as: "b", sql: "INSERT t VALUES (9, 90)", waits: true },
      { as: "c", sql: "UPDATE t SET v = 26 WHERE id = 1", waits: true },
      { as: "a", sql: "SELECT COUNT(*) FROM t WHERE v > 25; COMMIT", rows: [[1]] },
      { resumes: "b", affected: 1 },
      { resumes: "c", affected: 1 },
    ]));

  it("that was looked for with UPDLOCK, HOLDLOCK is one dispatcher's", () =>
    play(server, [
      { as: "a", sql: "BEGIN TRAN; SELECT * FROM t WITH (UPDLOCK, HOLDLOCK) WHERE id = 9", rows: [] },
      { as: "b", sql: "BEGIN TRAN; SELECT * FROM t WITH (UPDLOCK, HOLDLOCK) WHERE id = 9", waits: true },
      { as: "c", sql: "INSERT t VALUES (8, 0)", affected: 1 },
      { as: "a", sql: "INSERT t VALUES (9, 1); COMMIT" },
      { resumes: "b", rows: [[9, 1]] },
    ]));
});

describe("dispatchers with UPDLOCK, READPAST", () => {
  it("take different rows", () =>
    play(server, [
      {
        as: "a",
        sql: "BEGIN TRAN; SELECT TOP (2) id FROM t WITH (UPDLOCK, READPAST, ROWLOCK) ORDER BY id",
        rows: [[1], [2]],
      },
      {
        as: "b",
        sql: "BEGIN TRAN; SELECT TOP (2) id FROM t WITH (UPDLOCK, READPAST, ROWLOCK) ORDER BY id",
        rows: [[3]],
      },
      { as: "c", sql: "DELETE TOP (5) FROM t WITH (READPAST) OUTPUT deleted.id", rows: [] },
      { as: "a", sql: "DELETE t WHERE id IN (1, 2); COMMIT" },
      { as: "b", sql: "ROLLBACK" },
      { as: "c", sql: "DELETE TOP (5) FROM t WITH (READPAST) OUTPUT deleted.*", rows: [[3, 30]] },
    ]));

  it("pass over rows that are not committed yet", () =>
    play(server, [
      { as: "a", sql: "BEGIN TRAN; INSERT t VALUES (0, 0)" },
      { as: "b", sql: "SELECT TOP (1) id FROM t WITH (UPDLOCK, READPAST) ORDER BY id", rows: [[1]] },
      { as: "a", sql: "COMMIT" },
      { as: "b", sql: "SELECT TOP (1) id FROM t WITH (UPDLOCK, READPAST) ORDER BY id", rows: [[0]] },
    ]));
});

describe("SNAPSHOT", () => {
  const snapshot = "SET TRANSACTION ISOLATION LEVEL SNAPSHOT; BEGIN TRAN; ";

  it("reads what was committed when it first read", () =>
    play(server, [
      { as: "a", sql: `${snapshot} SELECT COUNT(*) FROM t`, rows: [[3]] },
      { as: "b", sql: "INSERT t VALUES (4, 40); UPDATE t SET v = 0 WHERE id = 1; DELETE t WHERE id = 2" },
      {
        as: "a",
        sql: "SELECT id, v FROM t ORDER BY id",
        rows: [
          [1, 10],
          [2, 20],
          [3, 30],
        ],
      },
      {
        as: "a",
        sql: "COMMIT; SELECT id, v FROM t ORDER BY id",
        rows: [
          [1, 0],
          [3, 30],
          [4, 40],
        ],
      },
    ]));

  it("fails with 3960 on a row that changed since, and the transaction is gone", () =>
    play(server, [
      { as: "a", sql: `${snapshot} SELECT v FROM t WHERE id = 1`, rows: [[10]] },
      { as: "b", sql: "UPDATE t SET v = 0 WHERE id = 1" },
      { as: "a", sql: "UPDATE t SET v = v + 1 WHERE id = 1", error: 3960 },
      { as: "a", sql: "SELECT @@TRANCOUNT", rows: [[0]] },
    ]));

  it("fails with 3960 also if the other transaction commits while it waits", () =>
    play(server, [
      { as: "a", sql: `${snapshot} SELECT v FROM t WHERE id = 1`, rows: [[10]] },
      { as: "b", sql: "BEGIN TRAN; UPDATE t SET v = 0 WHERE id = 1" },
      { as: "a", sql: "UPDATE t SET v = v + 1 WHERE id = 1", waits: true },
      { as: "b", sql: "COMMIT" },
      { resumes: "a", error: 3960 },
    ]));

  it("allows write skew: two rows, each written by what the other reads", () =>
    play(server, [
      { as: "a", sql: `${snapshot} SELECT SUM(v) FROM t WHERE id <= 2`, rows: [[30]] },
      { as: "b", sql: `${snapshot} SELECT SUM(v) FROM t WHERE id <= 2`, rows: [[30]] },
      { as: "a", sql: "UPDATE t SET v = v - 30 WHERE id = 1; COMMIT" },
      { as: "b", sql: "UPDATE t SET v = v - 30 WHERE id = 2; COMMIT" },
      { as: "a", sql: "SELECT SUM(v) FROM t WHERE id <= 2", rows: [[-30]] },
    ]));

  it("SERIALIZABLE does not: one of the two is a deadlock's victim", () =>
    play(server, [
      {
        as: "a",
        sql: "SET TRANSACTION ISOLATION LEVEL SERIALIZABLE; BEGIN TRAN; SELECT SUM(v) FROM t WHERE id <= 2",
        rows: [[30]],
      },
      {
        as: "b",
        sql: "SET TRANSACTION ISOLATION LEVEL SERIALIZABLE; BEGIN TRAN; SELECT SUM(v) FROM t WHERE id <= 2",
        rows: [[30]],
      },
      { as: "a", sql: "UPDATE t SET v = v - 30 WHERE id = 1", waits: true },
      { as: "b", sql: "UPDATE t SET v = v - 30 WHERE id = 2", error: 1205 },
      { resumes: "a", affected: 1 },
      { as: "a", sql: "COMMIT" },
    ]));
});

describe("waits that end badly", () => {
  it("a deadlock has one victim, whose whole transaction is undone", () =>
    play(server, [
      { as: "a", sql: "BEGIN TRAN; UPDATE t SET v = 11 WHERE id = 1; UPDATE t SET v = 31 WHERE id = 3" },
      { as: "b", sql: "BEGIN TRAN; UPDATE t SET v = 21 WHERE id = 2" },
      { as: "a", sql: "UPDATE t SET v = 22 WHERE id = 2", waits: true },
      { as: "b", sql: "UPDATE t SET v = 12 WHERE id = 1", error: 1205 },
      { resumes: "a", affected: 1 },
      { as: "a", sql: "COMMIT; SELECT v FROM t ORDER BY id", rows: [[11], [22], [31]] },
      { as: "b", sql: "SELECT @@TRANCOUNT", rows: [[0]] },
    ]));

  it("DEADLOCK_PRIORITY chooses the victim", () =>
    play(server, [
      {
        as: "a",
        sql: "SET DEADLOCK_PRIORITY LOW; BEGIN TRAN; UPDATE t SET v = 11 WHERE id = 1; UPDATE t SET v = 31 WHERE id = 3",
      },
      { as: "b", sql: "BEGIN TRAN; UPDATE t SET v = 21 WHERE id = 2" },
      { as: "a", sql: "UPDATE t SET v = 22 WHERE id = 2", waits: true },
      { as: "b", sql: "UPDATE t SET v = 12 WHERE id = 1", affected: 1 },
      { resumes: "a", error: 1205 },
      { as: "b", sql: "COMMIT" },
    ]));

  it("a victim within TRY is told in CATCH, and can only roll back", () =>
    play(server, [
      { as: "a", sql: "BEGIN TRAN; UPDATE t SET v = 11 WHERE id = 1; UPDATE t SET v = 31 WHERE id = 3" },
      { as: "b", sql: "BEGIN TRAN; UPDATE t SET v = 21 WHERE id = 2" },
      { as: "a", sql: "UPDATE t SET v = 22 WHERE id = 2", waits: true },
      {
        as: "b",
        sql: "BEGIN TRY UPDATE t SET v = 12 WHERE id = 1 END TRY BEGIN CATCH SELECT ERROR_NUMBER(), XACT_STATE(); ROLLBACK END CATCH",
        rows: [[1205, -1]],
      },
      { resumes: "a", affected: 1 },
      { as: "a", sql: "ROLLBACK" },
    ]));

  it("LOCK_TIMEOUT undoes only the statement", () =>
    play(server, [
      { as: "a", sql: "BEGIN TRAN; UPDATE t SET v = 11 WHERE id = 1" },
      { as: "b", sql: "SET LOCK_TIMEOUT 20; BEGIN TRAN; UPDATE t SET v = 21 WHERE id = 2" },
      { as: "b", sql: "UPDATE t SET v = v + 1", error: 1222 },
      {
        as: "b",
        sql: "SELECT @@TRANCOUNT, (SELECT v FROM t WHERE id = 2), (SELECT v FROM t WHERE id = 3)",
        rows: [[1, 21, 30]],
      },
      { as: "b", sql: "COMMIT" },
      { as: "a", sql: "COMMIT" },
    ]));

  it("a cancelled statement is undone; its transaction goes on, or not under XACT_ABORT", () =>
    play(server, [
      { as: "a", sql: "BEGIN TRAN; UPDATE t SET v = 11 WHERE id = 3" },
      { as: "b", sql: "BEGIN TRAN; UPDATE t SET v = 12 WHERE id = 1" },
      { as: "b", sql: "UPDATE t SET v = v + 1", waits: true },
      { cancel: "b" },
      { resumes: "b", error: -1 },
      {
        as: "b",
        sql: "SELECT @@TRANCOUNT, v FROM t WHERE id <= 2 ORDER BY id",
        rows: [
          [1, 12],
          [1, 20],
        ],
      },
      { as: "b", sql: "SET XACT_ABORT ON; UPDATE t SET v = 0 WHERE id = 3", waits: true },
      { cancel: "b" },
      { resumes: "b", error: -1 },
      { as: "b", sql: "SELECT @@TRANCOUNT, v FROM t WHERE id = 1", rows: [[0, 10]] },
      { as: "a", sql: "ROLLBACK" },
    ]));

  it("application locks belong to the transaction", () =>
    play(server, [
      {
        as: "a",
        sql: "BEGIN TRAN; DECLARE @r int; EXEC @r = sp_getapplock @Resource = 'migrations', @LockMode = 'Exclusive'; SELECT @r",
        rows: [[0]],
      },
      {
        as: "b",
        sql: "BEGIN TRAN; DECLARE @r int; EXEC @r = sp_getapplock 'migrations', 'Exclusive', 'Transaction', 0; SELECT @r",
        rows: [[-1]],
      },
      {
        as: "b",
        sql: "DECLARE @r int; EXEC @r = sp_getapplock @Resource = 'migrations', @LockMode = 'Exclusive'; SELECT @r",
        waits: true,
      },
      { as: "a", sql: "COMMIT" },
      { resumes: "b", rows: [[1]] },
      { as: "b", sql: "COMMIT" },
    ]));
});
