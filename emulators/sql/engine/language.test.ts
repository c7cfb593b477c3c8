import { beforeEach, describe, expect, it } from "vitest";
import { SqlError } from "../errors/sql-error.ts";
import { type Bench, bench } from "../testing/batch.ts";

let b: Bench;
beforeEach(() => {
  b = bench();
});

const value = async (expression: string): Promise<string | undefined> =>
  (await b.rows(`SELECT ${expression}`))[0]?.[0];

describe("expressions, as SQL Server documents or is known to answer them", () => {
  it.each([
    // Numbers: types by form, exact results, documented precision and scale.
    ["7 / 2", "3"],
    ["-7 % 3", "-1"],
    ["7 / 2.0", "3.500000"],
    ["2.0 / 3", "0.666666"],
    ["1.10 + 2.2", "3.30"],
    ["0.1 + 0.2", "0.3"],
    ["1.5 * 1.5", "2.25"],
    ["CAST(1.9 AS int)", "1"],
    ["CAST(1.55 AS decimal(5,1))", "1.6"],
    ["CAST(-1.55 AS decimal(5,1))", "-1.6"],
    ["CAST(9223372036854775807 AS bigint)", "9223372036854775807"],
    ["12345678901234567890123456789012345678", "12345678901234567890123456789012345678"],
    ["CAST('12345678901234567.12' AS decimal(19,2)) + 1", "12345678901234568.12"],
    ["ROUND(748.58, -1)", "750.00"],
    ["ROUND(150.75, 0, 1)", "150.00"],
    ["CEILING(-123.45)", "-123"],
    ["FLOOR(-123.45)", "-124"],
    ["ABS(-5) + SIGN(-2)", "4"],
    ["POWER(2, 10)", "1024"],
    ["5 & 6 | 8 ^ 1", "13"],
    ["CAST(0.1 AS float)", "0.1"],
    ["CAST($1 AS int)", undefined],
    // Texts: case-insensitive, trailing blanks do not count.
    ["CASE WHEN 'A' = 'a' THEN 1 ELSE 0 END", "1"],
    ["CASE WHEN 'a ' = 'a' THEN 1 ELSE 0 END", "1"],
    ["CASE WHEN N'é' = N'e' THEN 1 ELSE 0 END", "0"],
    ["CASE WHEN 'abc' LIKE 'A_[^x]%' THEN 1 ELSE 0 END", "1"],
    ["CASE WHEN '50%' LIKE '50!%' ESCAPE '!' THEN 1 ELSE 0 END", "1"],
    ["CASE WHEN NULL = NULL THEN 1 ELSE 0 END", "0"],
    ["CASE WHEN 1 <> 2 AND NOT 1 <> 1 THEN 1 ELSE 0 END", "1"],
    ["CASE WHEN 1 NOT IN (2, NULL) THEN 1 ELSE 0 END", "0"],
    ["'a' + 'b' + CAST(1 AS varchar(5))", "ab1"],
    ["'1' + 1", "2"],
    ["'a' + NULL", "NULL"],
    ["CONCAT('a', NULL, 1)", "a1"],
    ["CONCAT_WS('-', 'a', NULL, 'b')", "a-b"],
    ["LEN('ab  ')", "2"],
    ["DATALENGTH(N'ab')", "4"],
    ["SUBSTRING('abcdef', 2, 3)", "bcd"],
    ["SUBSTRING('abc', 0, 2)", "a"],
    ["CHARINDEX('C', 'abc')", "3"],
    ["REPLACE('aAb', 'a', 'x')", "xxb"],
    ["STUFF('abcdef', 2, 3, 'x')", "axef"],
    ["LEFT('abc', 2) + RIGHT('abc', 1)", "abc"],
    ["UPPER('straße')", "STRAßE"],
    ["QUOTENAME('a]b')", "[a]]b]"],
    ["CAST('abcdef' AS varchar(3))", "abc"],
    ["CAST('ab' AS char(4)) + '|'", "ab  |"],
    ["ISNULL(CAST(NULL AS varchar(3)), 'abcdef')", "abc"],
    ["COALESCE(NULL, 2, 1.5)", "2.0"],
    ["NULLIF('a', 'A')", "NULL"],
    ["IIF(1 < 2, 'yes', 'no')", "yes"],
    ["CHOOSE(2, 'a', 'b')", "b"],
    // Dates.
    ["CAST('2026-11-24T06:51:20.1234567' AS datetime2(3))", "2026-11-24 06:51:20.123"],
    ["CAST('2026-11-24 06:51:20.9999999' AS datetime2(0))", "2026-11-24 06:51:21"],
    ["CONVERT(varchar(30), CAST('2026-11-24T06:51:20.124' AS datetime), 121)", "2026-11-24 06:51:20.123"],
    ["CAST('20261124' AS date)", "2026-11-24"],
    ["CAST(CAST('20261124 06:51' AS datetime) AS varchar(30))", "Nov 24 2026  6:51AM"],
    ["CONVERT(varchar(30), CAST('2026-11-24' AS datetime2(7)), 126)", "2026-11-24T00:00:00"],
    ["DATEADD(month, 1, CAST('2026-01-31' AS date))", "2026-02-28"],
    ["DATEADD(day, -1, '2026-03-01')", "2026-02-28 00:00:00.0000000"],
    ["DATEDIFF(day, '2026-01-01', '2026-03-01')", "59"],
    ["DATEDIFF(year, '2025-12-31', '2026-01-01')", "1"],
    ["DATEPART(weekday, '2026-11-24')", "3"],
    ["EOMONTH('2024-02-10')", "2024-02-29"],
    ["CAST('2026-01-02T03:04:05+02:00' AS datetimeoffset(0))", "2026-01-02 03:04:05 +02:00"],
    [
      "CASE WHEN CAST('2026-01-01T02:00:00+02:00' AS datetimeoffset) = CAST('2026-01-01T00:00:00Z' AS datetimeoffset) THEN 1 END",
      "1",
    ],
    ["SYSUTCDATETIME()", expect.stringMatching(/^2026-11-24 06:51:20\.50/)],
    // Other types.
    [
      "CAST('0f8fad5b-d9cb-469f-a165-70867728950e' AS uniqueidentifier)",
      "0F8FAD5B-D9CB-469F-A165-70867728950E",
    ],
    ["CONVERT(varchar(10), 0x00ff, 1)", "0x00FF"],
    ["CAST('true' AS bit)", "1"],
    ["CAST(123456.789 AS money)", "123456.79"],
    ["TRY_CAST('x' AS int)", "NULL"],
    ["TRY_CONVERT(date, '2026-02-30')", "NULL"],
    // JSON keeps the digits of its numbers.
    [`JSON_VALUE('{"a":{"b":[1,12345678901234567890]}}', '$.a.b[1]')`, "12345678901234567890"],
    [`JSON_QUERY('{"a": [1, 2]}', '$.a')`, "[1, 2]"],
    [`JSON_VALUE('{"a":[]}', '$.a')`, "NULL"],
    ["ISJSON('{}') + ISJSON('x')", "1"],
    ["(SELECT SUM(v) FROM OPENJSON('[1.10, 2.25]') WITH (v decimal(9,2) '$'))", "3.35"],
    [
      "(SELECT STRING_AGG(value, '+') WITHIN GROUP (ORDER BY value DESC) FROM STRING_SPLIT('a,b,c', ','))",
      "c+b+a",
    ],
  ])("%s = %s", async (expression, expected) => {
    if (expected === undefined) await expect(value(expression)).rejects.toThrow(SqlError);
    else expect(await value(expression)).toEqual(expected);
  });

  it.each([
    ["1 / 0", 8134],
    ["2147483647 + 1", 8115],
    ["CAST(256 AS tinyint)", 220],
    ["CAST(100000 AS decimal(5,2))", 8115],
    ["CAST('x' AS int)", 245],
    ["CAST('99999999999' AS int)", 248],
    ["CAST('x' AS decimal(5,2))", 8114],
    ["CAST('2026-02-30' AS date)", 241],
    ["CAST('x' AS uniqueidentifier)", 8169],
    ["CAST(1 AS date)", 529],
    ["1 + CAST('2026-01-01' AS date)", 40517],
    ["CAST('1' AS uniqueidentifier) + 1", 402],
    ["(SELECT 1 UNION SELECT 2)", 512],
    ["(SELECT 1, 2)", 116],
    ["LEFT('a', -1)", 537],
    ["LEN()", 174],
    ["NOSUCH(1)", 40517],
    ["DATEADD(year, 9000, SYSUTCDATETIME())", 517],
    ["JSON_VALUE('{', '$.a')", 13609],
    ["JSON_VALUE('{}', 'a')", 13607],
    ["JSON_VALUE('{}', 'strict $.a')", 13608],
    ["CAST(N'ł' AS varchar(5))", 40517],
    ["SUM(1) + (SELECT 1 WHERE SUM(1) > 0)", 147],
  ])("%s fails with %i", async (expression, number) => {
    await expect(value(expression)).rejects.toMatchObject({ number });
  });
});

