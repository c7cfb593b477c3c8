import mssql from "mssql";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type SqlEvent, type SqlServer, startSql } from "./index.ts";

/** The unmodified `mssql`: types both ways, its transactions, prepared statements, counters. */

let server: SqlServer;
let pool: mssql.ConnectionPool;
const events: SqlEvent[] = [];
beforeAll(async () => {
  server = await startSql({ onEvent: (event) => events.push(event) });
  pool = await new mssql.ConnectionPool({
    ...server.config,
    validateConnection: "socket",
  } as mssql.config).connect();
});
afterAll(async () => {
  await pool.close();
  await server.close();
});

const one = async (
  text: string,
  ...inputs: [string, mssql.ISqlType | (() => mssql.ISqlType), unknown][]
): Promise<unknown> => {
  const request = pool.request();
  for (const [name, type, value] of inputs) request.input(name, type, value);
  return (await request.query(text)).recordset[0];
};

describe("values", () => {
  const date = new Date("2026-11-24T06:51:20.123Z");
  it.each<[string, mssql.ISqlType | (() => mssql.ISqlType), unknown, unknown?]>([
    ["int", mssql.Int, -2_147_483_648],
    ["bigint", mssql.BigInt, 9_223_372_036_854_775_807n, "9223372036854775807"],
    ["smallint", mssql.SmallInt, -32_768],
    ["tinyint", mssql.TinyInt, 255],
    ["bit", mssql.Bit, true],
    ["decimal(38,10)", mssql.Decimal(20, 4), 1234.5678],
    ["money", mssql.Money, -12.34],
    ["float", mssql.Float, 0.1],
    ["real", mssql.Real, 0.5],
    ["nvarchar(10)", mssql.NVarChar(10), "pieróg ł"],
    ["nvarchar(max)", mssql.NVarChar(mssql.MAX), "ł".repeat(100_000)],
    ["varchar(10)", mssql.VarChar(10), "é€"],
    ["char(3)", mssql.Char(3), "ab", "ab "],
    ["varbinary(max)", mssql.VarBinary(mssql.MAX), Buffer.from([0, 255, 1])],
    ["uniqueidentifier", mssql.UniqueIdentifier, "0F8FAD5B-D9CB-469F-A165-70867728950E"],
    ["datetime2(7)", mssql.DateTime2(7), date],
    ["datetime2(3)", mssql.DateTime2(3), new Date("0001-01-01T00:00:00.000Z")],
    ["datetime", mssql.DateTime, date],
    ["smalldatetime", mssql.SmallDateTime, new Date("2026-11-24T06:51:00Z")],
    ["datetimeoffset(7)", mssql.DateTimeOffset(7), date],
    ["date", mssql.Date, new Date("1582-10-15T00:00:00Z")],
    ["time(3)", mssql.Time(3), new Date("1970-01-01T23:59:59.999Z")],
    ["int", mssql.Int, null],
    ["decimal(5,2)", mssql.Decimal(5, 2), null],
    ["nvarchar(max)", mssql.NVarChar(mssql.MAX), null],
    ["datetime2(7)", mssql.DateTime2(7), null],
  ])("%s %#", async (declared, type, value, expected = value) => {
    expect(
      await one(`DECLARE @t TABLE (v ${declared}); INSERT @t VALUES (@v); SELECT v FROM @t`, [
        "v",
        type,
        value,
      ]),
    ).toEqual({ v: expected });
  });

  it("metadata tells true types", async () => {
    const { recordset } = await pool
      .request()
      .query(
        "CREATE TABLE meta (i int IDENTITY NOT NULL, d decimal(9, 2) NULL, n nvarchar(20) NOT NULL, m varchar(max), t datetime2(3)); SELECT * FROM meta",
      );
    expect(recordset.columns).toMatchObject({
      i: { type: mssql.Int, nullable: false, identity: true },
      d: { type: mssql.Numeric, precision: 9, scale: 2, nullable: true },
      n: { type: mssql.NVarChar, length: 40, nullable: false },
      m: { type: mssql.VarChar, length: 65_535 },
      t: { type: mssql.DateTime2, scale: 3 },
    });
  });
});

