import fc from "fast-check";
import mssql from "mssql";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type SqlEvent, type SqlServer, startSql } from "./index.ts";
import { until } from "./testing/story.ts";
import { attention, batch, login, prelogin, rawConnection, rpc, transaction } from "./testing/tds-client.ts";

/** Bytes of nobody's driver: the server neither stops nor keeps anything of such a connection. */

let server: SqlServer;
const internal: SqlEvent[] = [];
beforeAll(async () => {
  const onEvent = (event: SqlEvent): void =>
    void (event.type === "error" && event.number === 8624 && internal.push(event));
  server = await startSql({ onEvent });
});
afterAll(() => server.close());

const greeting = (): Buffer[] => {
  const { user, password, database } = server.config;
  return [prelogin(), login(user, password, database)];
};

const requests = (): Buffer[] => [
  batch("SELECT 1; BEGIN TRAN; UPDATE fuzz SET n = n + 1; WAITFOR DELAY '00:00:00.001'"),
  rpc("SELECT @p + 1 AS n, N'ł' AS t; INSERT fuzz VALUES (@p)", 5),
  transaction(5),
  transaction(8),
  attention(),
  batch("COMMIT"),
];

type Bend =
  | { readonly kind: "flip"; readonly at: number; readonly to: number }
  | { readonly kind: "cut"; readonly at: number }
  | { readonly kind: "double"; readonly at: number }
  | { readonly kind: "insert"; readonly at: number; readonly bytes: Uint8Array };

const bend = fc.oneof(
  fc.record({ kind: fc.constant("flip" as const), at: fc.nat(), to: fc.integer({ min: 0, max: 255 }) }),
  fc.record({ kind: fc.constant("cut" as const), at: fc.nat() }),
  fc.record({ kind: fc.constant("double" as const), at: fc.nat() }),
  fc.record({
    kind: fc.constant("insert" as const),
    at: fc.nat(),
    bytes: fc.uint8Array({ minLength: 1, maxLength: 8 }),
  }),
);

function bent(message: Buffer, how: Bend): Buffer {
  const at = how.at % Math.max(1, message.length);
  switch (how.kind) {
    case "flip": {
      const copy = Buffer.from(message);
      copy[at] = how.to;
      return copy;
    }
    case "cut":
      return message.subarray(0, at);
    case "double":
      return Buffer.concat([message, message.subarray(at)]);
    default:
      return Buffer.concat([message.subarray(0, at), how.bytes, message.subarray(at)]);
  }
}

const story = fc.record({
  loggedIn: fc.boolean(),
  picks: fc.array(fc.record({ which: fc.nat(), bends: fc.array(bend, { maxLength: 3 }) }), {
    minLength: 1,
    maxLength: 6,
  }),
});

describe("bent messages", () => {
  it("thousands of them neither stop the server nor leak a connection, a lock or a transaction", async () => {
    const pool = await new mssql.ConnectionPool({ ...server.config, pool: { max: 1 } }).connect();
    await pool.request().batch("CREATE TABLE fuzz (n int); INSERT fuzz VALUES (1)");
    const own = server.counts().connections;
    let messages = 0;
    await fc.assert(
      fc.asyncProperty(fc.array(story, { minLength: 8, maxLength: 8 }), async (stories) => {
        await Promise.all(
          stories.map(async ({ loggedIn, picks }) => {
            const { socket, ended } = rawConnection(server);
            const all = loggedIn ? requests() : [...greeting(), ...requests()];
            if (loggedIn) for (const message of greeting()) socket.write(message);
            for (const { which, bends } of picks) {
              messages++;
              const message = all[which % all.length] ?? attention();
              socket.write(bends.reduce(bent, message));
            }
            socket.end();
            await ended;
          }),
        );
      }),
      { numRuns: 100 },
    );
    expect(messages).toBeGreaterThan(2000);
    expect(internal, "internal errors").toEqual([]);
    await until(
      () =>
        server.counts().connections === own && server.counts().locks === 0 && server.counts().waiting === 0,
    );
    const { recordset } = await pool.request().query("SELECT COUNT(*) AS n FROM fuzz WITH (UPDLOCK)");
    expect(recordset[0].n).toBeGreaterThan(0);
    await pool.close();
  });
});

describe("the guard", () => {
  const hangsUp = async (...messages: readonly Buffer[]): Promise<void> => {
    const { socket, ended } = rawConnection(server);
    for (const message of messages) socket.write(message);
    await ended;
  };

  it("hangs up on what is no TDS, on a request before the login, and on a second login", async () => {
    await hangsUp(Buffer.from("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n"));
    await hangsUp(batch("SELECT 1"));
    await hangsUp(...greeting(), ...greeting());
  });

  it("hangs up on a packet that is longer or shorter than a packet can be", async () => {
    await hangsUp(Buffer.from([0x12, 1, 0xff, 0xff, 0, 0, 0, 0]));
    await hangsUp(Buffer.from([0x12, 1, 0, 4, 0, 0, 0, 0]));
  });

  it("hangs up on a message before the login that does not end", async () => {
    const packet = Buffer.concat([Buffer.from([0x12, 0, 0x70, 0x08, 0, 0, 1, 0]), Buffer.alloc(0x7000)]);
    await hangsUp(packet, packet, packet, packet);
  });

  it("refuses a wrong password and an unknown database", async () => {
    const wrong = (change: object) => new mssql.ConnectionPool({ ...server.config, ...change }).connect();
    await expect(wrong({ password: "x" })).rejects.toMatchObject({
      code: "ELOGIN",
      message: "Login failed for user 'sa'.",
    });
    await expect(wrong({ user: "nobody" })).rejects.toMatchObject({ code: "ELOGIN" });
    await expect(
      wrong({ database: "other", options: { encrypt: false, maxRetriesOnTransientErrors: 0 } }),
    ).rejects.toMatchObject({ code: "ELOGIN" });
  });

  it("a connection that is cut rolls its transaction back", async () => {
    const pool = await new mssql.ConnectionPool({ ...server.config, pool: { max: 1 } }).connect();
    await pool.request().batch("CREATE TABLE cut (n int PRIMARY KEY); INSERT cut VALUES (1)");
    const { socket, ended, received } = rawConnection(server);
    for (const message of greeting()) socket.write(message);
    await until(() => received() > 100);
    const before = received();
    socket.write(batch("BEGIN TRAN; UPDATE cut SET n = 2"));
    await until(() => received() > before);
    const update = pool.request().query("UPDATE cut SET n = n + 10 OUTPUT inserted.n");
    await until(() => server.counts().waiting === 1);
    socket.destroy();
    await ended;
    expect((await update).recordset).toEqual([{ n: 11 }]);
    await pool.close();
  });
});
