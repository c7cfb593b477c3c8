import { afterAll, beforeAll, describe, expect, it, onTestFinished } from "vitest";
import { migrate } from "../../../bin/sql/migrations.ts";
import { type SqlServer, startSql } from "../../../emulators/sql/index.ts";
import { age } from "../../../test/support/sql-database.ts";
import type { Aggregate, OutboxItem, Outgoing, Unit } from "../../exactly-once/contracts.ts";
import { TransientError } from "../../exactly-once/errors.ts";
import type { Account } from "../../pierogi/billing.ts";
import { billingTables } from "./billing-tables.ts";
import { type SqlClient, sqlClient } from "./client.ts";
import { toContractError } from "./errors.ts";
import { type SqlStore, sqlStore } from "./sql.ts";
import { jsonState } from "./tables.ts";

/** What this store does beyond the contract's suite, on the embedded server. */

let server: SqlServer;
let client: SqlClient;
let store: SqlStore;
/** Milliseconds by which the server's clock is ahead. */
let ahead = 0;
let aggregates = 0;

const failures: unknown[] = [];
const storeOn = (its: SqlClient): SqlStore =>
  sqlStore({
    client: its,
    tables: { orders: jsonState("orders"), billing: billingTables },
    surroundings: { sleep: () => new Promise(() => {}) },
    failed: (_what, error) => failures.push(error),
  });

beforeAll(async () => {
  server = await startSql({ now: () => Date.now() + ahead });
  client = sqlClient(server);
  await migrate(client);
  store = storeOn(client);
});
afterAll(async () => {
  await client.close();
  await server.close();
});

const newAggregate = (endpoint = "orders"): Aggregate => ({ endpoint, id: `a${aggregates++}` });

const told: Outgoing = {
  id: "o1",
  type: "Told",
  schema: 1,
  createdAt: 1_700_000_000_123,
  destination: "events",
  body: "{}",
};

const unit = (messageId: string, more: Partial<Unit> = {}): Unit => ({
  messageId,
  record: { createdAt: Date.now(), outcome: { status: "accepted" } },
  state: { schema: 1, value: messageId },
  outgoing: [],
  deadline: Date.now() + 3_600_000,
  keepRecordFor: 3_600_000,
  ...more,
});

const one = async (text: string, parameters = {}): Promise<unknown> =>
  (await client.query(text, parameters))[0]?.[0];

/** Another session, whose transaction stays open until it is told to end, and is no deadlock's victim. */
async function blocker(first: string): Promise<{ run(text: string): Promise<unknown> }> {
  const own = sqlClient({ connectionString: `${server.connectionString};Max Pool Size=1` });
  onTestFinished(() => own.close());
  // In a batch of its own BEGIN TRANSACTION would be told as left open (266).
  const run = (text: string) =>
    own.query(`SET NOCOUNT ON; SET DEADLOCK_PRIORITY HIGH; ${text}`, {}).catch((error: unknown) => error);
  await run(`BEGIN TRANSACTION; ${first}`);
  return { run };
}

async function untilSomebodyWaits(): Promise<void> {
  while (server.counts().waiting === 0) await new Promise((resolve) => setImmediate(resolve));
}

describe("round trips", () => {
  it("a message takes two requests, login apart, and removals of many take one", async () => {
    const aggregate = newAggregate("billing");
    await store.load(aggregate, "warm-up");
    const before = { ...server.requests };
    const { version } = await store.load(aggregate, "m1");
    expect(version).toBeUndefined();
    const value: Account = { payments: [{ orderId: "1", cents: 1, status: "booked", version: 1 }] };
    const state = { schema: 1, value };
    expect(await store.commit(aggregate, unit("m1", { state, outgoing: [told] }))).toBe("committed");
    expect(server.requests).toEqual({ ...before, rpc: before.rpc + 2 });
    const other = newAggregate();
    await store.commit(other, unit("m1", { outgoing: [told] }));
    store.remove([{ aggregate, messageId: "m1" }]);
    store.remove([{ aggregate: other, messageId: "m1" }]);
    await store.flush();
    expect(server.requests).toEqual({ ...before, rpc: before.rpc + 4 });
    expect(await store.outboxItem({ aggregate, messageId: "m1" })).toBeUndefined();
    expect(await store.outboxItem({ aggregate: other, messageId: "m1" })).toBeUndefined();
  });
});