describe("queries", () => {
  beforeEach(async () => {
    await b.run(`
      CREATE TABLE o (id int PRIMARY KEY, customer nvarchar(10) NOT NULL, total decimal(9,2) NULL);
      CREATE TABLE l (oid int NOT NULL, filling nvarchar(10) NOT NULL, n int NOT NULL);
      INSERT o VALUES (1, N'Ann', 10.50), (2, N'bob', NULL), (3, N'ann', 2.25);
      INSERT l VALUES (1, N'potato', 3), (1, N'cheese', 2), (3, N'Potato', 1)`);
  });

  it.each([
    [
      "SELECT o.id, l.n FROM o LEFT JOIN l ON l.oid = o.id ORDER BY o.id, l.n",
      [
        ["1", "2"],
        ["1", "3"],
        ["2", "NULL"],
        ["3", "1"],
      ],
    ],
    [
      "SELECT l.n, o.id FROM l RIGHT JOIN o ON l.oid = o.id AND l.n > 1 ORDER BY o.id, l.n",
      [
        ["2", "1"],
        ["3", "1"],
        ["NULL", "2"],
        ["NULL", "3"],
      ],
    ],
    [
      "SELECT o.id, x.v FROM o FULL JOIN l AS x2 ON 1 = 0 OUTER APPLY (SELECT TOP (1) n AS v FROM l WHERE oid = o.id ORDER BY n) AS x WHERE o.id IS NOT NULL ORDER BY 1",
      [
        ["1", "2"],
        ["2", "NULL"],
        ["3", "1"],
      ],
    ],
    [
      "SELECT customer, COUNT(*) c, SUM(total) s, AVG(total) a FROM o GROUP BY customer HAVING COUNT(*) > 1",
      [["Ann", "2", "12.75", "6.375000"]],
    ],
    ["SELECT COUNT(total), COUNT(DISTINCT customer), MIN(customer) FROM o", [["2", "2", "Ann"]]],
    ["SELECT COUNT(*), SUM(total) FROM o WHERE 1 = 0", [["0", "NULL"]]],
    [
      "SELECT filling, SUM(n) FROM l GROUP BY filling ORDER BY SUM(n) DESC",
      [
        ["potato", "4"],
        ["cheese", "2"],
      ],
    ],
    ["SELECT id FROM o WHERE EXISTS (SELECT * FROM l WHERE l.oid = o.id AND n > 2)", [["1"]]],
    ["SELECT id FROM o WHERE id NOT IN (SELECT oid FROM l)", [["2"]]],
    [
      "SELECT id, (SELECT SUM(n) FROM l WHERE oid = o.id) AS n FROM o ORDER BY n DESC, id",
      [
        ["1", "5"],
        ["3", "1"],
        ["2", "NULL"],
      ],
    ],
    [
      "SELECT id, ROW_NUMBER() OVER (PARTITION BY customer ORDER BY id DESC) r FROM o ORDER BY id",
      [
        ["1", "2"],
        ["2", "1"],
        ["3", "1"],
      ],
    ],
    [
      "SELECT id, SUM(id) OVER (ORDER BY id) r FROM o ORDER BY id",
      [
        ["1", "1"],
        ["2", "3"],
        ["3", "6"],
      ],
    ],
    ["SELECT TOP (2) WITH TIES customer FROM o ORDER BY customer", [["Ann"], ["ann"]]],
    ["SELECT DISTINCT customer FROM o ORDER BY customer", [["Ann"], ["bob"]]],
    ["SELECT id FROM o ORDER BY id OFFSET 1 ROWS FETCH NEXT 1 ROWS ONLY", [["2"]]],
    ["WITH a AS (SELECT id FROM o WHERE total > 1), b AS (SELECT MAX(id) m FROM a) SELECT m FROM b", [["3"]]],
    ["SELECT 1 UNION SELECT 1 UNION ALL SELECT 2 EXCEPT SELECT 3 ORDER BY 1", [["1"], ["2"]]],
    ["SELECT v.a + v.b FROM (VALUES (1, 2), (3, 4)) AS v (a, b)", [["3"], ["7"]]],
    [
      'SELECT [key], value, type FROM OPENJSON(N\'{"a":1,"b":[2]}\')',
      [
        ["a", "1", "2"],
        ["b", "[2]", "4"],
      ],
    ],
    [
      'SELECT a, b FROM OPENJSON(N\'[{"a":"x","b":{"c":1}},{}]\') WITH (a nvarchar(5), b nvarchar(max) \'$.b\' AS JSON)',
      [
        ["x", '{"c":1}'],
        ["NULL", "NULL"],
      ],
    ],
    [
      "DECLARE @s nvarchar(max) = N''; SELECT @s = @s + customer FROM o ORDER BY id; SELECT @s",
      [["Annbobann"]],
    ],
    ["SELECT name FROM sys.tables WHERE schema_id = SCHEMA_ID('dbo') ORDER BY name", [["l"], ["o"]]],
  ])("%s", async (sql, rows) => expect(await b.rows(sql)).toEqual(rows));

  it.each([
    ["SELECT nothing FROM o", 207],
    ["WITH r AS (SELECT 1 AS n UNION ALL SELECT n + 1 FROM r WHERE n < 5) SELECT * FROM r", 40517],
    ["SELECT x.id FROM o", 4104],
    ["SELECT * FROM nothing", 208],
    ["SELECT oid FROM l AS a CROSS JOIN l AS b", 209],
    ["SELECT id, COUNT(*) FROM o", 8120],
    ["SELECT * FROM o WHERE COUNT(*) > 1", 147],
    ["SELECT id FROM o UNION SELECT id, customer FROM o", 205],
    ["SELECT 1 FROM o, o", 1011],
    ["SELECT DISTINCT id FROM o ORDER BY total", 145],
    ["SELECT TOP (-1) id FROM o", 1014],
    ["SELECT * FROM (SELECT 1) AS x", 8155],
    ["SELECT * FROM o WHERE ROW_NUMBER() OVER (ORDER BY id) = 1", 4108],
  ])("%s fails with %i", async (sql, number) => expect(await b.errors(sql)).toEqual([number]));
});

