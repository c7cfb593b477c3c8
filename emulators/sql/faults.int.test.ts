import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import mssql from "mssql";
import { afterEach, beforeEach, describe, expect, it, onTestFinished } from "vitest";
import { during, type FromServer, plan, type RuleInput, type ToServer } from "../faults/index.ts";
import { type SqlConfig, type SqlServer, startSql } from "./index.ts";

const TRANSACTION = "BEGIN TRANSACTION; INSERT t VALUES (@id, N'x'); COMMIT";

let server: SqlServer;
let pool: mssql.ConnectionPool;
let told: FromServer[];
/** Says something to the server as its parent would. */
let say: (message: ToServer) => void;

beforeEach(async () => {
  told = [];
  server = await startSql({
    faults: {
      tell: (message) => void told.push(message),
      onMessage(handle) {
        say = handle;
      },
    },
  });
  pool = await connect(server.config);
  await pool.request().query("CREATE TABLE t (id nvarchar(20) PRIMARY KEY, text nvarchar(20))");
});
afterEach(async () => {
  await pool.close();
  await server.close();
});

/** The pool's own `SELECT 1` would be a statement, too. */
const connect = (config: SqlConfig, max = 10): Promise<mssql.ConnectionPool> =>
  new mssql.ConnectionPool({
    ...config,
    pool: { max },
    validateConnection: "socket",
  } as mssql.config).connect();

const strike = (...rules: readonly RuleInput[]) => server.faults.setPlan(plan(1, ...rules));
const fired = () => told.flatMap((message) => (message.tell === "fired" ? [message.firing] : []));
const run = (text: string, id = "1") => pool.request().input("id", mssql.NVarChar, id).query(text);
const insert = (id = "1") => run("INSERT t VALUES (@id, N'x')", id);
const ids = async () =>
  (await pool.request().query("SELECT id FROM t ORDER BY id")).recordset.map(({ id }) => id);

describe("a refusal", () => {
  it.each([
    [1205, 13],
    [1222, 16],
    [3960, 16],
    [2627, 14],
    [2601, 14],
    [40197, 17],
    [40613, 17],
    [49918, 16],
  ] as const)("%i has the severity %i, and nothing is applied", async (number, severity) => {
    strike(during("sql", "statement").of("t").refuse(number));
    await expect(insert()).rejects.toMatchObject({ number, class: severity });
    expect(await ids()).toEqual([]);
  });

  it.each([10928, 10929, 40501] as const)("%i ends the connection, too", async (number) => {
    strike(during("sql", "statement").of("t").refuse(number));
    await expect(insert()).rejects.toMatchObject({ number, class: 20 });
    await expect(insert()).rejects.toMatchObject({ code: "ECONNRESET" });
    expect(await ids()).toEqual([]);
  });

  it("1205 rolls the transaction back, 1222 does not", async () => {
    const transaction = pool.transaction();
    await transaction.begin();
    const inside = (id: string) => transaction.request().query(`INSERT t VALUES (N'${id}', N'x')`);
    await inside("1");
    strike(during("sql", "statement").of("t").refuse(1222));
    await expect(inside("2")).rejects.toMatchObject({ number: 1222 });
    await inside("3");
    await transaction.commit();
    expect(await ids()).toEqual(["1", "3"]);
    const victim = pool.transaction();
    victim.on("error", () => {});
    await victim.begin();
    await victim.request().query("INSERT t VALUES (N'4', N'x')");
    strike(during("sql", "statement").of("t").refuse(1205));
    await expect(victim.request().query("DELETE t")).rejects.toMatchObject({ number: 1205 });
    await victim.rollback().catch(() => {});
    expect(await ids()).toEqual(["1", "3"]);
    expect(server.counts().locks).toBe(0);
  });

  it("with the connection's end ends the transaction, too", async () => {
    strike(during("sql", "statement").of("t").from(2).refuse(40501));
    const transaction = pool.transaction();
    transaction.on("error", () => {});
    await transaction.begin();
    await transaction.request().query("INSERT t VALUES (N'1', N'x')");
    await expect(transaction.request().query("DELETE t")).rejects.toMatchObject({ number: 40501 });
    expect(server.counts().locks).toBe(0);
    await expect(transaction.request().query("SELECT 1")).rejects.toMatchObject({ code: "ECONNRESET" });
    await transaction.rollback().catch(() => {});
    await insert();
  });

  it.each(["connect", "login"] as const)(
    "of a %s is one of the login, after which the driver may come again",
    async (operation) => {
      strike(during("sql", operation).refuse(49918));
      await expect(connect(server.config)).rejects.toMatchObject({
        message: expect.stringContaining("Not enough resources"),
      });
      strike(during("sql", operation).refuse(40613));
      await (await connect(server.config)).close();
      expect(fired()).toHaveLength(2);
    },
  );
});