describe("Billing's tables", () => {
  const payments: Account["payments"] = [
    { orderId: "b", cents: 1999, status: "booked", version: 1 },
    { orderId: "B", cents: 9_007_199_254_740_991, status: "booked", version: 1 },
    { orderId: "a", cents: 0, status: "booked", version: 1 },
  ];
  const committed = async (aggregate: Aggregate, messageId: string, account: Account) => {
    const { version } = await store.load(aggregate, messageId);
    const state = { schema: 1, value: account };
    return store.commit(aggregate, unit(messageId, { state, ...(version === undefined ? {} : { version }) }));
  };

  it("give back what was stored, in the order in which it was booked, with exact money", async () => {
    const aggregate = newAggregate("billing");
    expect(await committed(aggregate, "m1", { payments: [] })).toBe("committed");
    expect(await store.state(aggregate)).toEqual({ schema: 1, value: { payments: [] } });
    expect(await committed(aggregate, "m2", { payments })).toBe("committed");
    expect(await store.state(aggregate)).toEqual({ schema: 1, value: { payments } });
    const cancelled = payments.map((payment) =>
      payment.orderId === "B" ? ({ ...payment, status: "cancelled", version: 2 } as const) : payment,
    );
    expect(await committed(aggregate, "m3", { payments: cancelled })).toBe("committed");
    expect(await store.state(aggregate)).toEqual({ schema: 1, value: { payments: cancelled } });
    expect(
      await one(
        "SELECT CAST(Amount AS varchar(20)) AS Amount, Status FROM billing.Payments WHERE CustomerId = @id AND OrderId = N'b'",
        { id: aggregate.id },
      ),
    ).toEqual({ Amount: "19.99", Status: "booked" });
  });

  it("refuse what breaks their rules, and nothing of it is written", async () => {
    const aggregate = newAggregate("billing");
    const negative: Account = { payments: [{ orderId: "1", cents: -1, status: "booked", version: 1 }] };
    expect(await committed(aggregate, "m1", negative)).toEqual({
      refused: expect.stringMatching(/547.*CK_Payments_Amount/),
    });
    const long: Account = {
      payments: [{ orderId: "x".repeat(129), cents: 1, status: "booked", version: 1 }],
    };
    expect(await committed(aggregate, "m1", long)).toEqual({ refused: expect.stringMatching(/too long/) });
    expect(await store.load(aggregate, "m1")).toEqual({});
  });

  it("a commit while they are read is a conflict for who decides on what was read", async () => {
    const aggregate = newAggregate("billing");
    await committed(aggregate, "m1", { payments: [] });
    const statements = billingTables.load.split(/(?<=;)/);
    expect(statements).toHaveLength(2);
    const read = async (text = "") => (await client.query(text, { aggregateId: aggregate.id }))[0] ?? [];
    const before = await read(statements[0]);
    await committed(aggregate, "m2", { payments });
    const loaded = billingTables.read([before, await read(statements[1])]);
    if (loaded === undefined) throw new Error("the account is there");
    expect(await store.commit(aggregate, unit("m3", loaded))).toBe("conflict");
  });

  it("of two commits on one version, one is a conflict", async () => {
    const aggregate = newAggregate("billing");
    const both = await Promise.all([
      committed(aggregate, "m1", { payments }),
      committed(aggregate, "m2", { payments }),
    ]);
    expect(both.toSorted()).toEqual(["committed", "conflict"]);
    const { version = "" } = await store.load(aggregate, "m3");
    const state = { schema: 1, value: { payments } };
    const results = await Promise.all(
      ["m3", "m4"].map((id) => store.commit(aggregate, unit(id, { version, state }))),
    );
    expect(results.toSorted()).toEqual(["committed", "conflict"]);
  });
});