describe("a column with a binary collation", () => {
  beforeEach(async () => {
    await b.run(
      "CREATE TABLE c (id nvarchar(9) COLLATE Latin1_General_100_BIN2 NOT NULL PRIMARY KEY, name nvarchar(9)); INSERT c VALUES (N'a', N'A'), (N'A', N'a'), (N'b', N'B')",
    );
  });

  it.each([
    ["SELECT id FROM c WHERE id = N'a'", [["a"]]],
    ["SELECT id FROM c WHERE id IN (N'A', N'B')", [["A"]]],
    ["SELECT id FROM c WHERE id LIKE N'a%'", [["a"]]],
    ["SELECT id FROM c ORDER BY id", [["A"], ["a"], ["b"]]],
    ["SELECT COUNT(DISTINCT id), COUNT(DISTINCT name) FROM c", [["3", "2"]]],
    ["SELECT id FROM c WHERE id = name COLLATE Latin1_General_BIN2", []],
    ["SELECT COUNT(*) FROM c WHERE id COLLATE SQL_Latin1_General_CP1_CI_AS = N'A'", [["2"]]],
    ["SELECT id FROM c WHERE id + N'x' = N'ax'", [["a"]]],
    ["SELECT CASE WHEN N'a' = N'A' COLLATE Latin1_General_100_BIN2 THEN 1 ELSE 0 END", [["0"]]],
  ])("%s", async (sql, rows) => expect(await b.rows(sql)).toEqual(rows));

  it.each([
    ["INSERT c VALUES (N'a', N'')", 2627],
    ["SELECT id FROM c WHERE id = name", 468],
    ["SELECT c.id FROM c JOIN OPENJSON(N'[]') WITH (id nvarchar(9)) AS j ON j.id = c.id", 468],
    ["SELECT 1 COLLATE Latin1_General_BIN2", 447],
  ])("%s fails with %i", async (sql, number) => expect(await b.errors(sql)).toEqual([number]));
});