describe("a lost request or answer", () => {
  it.each([
    [
      "a commit by the client's transaction",
      async () => {
        const transaction = pool.transaction();
        transaction.on("error", () => {});
        await transaction.begin();
        await transaction.request().query("INSERT t VALUES (N'1', N'x')");
        await transaction.commit();
      },
    ],
    ["a batch that commits", () => run(TRANSACTION)],
    [
      "a batch that commits in a TRY",
      () => run(`BEGIN TRY ${TRANSACTION} END TRY BEGIN CATCH THROW; END CATCH`),
    ],
  ])("of %s: the client does not know which", async (_, commit) => {
    strike(during("sql", "commit").loseRequest());
    await expect(commit()).rejects.toThrow();
    expect(await ids()).toEqual([]);
    strike(during("sql", "commit").loseAnswer());
    await expect(commit()).rejects.toThrow();
    expect(await ids()).toEqual(["1"]);
  });

  it("of a statement, a login and a connection are a connection that ends", async () => {
    strike(during("sql", "statement").of("t").loseAnswer());
    await expect(insert()).rejects.toThrow();
    expect(await ids()).toEqual(["1"]);
    for (const operation of ["connect", "login"] as const) {
      strike(during("sql", operation).loseAnswer());
      await expect(connect(server.config)).rejects.toThrow();
    }
    expect(fired()).toHaveLength(3);
  });

  it("leaves no lock behind", async () => {
    const transaction = pool.transaction();
    transaction.on("error", () => {});
    await transaction.begin();
    await transaction.request().query("INSERT t VALUES (N'1', N'x')");
    strike(during("sql", "statement").of("t").loseRequest());
    await expect(transaction.request().query("DELETE t")).rejects.toThrow();
    await transaction.rollback().catch(() => {});
    await expect.poll(() => server.counts().locks).toBe(0);
    expect(await ids()).toEqual([]);
  });
});

describe("a statement", () => {
  it("is applied twice, and the client hears the second answer", async () => {
    strike(during("sql", "statement").of("t").applyTwice());
    await expect(insert()).rejects.toMatchObject({ number: 2627 });
    expect(await ids()).toEqual(["1"]);
  });

  it("comes late", async () => {
    strike(during("sql", "statement").of("t").delay(100));
    const began = Date.now();
    await insert();
    expect(Date.now() - began).toBeGreaterThanOrEqual(99);
  });

  it("is held until another transaction has committed", async () => {
    strike(during("sql", "statement").of("t").holdUntil(during("sql", "commit")));
    const held = insert("late");
    await expect.poll(fired).toHaveLength(1);
    await run(TRANSACTION, "early");
    expect(await ids()).toContain("early");
    await held;
    expect(await ids()).toEqual(["early", "late"]);
  });

  it("lets the next one on the same table pass", async () => {
    const order: string[] = [];
    strike(during("sql", "statement").of("t").letTheNextPass());
    const first = insert("first").then(() => order.push("first"));
    await expect.poll(fired).toHaveLength(1);
    await insert("second").then(() => order.push("second"));
    await first;
    expect(order).toEqual(["second", "first"]);
  });
});