describe("an exactly-once commit", () => {
  const COMMIT = `
    SET NOCOUNT ON; SET XACT_ABORT ON;
    BEGIN TRAN;
    INSERT eo.Inbox (LogicalId, CreatedAt, Outcome) VALUES (@id, @createdAt, N'done');
    UPDATE eo.State SET Body = @body, Version = Version + 1 WHERE Id = @key AND Version = @version;
    IF @@ROWCOUNT = 0 THROW 50001, 'version conflict', 1;
    INSERT eo.Outbox (Id, Seq, Body)
      SELECT id, CAST([key] AS int), body FROM (SELECT j.[key], o.id, o.body FROM OPENJSON(@outbox) AS j
        CROSS APPLY OPENJSON(j.value) WITH (id uniqueidentifier '$.id', body nvarchar(max) '$.body' AS JSON) AS o) AS x;
    IF SYSUTCDATETIME() >= DATEADD(DAY, 7, @createdAt) THROW 50002, 'deadline', 1;
    COMMIT;`;
  const ID = "6F9619FF-8B86-D011-B42D-00C04FC964FF";

  const commit = (id: string, version: number, createdAt = new Date()): Promise<unknown> =>
    pool
      .request()
      .input("id", mssql.UniqueIdentifier, id)
      .input("createdAt", mssql.DateTime2(7), createdAt)
      .input("body", mssql.NVarChar(mssql.MAX), '{"items":1}')
      .input("key", mssql.NVarChar(100), "ORDER-1")
      .input("version", mssql.BigInt, version)
      .input(
        "outbox",
        mssql.NVarChar(mssql.MAX),
        JSON.stringify([{ id: "11111111-2222-3333-4444-555555555555", body: { n: 12345678901 } }]),
      )
      .query(COMMIT);

  beforeAll(async () => {
    await pool.request().batch("IF SCHEMA_ID('eo') IS NULL EXEC('CREATE SCHEMA eo')");
    for (let i = 0; i < 2; i++)
      await pool.request().batch(`
        IF OBJECT_ID(N'eo.State', N'U') IS NULL
          CREATE TABLE eo.State (Id nvarchar(100) NOT NULL CONSTRAINT PK_State PRIMARY KEY, Version bigint NOT NULL, Body nvarchar(max) NOT NULL);
        IF OBJECT_ID(N'eo.Inbox', N'U') IS NULL
        BEGIN
          CREATE TABLE eo.Inbox (LogicalId uniqueidentifier NOT NULL CONSTRAINT PK_Inbox PRIMARY KEY, CreatedAt datetime2(7) NOT NULL,
            Outcome nvarchar(20) NOT NULL, CommittedAt datetime2(7) NOT NULL CONSTRAINT DF_Inbox DEFAULT SYSUTCDATETIME());
          CREATE INDEX IX_Inbox ON eo.Inbox (CommittedAt) INCLUDE (CreatedAt);
        END
        IF OBJECT_ID(N'eo.Outbox', N'U') IS NULL
          CREATE TABLE eo.Outbox (Id uniqueidentifier NOT NULL PRIMARY KEY, Seq int NOT NULL, Body nvarchar(max) NOT NULL, SentAt datetime2(3) NULL);
        IF NOT EXISTS (SELECT 1 FROM sys.indexes WHERE name = N'IX_Outbox' AND object_id = OBJECT_ID(N'eo.Outbox'))
          CREATE INDEX IX_Outbox ON eo.Outbox (Seq) INCLUDE (Body) WHERE SentAt IS NULL;
        IF NOT EXISTS (SELECT * FROM eo.State) INSERT eo.State VALUES (N'order-1', 1, N'{}');`);
  });

  it("is one request, and all of it or nothing", async () => {
    const before = { ...server.requests };
    await commit(ID, 1);
    expect(server.requests).toEqual({ ...before, rpc: before.rpc + 1 });
    await expect(commit(ID, 2)).rejects.toMatchObject({ number: 2627 });
    await expect(commit("00000000-0000-0000-0000-000000000001", 1)).rejects.toMatchObject({
      number: 50001,
      message: "version conflict",
    });
    await expect(commit("00000000-0000-0000-0000-000000000002", 2, new Date(0))).rejects.toMatchObject({
      number: 2627,
    });
    await pool.request().query("DELETE eo.Outbox");
    await expect(commit("00000000-0000-0000-0000-000000000002", 2, new Date(0))).rejects.toMatchObject({
      number: 50002,
    });
    expect(
      await one(
        "SELECT @@TRANCOUNT AS t, (SELECT COUNT(*) FROM eo.Inbox) AS inbox, (SELECT Version FROM eo.State) AS version, (SELECT COUNT(*) FROM eo.Outbox) AS outbox",
      ),
    ).toEqual({
      t: 0,
      inbox: 1,
      version: "2",
      outbox: 0,
    });
  });

  it("sweeps and cleans up in batches", async () => {
    await pool
      .request()
      .query("INSERT eo.Outbox (Id, Seq, Body) SELECT NEWID(), value, N'{}' FROM GENERATE_SERIES(1, 10)");
    const taken = await pool
      .request()
      .input("n", mssql.Int, 3)
      .query(
        "SELECT TOP (@n) Id, Seq FROM eo.Outbox WITH (UPDLOCK, READPAST, ROWLOCK) WHERE SentAt IS NULL ORDER BY Seq",
      );
    expect(taken.recordset.map((row: { Seq: number }) => row.Seq)).toEqual([1, 2, 3]);
    const ids = JSON.stringify(taken.recordset.map((row: { Id: string }) => row.Id));
    const removed = await pool
      .request()
      .input("ids", mssql.NVarChar(mssql.MAX), ids)
      .query("DELETE FROM eo.Outbox OUTPUT deleted.Seq WHERE Id IN (SELECT value FROM OPENJSON(@ids))");
    expect(removed.rowsAffected).toEqual([3]);
    const rest = await pool
      .request()
      .query(
        "DELETE TOP (5) FROM eo.Outbox OUTPUT deleted.* WHERE SentAt IS NULL; DELETE TOP (5) FROM eo.Outbox WHERE SentAt IS NULL",
      );
    expect(rest.rowsAffected).toEqual([5, 2]);
  });
});