describe("changes", () => {
  beforeEach(async () => {
    await b.run(
      "CREATE TABLE t (id int IDENTITY(1, 1) PRIMARY KEY, k nvarchar(5) NOT NULL UNIQUE, v int NULL DEFAULT 7, CHECK (v < 100))",
    );
  });

  it("defaults, identity and OUTPUT", async () => {
    expect(await b.rows("INSERT t (k) OUTPUT inserted.* VALUES (N'a'), (N'b')")).toEqual([
      ["1", "a", "7"],
      ["2", "b", "7"],
    ]);
    expect(await b.rows("INSERT t (k, v) VALUES (N'c', NULL); SELECT SCOPE_IDENTITY(), @@ROWCOUNT")).toEqual([
      ["3", "1"],
    ]);
    expect(
      await b.rows(
        "UPDATE t SET v = v * 2, k = k + N'!' OUTPUT deleted.v, inserted.v, inserted.k WHERE id = 1",
      ),
    ).toEqual([["7", "14", "a!"]]);
    expect(await b.rows("DELETE t OUTPUT deleted.id WHERE v IS NULL")).toEqual([["3"]]);
    expect(
      await b.rows(
        "DECLARE @out TABLE (id int); DELETE TOP (1) t OUTPUT deleted.id INTO @out; SELECT COUNT(*) FROM @out",
      ),
    ).toEqual([["1"]]);
  });

  it("through a common table expression, with order and row numbers", async () => {
    await b.run("INSERT t (k, v) VALUES (N'a', 1), (N'b', 1), (N'c', 2)");
    expect(
      await b.rows(
        "WITH x AS (SELECT TOP (1) * FROM t ORDER BY id DESC) UPDATE x SET v = 50 OUTPUT inserted.k",
      ),
    ).toEqual([["c"]]);
    expect(
      await b.rows(
        "WITH d AS (SELECT *, ROW_NUMBER() OVER (PARTITION BY v ORDER BY id) AS n FROM t) DELETE FROM d OUTPUT deleted.k WHERE n > 1",
      ),
    ).toEqual([["b"]]);
  });

  it("from joined tables", async () => {
    await b.run(
      "INSERT t (k, v) VALUES (N'a', 1), (N'b', 2); CREATE TABLE u (k nvarchar(5), w int); INSERT u VALUES (N'A', 10), (N'A', 10)",
    );
    expect((await b.run("UPDATE x SET v = x.v + u.w FROM t AS x JOIN u ON u.k = x.k")).counts).toEqual([1]);
    expect((await b.run("DELETE t FROM t LEFT JOIN u ON u.k = t.k WHERE u.k IS NULL")).counts).toEqual([1]);
    expect(await b.rows("SELECT k, v FROM t")).toEqual([["a", "11"]]);
  });

  it.each([
    ["INSERT t (k) VALUES (N'a'), (N'A')", 2627],
    ["INSERT t (k) VALUES (NULL)", 515],
    ["INSERT t (k, v) VALUES (N'a', 100)", 547],
    ["INSERT t (k) VALUES (N'abcdef')", 2628],
    ["INSERT t (id, k) VALUES (1, N'a')", 544],
    ["INSERT t (k, v) VALUES (N'a', 1.5), (N'b', 'x')", 245],
    ["INSERT t (k, v) VALUES (N'a')", 109],
    ["INSERT t (k) SELECT 1, 2", 121],
    ["INSERT t (k, k) VALUES (1, 2)", 264],
    ["UPDATE t SET id = 1", 8102],
    ["UPDATE t SET nothing = 1", 207],
  ])("%s fails with %i and leaves nothing", async (sql, number) => {
    expect(await b.errors(sql)).toEqual([number]);
    expect(await b.rows("SELECT COUNT(*) FROM t")).toEqual([["0"]]);
  });

  it("keys are checked when all rows are in place", async () => {
    await b.run(
      "CREATE TABLE p (id int PRIMARY KEY); INSERT p VALUES (1), (2), (3); UPDATE p SET id = id + 1",
    );
    expect(await b.rows("SELECT id FROM p")).toEqual([["2"], ["3"], ["4"]]);
    expect(await b.errors("UPDATE p SET id = 4 WHERE id = 2")).toEqual([2627]);
  });

  it("a unique filtered index counts only its rows", async () => {
    await b.run(
      "CREATE TABLE f (a int, b int); CREATE UNIQUE INDEX i ON f (a) WHERE b IS NULL; INSERT f VALUES (1, 1), (1, NULL), (1, 2)",
    );
    expect(await b.errors("INSERT f VALUES (1, NULL)")).toEqual([2601]);
    expect(await b.errors("UPDATE f SET b = NULL WHERE b = 2")).toEqual([2601]);
    expect(await b.errors("UPDATE f SET b = 0 WHERE b IS NULL; INSERT f VALUES (1, NULL)")).toEqual([]);
  });

  it("foreign keys hold in both directions, and cascade", async () => {
    await b.run(
      "CREATE TABLE p (id int PRIMARY KEY); CREATE TABLE c (id int REFERENCES p (id)); CREATE TABLE d (id int REFERENCES p ON DELETE CASCADE); INSERT p VALUES (1), (2)",
    );
    expect(await b.errors("INSERT c VALUES (3)")).toEqual([547]);
    expect(await b.errors("INSERT c VALUES (1), (NULL); INSERT d VALUES (2), (2)")).toEqual([]);
    expect(await b.errors("DELETE p WHERE id = 1")).toEqual([547]);
    expect(await b.errors("UPDATE p SET id = 9 WHERE id = 1")).toEqual([547]);
    expect(await b.rows("DELETE p WHERE id = 2; SELECT COUNT(*) FROM d")).toEqual([["0"]]);
    expect(await b.errors("DROP TABLE p")).toEqual([3726]);
  });
});