describe("a cut", () => {
  it("ends all connections, and new ones are made", async () => {
    const other = await connect(server.config);
    onTestFinished(() => other.close());
    expect(server.counts().connections).toBe(2);
    strike(during("sql", "statement").of("t").cutAllConnections());
    await expect(insert()).rejects.toThrow();
    await expect.poll(() => server.counts().connections).toBe(0);
    await insert();
  });
});

describe("the clock", () => {
  it("goes ahead by a rule, and back by the parent, on a connection that goes on", async () => {
    const ahead = async (): Promise<number> => {
      const { recordset } = await pool.request().query("SELECT SYSUTCDATETIME() AS now");
      return Math.abs(Math.round(((recordset[0].now as Date).getTime() - Date.now()) / 60_000));
    };
    const logins = server.requests.login;
    strike(during("sql", "statement").moveClock(3 * 3_600_000));
    expect(await ahead()).toBe(180);
    say({ type: "faults", tell: "clock", id: 1, ahead: 0 });
    expect(await ahead()).toBe(0);
    expect(server.requests.login).toBe(logins);
  });
});

describe("a rule", () => {
  it("matches by table, a parameter's value and a parameter by its name", async () => {
    strike(
      during("sql", "statement").of("t").about("2").delay(0),
      during("sql", "statement").with({ id: "3" }).delay(0),
    );
    for (const id of ["1", "2", "3"]) await insert(id);
    expect(fired()).toMatchObject([
      { kind: "delay", point: { operation: "statement", entity: "t", aggregate: "2" } },
      { kind: "delay", point: { operation: "statement", entity: "t" } },
    ]);
  });
});

describe("what another process must do", () => {
  it("is asked of the parent, and afterwards the client has no answer", async () => {
    strike(during("sql", "commit").killWorker("after"));
    const committing = expect(run(TRANSACTION)).rejects.toThrow();
    await expect.poll(() => told.at(-1)).toMatchObject({ tell: "asked", request: { do: "killWorker" } });
    say({ type: "faults", tell: "answer", id: 1 });
    await committing;
    expect(await ids()).toEqual(["1"]);
  });

  it("is done by the server itself if it has no parent: what was committed is there after a kill -9", async () => {
    const folder = await mkdtemp(join(tmpdir(), "pierogi-sql-"));
    onTestFinished(() => rm(folder, { recursive: true, force: true, maxRetries: 10 }));
    const faults = join(folder, "faults.json");
    await writeFile(faults, JSON.stringify(plan(1, during("sql", "commit").killServer("after"))));
    const child = spawn(
      process.execPath,
      [join(import.meta.dirname, "main.ts"), "--faults", faults, "--data", folder, "--port", "0"],
      { stdio: ["ignore", "pipe", "inherit"] },
    );
    onTestFinished(() => void child.kill("SIGKILL"));
    const [line] = (await once(createInterface({ input: child.stdout }), "line")) as [string];
    const { port } = JSON.parse(line.replace("ready ", "")) as { port: number };
    const client = await connect({ ...server.config, port });
    await client.request().query("CREATE TABLE t (id int PRIMARY KEY)");
    const ended = once(child, "exit");
    await expect(client.request().query("BEGIN TRANSACTION; INSERT t VALUES (1); COMMIT")).rejects.toThrow();
    expect(await ended).toEqual([null, "SIGKILL"]);
    await client.close();
    const again = await startSql({ dataFolder: folder });
    onTestFinished(() => again.close());
    const after = await connect(again.config);
    expect((await after.request().query("SELECT id FROM t")).recordset).toEqual([{ id: 1 }]);
    await after.close();
  });
});

describe("a stop", () => {
  it("does not wait for what is held", async () => {
    strike(
      during("sql", "statement").of("t").holdUntil(during("cosmos", "batch")),
      during("sql", "connect").killWorker("before"),
    );
    const held = Promise.allSettled([insert(), connect(server.config)]);
    await expect.poll(fired).toHaveLength(2);
    await server.close();
    await held;
  });
});