describe("the driver's ways", () => {
  it("connects by the connection string; a client that insists on encryption does not connect", async () => {
    const other = await new mssql.ConnectionPool(server.connectionString).connect();
    expect((await other.request().query("SELECT DB_NAME() AS name")).recordset).toEqual([
      { name: "pierogi" },
    ]);
    await other.close();
    const encrypted = { ...server.config, options: { encrypt: true, trustServerCertificate: true } };
    await expect(new mssql.ConnectionPool(encrypted).connect()).rejects.toThrow(/encrypt/);
  });

  it("transactions commit, roll back, and say when the server has ended them", async () => {
    await pool.request().batch("CREATE TABLE tx (id int PRIMARY KEY)");
    const committed = new mssql.Transaction(pool);
    await committed.begin(mssql.ISOLATION_LEVEL.SNAPSHOT);
    await committed.request().query("INSERT tx VALUES (1)");
    await committed.commit();
    const rolledBack = new mssql.Transaction(pool);
    await rolledBack.begin();
    await rolledBack.request().query("INSERT tx VALUES (2)");
    await rolledBack.rollback();
    const ended = new mssql.Transaction(pool);
    await ended.begin();
    await expect(ended.request().query("SET XACT_ABORT ON; INSERT tx VALUES (1)")).rejects.toMatchObject({
      number: 2627,
    });
    await expect(ended.rollback()).rejects.toMatchObject({ code: "EABORT" });
    expect(await one("SELECT COUNT(*) AS n, MAX(id) AS id FROM tx")).toEqual({ n: 1, id: 1 });
  });

  it("prepared statements", async () => {
    const statement = new mssql.PreparedStatement(pool);
    statement.input("a", mssql.Int);
    statement.input("b", mssql.NVarChar(10));
    await statement.prepare("SELECT @a + 1 AS a, @b + N'!' AS b");
    expect((await statement.execute({ a: 1, b: "x" })).recordset).toEqual([{ a: 2, b: "x!" }]);
    expect((await statement.execute({ a: 41, b: null })).recordset).toEqual([{ a: 42, b: null }]);
    await statement.unprepare();
  });

  it("output parameters, several results, messages and rows affected", async () => {
    const request = pool.request();
    const messages: string[] = [];
    request.on("info", (info: { message: string }) => messages.push(info.message));
    request.output("o", mssql.Decimal(10, 3));
    const result = await request.query(
      "PRINT N'hello'; SELECT 1 AS a WHERE 1 = 0; SELECT 2 AS b; SET @o = 1.2345; DECLARE @t TABLE (i int); INSERT @t VALUES (1), (2); DELETE @t",
    );
    expect(result.recordsets).toEqual([[], [{ b: 2 }]]);
    expect(result.rowsAffected).toEqual([0, 1, 2, 2]);
    expect(result.output).toEqual({ o: 1.235 });
    expect(messages).toContain("hello");
  });

  it("a time-out is told as one, and the connection is used on", async () => {
    const small = await new mssql.ConnectionPool({
      ...server.config,
      requestTimeout: 50,
      pool: { max: 1 },
    }).connect();
    await expect(small.request().query("WAITFOR DELAY '00:01:00'")).rejects.toMatchObject({
      code: "ETIMEOUT",
    });
    expect((await small.request().query("SELECT 1 AS one")).recordset).toEqual([{ one: 1 }]);
    await small.close();
  });

  it("a cancel ends a loop that computes", async () => {
    const request = pool.request();
    const running = request.query("DECLARE @i int = 0; WHILE 1 = 1 SET @i = (@i + 1) % 1000");
    const seen = server.requests.rpc;
    while (server.requests.rpc === seen) await new Promise((resolve) => setImmediate(resolve));
    request.cancel();
    await expect(running).rejects.toMatchObject({ code: "ECANCEL" });
  });

  it("a cancel under XACT_ABORT rolls back, though the option ends with the request", async () => {
    await pool.request().batch("CREATE TABLE gone (id int)");
    const request = pool.request();
    const running = request.query(
      "SET XACT_ABORT ON; BEGIN TRAN; INSERT gone VALUES (1); WAITFOR DELAY '00:01:00'; COMMIT",
    );
    const seen = server.counts().locks;
    while (server.counts().locks === seen) await new Promise((resolve) => setImmediate(resolve));
    request.cancel();
    await expect(running).rejects.toMatchObject({ code: "ECANCEL" });
    expect(await one("SELECT @@TRANCOUNT AS t, (SELECT COUNT(*) FROM gone WITH (UPDLOCK)) AS n")).toEqual({
      t: 0,
      n: 0,
    });
    expect(server.counts()).toMatchObject({ locks: 0, waiting: 0 });
  });

  it("BEGIN TRAN left open by query() is told as 266", async () => {
    const small = await new mssql.ConnectionPool({ ...server.config, pool: { max: 1 } }).connect();
    await expect(small.request().query("BEGIN TRAN")).rejects.toMatchObject({ number: 266 });
    await small.close();
  });

  it("errors tell number, severity, state and line", async () => {
    await expect(pool.request().query("SELECT 1;\nSELECT nothing FROM tx")).rejects.toMatchObject({
      number: 207,
      class: 16,
      lineNumber: 2,
      message: "Invalid column name 'nothing'.",
    });
    await expect(pool.request().query("SELEC 1")).rejects.toMatchObject({ number: 102, class: 15 });
    await expect(
      pool.request().query("MERGE tx USING tx AS s ON 1 = 1 WHEN MATCHED THEN DELETE;"),
    ).rejects.toMatchObject({
      number: 40517,
      message: expect.stringMatching(/MERGE.*official container/s),
    });
    const table = new mssql.Table("tx");
    table.columns.add("id", mssql.Int, { nullable: false });
    table.rows.add(5);
    await expect(pool.request().bulk(table)).rejects.toMatchObject({
      message: expect.stringMatching(/bulk/i),
    });
  });

  it("events tell what happened", () => {
    const types = new Set(events.map(({ type }) => type));
    expect([...types]).toEqual(
      expect.arrayContaining(["login", "request", "changed", "transaction", "error"]),
    );
  });
});
