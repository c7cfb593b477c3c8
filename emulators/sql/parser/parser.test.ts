import { describe, expect, it } from "vitest";
import { SqlError } from "../errors/sql-error.ts";
import { parseBatch } from "./parse.ts";

const errorOf = (sql: string): SqlError | undefined => {
  try {
    parseBatch(sql, ["@p", "@v"]);
    return undefined;
  } catch (error) {
    if (error instanceof SqlError) return error;
    throw error;
  }
};
const typesOf = (sql: string): string[] => parseBatch(sql, ["@p", "@v"]).map(({ type }) => type);

describe("statements", () => {
  it.each([
    ["SELECT 1 SELECT 2;;SELECT 3", ["query", "query", "query"]],
    [
      "set ansi_nulls on\nset xact_abort off\nset transaction isolation level read committed\nset textsize 2147483647",
      ["option", "option", "isolation", "setting"],
    ],
    ["BEGIN TRAN SAVE TRAN s ROLLBACK TRAN s COMMIT TRANSACTION", ["begin", "save", "rollback", "commit"]],
    ["ROLLBACK;THROW 50000, 'x', 1", ["rollback", "throw"]],
    ["BEGIN TRY SELECT 1 END TRY BEGIN CATCH THROW END CATCH", ["try"]],
    ["IF 1 = 1 SELECT 1 ELSE BEGIN SELECT 2 END", ["if"]],
    ["WHILE @v > 0 BEGIN SET @v -= 1; BREAK END", ["while"]],
    [
      "WITH a AS (SELECT 1 AS x), b (y) AS (SELECT x FROM a) DELETE TOP (1) FROM b OUTPUT deleted.y WHERE y = 1",
      ["delete"],
    ],
    ["INSERT INTO t (a) OUTPUT inserted.a INTO @p VALUES (DEFAULT), (1)", ["insert"]],
    ["UPDATE x SET a += 1, @v = a FROM t AS x JOIN u ON u.i = x.i WHERE x.b IN (1, 2)", ["update"]],
    [
      "EXEC sp_getapplock @Resource = 'r', @LockMode = 'Exclusive'; EXEC ('SELECT 1')",
      ["execute", "executeText"],
    ],
    [
      "CREATE USER [app-id] FROM EXTERNAL PROVIDER; ALTER ROLE db_datareader ADD MEMBER [app-id]; GRANT SELECT, INSERT ON SCHEMA::s TO [app-id]",
      ["security", "security", "security"],
    ],
    [
      "CREATE UNIQUE NONCLUSTERED INDEX i ON s.t (a DESC, b) INCLUDE (c) WHERE d IS NULL WITH (ONLINE = ON)",
      ["createIndex"],
    ],
    [
      "DROP TABLE IF EXISTS a, b.c; DROP INDEX IF EXISTS i ON t; TRUNCATE TABLE t",
      ["dropTable", "dropIndex", "truncate"],
    ],
    [
      "DECLARE @a int = 1, @t TABLE (i int PRIMARY KEY); PRINT 'x'; WAITFOR DELAY '00:00:01'; RETURN",
      ["declare", "print", "waitfor", "return"],
    ],
    [
      "SELECT [a b], \"c\", N'it''s' x, y = 1, t.* FROM t WITH (NOLOCK) CROSS APPLY OPENJSON(t.j) WITH (k int '$.k') AS o /* /* nested */ */ -- end",
      ["query"],
    ],
    [
      "SELECT a FROM t UNION ALL (SELECT b FROM u) ORDER BY 1 OFFSET 1 ROWS FETCH NEXT 2 ROWS ONLY",
      ["query"],
    ],
    ["SELECT ROW_NUMBER() OVER (PARTITION BY a ORDER BY b DESC) r FROM t", ["query"]],
  ])("%s", (sql, types) => expect(typesOf(sql)).toEqual(types));

  it("a name may follow ROLLBACK TRAN on the next line, as in SQL Server", () => {
    expect(parseBatch("ROLLBACK TRAN\nTHROW")).toMatchObject([{ type: "rollback", name: "THROW" }]);
  });
});

describe("errors", () => {
  it.each([
    ["SELEC 1", 102],
    ["SELECT FROM t", 156],
    ["SELECT 'open", 105],
    ["SELECT 1 /* open", 113],
    ["SELECT * FROM t WHERE a", 4145],
    ["SELECT a = 1 = 2", 102],
    ["SELECT @missing", 137],
    ["DECLARE @x int; DECLARE @x int", 134],
    ["SET NOSUCH ON", 195],
    ["SELECT * FROM t WITH (NOSUCH)", 321],
    ["BREAK", 135],
    ["THROW", 10704],
    ["CREATE TABLE t (a nosuch)", 2715],
    ["CREATE TABLE t (a nvarchar(4001))", 131],
    ["CREATE TABLE t (a decimal(39))", 1001],
    ["SELECT * FROM t LIMIT 1", 102],
    ["INSERT t VALUES (1) RETURNING a", 102],
    ["SELECT 1 FROM", 102],
    ["UPDATE t SET", 102],
    [`SELECT ${"(".repeat(1000)}1${")".repeat(1000)}`, 191],
  ])("%s", (sql, number) => expect(errorOf(sql)?.number).toBe(number));

  it("tell the line", () => {
    expect(errorOf("SELECT 1\n\nSELECT FROM")?.line).toBe(3);
  });
});

describe("what is outside the subset", () => {
  it.each([
    ["MERGE t USING u ON 1 = 1 WHEN MATCHED THEN DELETE;", "MERGE"],
    ["SELECT a FROM t FOR JSON PATH", "FOR JSON"],
    ["CREATE PROCEDURE p AS SELECT 1", "CREATE PROCEDURE"],
    ["CREATE VIEW v AS SELECT 1", "CREATE VIEW"],
    ["DECLARE c CURSOR FOR SELECT 1", "cursor"],
    ["CREATE TABLE t (a AS b + 1)", "computed column"],
    ["CREATE TABLE t (a xml)", "xml"],
    ["SELECT a FROM t GROUP BY ROLLUP (a)", "ROLLUP"],
    ["SELECT dbo.f(1)", "dbo.f"],
    ["SELECT 1 WHERE 1 = ANY (SELECT 1)", "ANY"],
    ["SELECT SUM(a) OVER (ORDER BY b ROWS UNBOUNDED PRECEDING) FROM t", "window frame"],
    ["SET ANSI_NULLS OFF", "SET ANSI_NULLS OFF"],
    ["SELECT N'a' COLLATE Latin1_General_BIN", "COLLATE"],
    ["BEGIN DISTRIBUTED TRAN", "DISTRIBUTED"],
    ["GOTO x", "GOTO"],
  ])("%s", (sql, construct) => {
    const error = errorOf(sql);
    expect(error?.number).toBe(40517);
    expect(error?.message).toContain(construct);
    expect(error?.message).toContain("official container");
  });
});