describe("errors and transactions", () => {
  beforeEach(async () => {
    await b.run("CREATE TABLE t (id int PRIMARY KEY)");
  });
  const ids = async (): Promise<string> => (await b.rows("SELECT id FROM t ORDER BY id")).flat().join();

  it("XACT_ABORT OFF: a constraint's error undoes its statement, and the batch goes on", async () => {
    expect(
      await b.errors(
        "BEGIN TRAN; INSERT t VALUES (1); INSERT t VALUES (2), (1); INSERT t VALUES (3); COMMIT",
      ),
    ).toEqual([2627]);
    expect(await ids()).toBe("1,3");
  });

  it("XACT_ABORT ON: the transaction and the batch end", async () => {
    expect(
      await b.errors(
        "SET XACT_ABORT ON; BEGIN TRAN; INSERT t VALUES (1); INSERT t VALUES (1); INSERT t VALUES (3); COMMIT",
      ),
    ).toEqual([2627]);
    expect(await ids()).toBe("");
    expect(b.session.trancount).toBe(0);
  });

  it("a failed conversion ends the transaction in any case", async () => {
    expect(await b.errors("BEGIN TRAN; INSERT t VALUES (1); INSERT t VALUES ('x'); COMMIT")).toEqual([245]);
    expect(await ids()).toBe("");
  });

  it("THROW ends the batch and leaves the transaction open; RAISERROR only tells", async () => {
    expect(
      await b.errors(
        "BEGIN TRAN; INSERT t VALUES (1); RAISERROR('a %s %d', 16, 1, 'b', 5); INSERT t VALUES (2); THROW 50001, 'x', 1; INSERT t VALUES (3)",
      ),
    ).toEqual([50000, 50001]);
    expect(b.session.trancount).toBe(1);
    expect(await b.rows("COMMIT; SELECT COUNT(*) FROM t")).toEqual([["2"]]);
  });

  it("TRY and CATCH, and what ERROR_ functions say", async () => {
    expect(
      await b.rows(
        "BEGIN TRY INSERT t VALUES (1), (1) END TRY BEGIN CATCH SELECT ERROR_NUMBER(), ERROR_SEVERITY(), XACT_STATE(), ERROR_LINE() END CATCH",
      ),
    ).toEqual([["2627", "14", "0", "1"]]);
    expect(
      await b.rows(
        "BEGIN TRY EXEC('SELECT * FROM nothing') END TRY BEGIN CATCH SELECT ERROR_NUMBER() END CATCH",
      ),
    ).toEqual([["208"]]);
    expect(await b.errors("BEGIN TRY SELECT * FROM nothing END TRY BEGIN CATCH SELECT 1 END CATCH")).toEqual([
      208,
    ]);
    expect(await b.errors("BEGIN TRY THROW 50005, 'a', 7 END TRY BEGIN CATCH THROW END CATCH")).toEqual([
      50005,
    ]);
  });

  it("under XACT_ABORT a caught error leaves a transaction that can only be rolled back", async () => {
    const sql = (end: string): string =>
      `SET XACT_ABORT ON; BEGIN TRAN; INSERT t VALUES (1); BEGIN TRY INSERT t VALUES (1) END TRY BEGIN CATCH SELECT XACT_STATE(); ${end} END CATCH`;
    expect((await b.run(sql("ROLLBACK"))).results).toEqual([[["-1"]]]);
    expect(await b.errors(sql("COMMIT"))).toEqual([3930]);
    expect(b.session.trancount).toBe(0);
    expect(await b.errors(sql("SELECT 1"))).toEqual([3998]);
    expect(await ids()).toBe("");
  });

  it("without XACT_ABORT it may go on", async () => {
    expect(
      await b.rows(
        "BEGIN TRAN; INSERT t VALUES (1); BEGIN TRY INSERT t VALUES (1) END TRY BEGIN CATCH SELECT XACT_STATE(); COMMIT END CATCH",
      ),
    ).toEqual([["1"]]);
    expect(await ids()).toBe("1");
  });

  it("an error that ends an inner batch ends the one around it, unless it is a name's", async () => {
    const around = (inner: string): string => `BEGIN TRAN; EXEC (N'${inner}'); INSERT t VALUES (9)`;
    await b.run("INSERT t VALUES (1)");
    expect(await b.errors(`SET XACT_ABORT ON; ${around("INSERT t VALUES (1)")}`)).toEqual([2627]);
    expect(b.session.trancount).toBe(0);
    expect(await b.errors("EXEC (N'THROW 50001, N''x'', 1'); INSERT t VALUES (8)")).toEqual([50001]);
    expect(await ids()).toBe("1");
    expect(await b.errors(`SET XACT_ABORT OFF; ${around("SELECT * FROM nothing")}; COMMIT`)).toEqual([208]);
    expect(await ids()).toBe("1,9");
  });

  it("savepoints, nesting and counts", async () => {
    expect(
      await b.errors(
        "BEGIN TRAN; INSERT t VALUES (1); SAVE TRAN s; INSERT t VALUES (2); ROLLBACK TRAN s; INSERT t VALUES (3); COMMIT",
      ),
    ).toEqual([]);
    expect(await ids()).toBe("1,3");
    expect(await b.rows("BEGIN TRAN; BEGIN TRAN; COMMIT; SELECT @@TRANCOUNT; ROLLBACK")).toEqual([["1"]]);
    expect(await b.errors("COMMIT")).toEqual([3902]);
    expect(await b.errors("ROLLBACK")).toEqual([3903]);
    expect(await b.errors("BEGIN TRAN; ROLLBACK TRAN nothing")).toEqual([6401]);
    expect(b.session.trancount).toBe(1);
  });

  it("definitions are undone, too", async () => {
    await b.run(
      "BEGIN TRAN; CREATE TABLE u (id int); INSERT u VALUES (1); ALTER TABLE t ADD v int NULL; DROP TABLE t; ROLLBACK",
    );
    expect(await b.rows("SELECT OBJECT_ID('u'), COL_LENGTH('t', 'v'), COUNT(*) FROM t")).toEqual([
      ["NULL", "NULL", "0"],
    ]);
  });

  it("control of flow", async () => {
    expect(
      await b.rows(
        "DECLARE @i int = 0, @s varchar(20) = ''; WHILE 1 = 1 BEGIN SET @i += 1; IF @i = 2 CONTINUE; IF @i > 4 BREAK; SET @s += CAST(@i AS varchar(2)) END; SELECT @s, @i",
      ),
    ).toEqual([["134", "5"]]);
    expect((await b.run("SELECT 1; RETURN; SELECT 2")).results).toHaveLength(1);
    expect(
      await b.rows(
        "DECLARE @o int; EXEC sp_executesql N'SET @x = @y * 2', N'@x int OUTPUT, @y int', @x = @o OUTPUT, @y = 21; SELECT @o",
      ),
    ).toEqual([["42"]]);
    expect((await b.run("SELECT 1 / 0; SELECT @@ERROR")).results.at(-1)).toEqual([["8134"]]);
  });

  it("temporary tables and table variables", async () => {
    expect(
      await b.rows(
        "CREATE TABLE #x (i int PRIMARY KEY); INSERT #x VALUES (1), (2); DECLARE @t TABLE (i int); INSERT @t SELECT i FROM #x; SELECT COUNT(*) FROM @t AS a JOIN #x AS b ON a.i = b.i; DROP TABLE #x",
      ),
    ).toEqual([["2"]]);
  });
});

describe("users and permissions are kept", () => {
  it("as the deployment writes them, twice", async () => {
    const script =
      "IF DATABASE_PRINCIPAL_ID('app') IS NULL CREATE USER app FROM EXTERNAL PROVIDER; ALTER ROLE db_datareader ADD MEMBER app; GRANT EXECUTE TO app";
    expect(await b.errors(script)).toEqual([]);
    expect(await b.errors(script)).toEqual([]);
    expect(await b.errors("CREATE USER app WITHOUT LOGIN")).toEqual([15023]);
    expect(await b.rows("SELECT name FROM sys.database_principals")).toEqual([["app"]]);
  });
});