describe("the deadline", () => {
  it("is checked at the end, by the server's clock: a commit that waits past it writes nothing", async () => {
    const aggregate = newAggregate();
    await store.commit(aggregate, unit("m1"));
    const { version = "" } = await store.load(aggregate, "m2");
    const other = await blocker(
      `UPDATE orders.State SET Version = Version WHERE AggregateId = '${aggregate.id}'`,
    );
    const committing = store.commit(aggregate, unit("m2", { version, outgoing: [told] }));
    await untilSomebodyWaits();
    ahead += 3_600_000;
    onTestFinished(() => {
      ahead = 0;
    });
    await other.run("COMMIT");
    expect(await committing).toBe("expired");
    expect(await store.load(aggregate, "m2")).toMatchObject({ state: { value: "m1" }, version });
    expect(await store.outboxItem({ aggregate, messageId: "m2" })).toBeUndefined();
  });

  it("is not in the way of telling a duplicate", async () => {
    const aggregate = newAggregate();
    await store.commit(aggregate, unit("m1"));
    expect(await store.commit(aggregate, unit("m1", { deadline: 0 }))).toBe("duplicate");
  });
});

describe("a record past its time", () => {
  it("that nobody has cleaned up is no duplicate", async () => {
    const aggregate = newAggregate();
    await store.commit(aggregate, unit("m1", { keepRecordFor: 1000 }));
    await age(client, 2000);
    const { version = "" } = await store.load(aggregate, "m1");
    await expect(store.commit(aggregate, unit("m1", { version }))).rejects.toThrow(TransientError);
    expect(await store.commit(aggregate, unit("m1", { version }))).toBe("committed");
  });

  it("is deleted by a clean-up, and no other", async () => {
    const aggregate = newAggregate();
    await store.commit(aggregate, unit("old", { keepRecordFor: 1000 }));
    await store.createRequest(aggregate, "old", { hash: "h", createdAt: 0 }, 1000);
    const { version = "" } = await store.load(aggregate, "");
    await store.commit(aggregate, unit("new", { version }));
    await age(client, 2000);
    expect(await store.cleanUp()).toBe(2);
    expect(
      await one("SELECT COUNT(*) AS n FROM orders.Inbox WHERE AggregateId = @id", { id: aggregate.id }),
    ).toEqual({ n: 1 });
    expect((await store.load(aggregate, "new")).record).toBeDefined();
  });
});

describe("sweepers", () => {
  const pageOf = async (pages: AsyncIterable<readonly OutboxItem[]>): Promise<string[]> => {
    for await (const page of pages) return page.map(({ messageId }) => messageId);
    return [];
  };
  const all = () => ({ since: Date.now() + 60_000, until: Date.now() + 120_000 });

  it("that compete take different items, and take them again once a claim has run out", async () => {
    for await (const _ of store.pending(all(), 100));
    const aggregate = newAggregate();
    for (const id of ["m1", "m2", "m3", "m4"]) {
      const { version } = await store.load(aggregate, id);
      const outgoing = [told, { ...told, id: "o2" }];
      await store.commit(aggregate, unit(id, { outgoing, ...(version === undefined ? {} : { version }) }));
    }
    const [a, b] = await Promise.all([pageOf(store.pending(all(), 2)), pageOf(store.pending(all(), 2))]);
    expect([...a, ...b].toSorted()).toEqual(["m1", "m2", "m3", "m4"]);
    expect(await pageOf(store.pending(all(), 2))).toEqual([]);
    await age(client, 30_000);
    expect(await pageOf(store.pending(all(), 2))).toHaveLength(2);
  });

  it("pass over an item that a transaction holds", async () => {
    await age(client, 30_000);
    for await (const _ of store.pending(all(), 100));
    const aggregate = newAggregate();
    await store.commit(aggregate, unit("held", { outgoing: [told] }));
    const other = await blocker(`DELETE orders.Outbox WHERE AggregateId = '${aggregate.id}'`);
    expect(await pageOf(store.pending(all(), 10))).toEqual([]);
    await other.run("ROLLBACK");
    expect(await pageOf(store.pending(all(), 10))).toEqual(["held"]);
  });
});

describe("errors", () => {
  it("a deadlock's victim may try again", async () => {
    const aggregate = newAggregate();
    await store.commit(aggregate, unit("m1"));
    const { version = "" } = await store.load(aggregate, "m2");
    const other = await blocker(
      `UPDATE orders.State SET Version = Version WHERE AggregateId = '${aggregate.id}'`,
    );
    const committing = store.commit(aggregate, unit("m2", { version })).catch((error: unknown) => error);
    await untilSomebodyWaits();
    await other.run(
      `INSERT orders.Inbox VALUES ('${aggregate.id}', 'm2', SYSUTCDATETIME(), 'accepted', NULL, SYSUTCDATETIME()); ROLLBACK`,
    );
    const error = await committing;
    expect(error).toBeInstanceOf(TransientError);
    expect(String(error)).toMatch(/1205.*nothing was applied/);
    expect(await store.commit(aggregate, unit("m2", { version }))).toBe("committed");
  });

  it("a time-out is an unknown outcome, and the connection is used on", async () => {
    const hasty = sqlClient({ connectionString: `${server.connectionString};Request Timeout=1000` });
    onTestFinished(() => hasty.close());
    const aggregate = newAggregate();
    await store.commit(aggregate, unit("m1"));
    const { version = "" } = await store.load(aggregate, "m2");
    const other = await blocker(
      `UPDATE orders.State SET Version = Version WHERE AggregateId = '${aggregate.id}'`,
    );
    const its = storeOn(hasty);
    const committing = its.commit(aggregate, unit("m2", { version }));
    await expect(committing).rejects.toThrow(TransientError);
    await expect(committing).rejects.toThrow(/ETIMEOUT.*unknown/);
    await other.run("ROLLBACK");
    expect(await its.load(aggregate, "m2")).toMatchObject({ version });
    expect(await its.commit(aggregate, unit("m2", { version }))).toBe("committed");
  });

  it("a lock that is not given in time, a missing table and a lost server are told as what they are", async () => {
    const aggregate = newAggregate();
    await store.commit(aggregate, unit("m1"));
    const other = await blocker(
      `UPDATE orders.State SET Version = Version WHERE AggregateId = '${aggregate.id}'`,
    );
    const told = async (text: string): Promise<Error> => {
      const error = await client.query(text, {}).catch((reason: unknown) => reason);
      return toContractError("testing", error);
    };
    const locked = await told(
      `SET LOCK_TIMEOUT 0; UPDATE orders.State SET Version = 0 WHERE AggregateId = '${aggregate.id}'`,
    );
    expect(String(locked)).toMatch(/TransientError: testing \(1222\): waited too long for a lock/);
    await other.run("ROLLBACK");
    const missing = await told("SELECT * FROM missing");
    expect(missing).toBeInstanceOf(TransientError);
    expect(String(missing)).toMatch(/208.*run the migrations/);
    expect(missing.cause).toMatchObject({ number: 208 });
  });

  it("an identity is tried as one, and a server that is not there is told", async () => {
    const credential = { getToken: async () => ({ token: "t", expiresOnTimestamp: Date.now() + 60_000 }) };
    const own = sqlClient({ server: "sql.invalid", database: "pierogi", credential });
    onTestFinished(() => own.close());
    // The driver checks the credential before it looks for the server.
    const error = await storeOn(own)
      .load(newAggregate(), "m1")
      .catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(TransientError);
    expect(String(error)).toMatch(/ESOCKET.*sql\.invalid/);
  });

  it("a server that goes away and comes back is found again", async () => {
    const first = await startSql();
    const own = sqlClient(first);
    onTestFinished(() => own.close());
    await migrate(own);
    const its = storeOn(own);
    const aggregate = newAggregate();
    await its.commit(aggregate, unit("m1"));
    await first.close();
    await expect(its.load(aggregate, "m1")).rejects.toThrow(TransientError);
    const second = await startSql({ port: first.port });
    onTestFinished(() => second.close());
    await migrate(own);
    expect(await its.load(aggregate, "m1")).toEqual({});
  });
});

it("nothing failed unseen", () => expect(failures).toEqual([]));
