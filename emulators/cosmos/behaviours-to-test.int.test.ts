/** The list "Behaviours to test" of the protocol notes, by its numbers, with the unmodified SDK. */
import { ChangeFeedStartFrom, type OperationInput } from "@azure/cosmos";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { failureOf, startAccount, type TestAccount } from "./testing/account.ts";
import { send } from "./testing/http.ts";

let account: TestAccount;
beforeAll(async () => {
  account = await startAccount({
    defaultTtl: -1,
    indexingPolicy: {
      includedPaths: [{ path: "/*" }],
      excludedPaths: [{ path: "/unindexed/*" }],
      compositeIndexes: [
        [
          { path: "/kind", order: "ascending" },
          { path: "/n", order: "descending" },
        ],
      ],
    },
  });
});
afterAll(() => account.close());

const create = (id: string, resourceBody: object = {}): OperationInput => ({
  operationType: "Create",
  resourceBody: { id, ...resourceBody },
});
const items = () => account.container.items;
const itemOf = (p: string, id: string) => account.container.item(id, p);
const countOf = async (p: string): Promise<number> => {
  const { resources } = await items()
    .query<number>("SELECT VALUE COUNT(1) FROM c", { partitionKey: p })
    .fetchAll();
  return resources[0] ?? -1;
};
const statusesOf = (response: { result?: Array<{ statusCode: number }> | undefined }) =>
  response.result?.map(({ statusCode }) => statusCode);

describe("1 a failed batch", () => {
  it("writes nothing and says which operation failed: [409, 424]", async () => {
    await items().create({ id: "there", p: "b1" });
    const response = await items().batch([create("there", { p: "b1" }), create("new", { p: "b1" })], "b1");
    expect(response.code).toBe(207);
    expect(statusesOf(response)).toEqual([409, 424]);
    expect(await countOf("b1")).toBe(1);
  });

  it("that fails at its third operation leaves nothing of the first two", async () => {
    const { etag } = await items().create({ id: "state", p: "b1b", n: 1 });
    const response = await items().batch(
      [
        {
          operationType: "Replace",
          id: "state",
          ifMatch: etag,
          resourceBody: { id: "state", p: "b1b", n: 2 },
        },
        create("inbox", { p: "b1b" }),
        create("state", { p: "b1b" }),
      ],
      "b1b",
    );
    expect(statusesOf(response)).toEqual([424, 424, 409]);
    expect((await itemOf("b1b", "state").read()).resource).toMatchObject({ n: 1, _etag: etag });
    expect((await itemOf("b1b", "inbox").read()).statusCode).toBe(404);
  });
});

describe("2 a stale if-match in a batch", () => {
  it("is 412", async () => {
    const { etag: stale } = await items().create({ id: "1", p: "b2" });
    await itemOf("b2", "1").replace({ id: "1", p: "b2", n: 2 });
    const replace = { operationType: "Replace" as const, id: "1", resourceBody: { id: "1", p: "b2", n: 3 } };
    const response = await items().batch([create("2", { p: "b2" }), { ...replace, ifMatch: stale }], "b2");
    expect(statusesOf(response)).toEqual([424, 412]);
    expect((await itemOf("b2", "1").read()).resource).toMatchObject({ n: 2 });
  });
});

describe("3 limits of a batch", () => {
  const path = "/dbs/db/colls/items/docs";
  const headers = {
    "x-ms-cosmos-is-batch-request": "true",
    "x-ms-cosmos-batch-atomic": "true",
    "x-ms-documentdb-partitionkey": '["b3"]',
  };

  it("over 2 MB is 413", async () => {
    const filling = "x".repeat(1_100_000);
    const batch = JSON.stringify([create("1", { p: "b3", filling }), create("2", { p: "b3", filling })]);
    expect((await send(account.server, "POST", path, headers, batch)).status).toBe(413);
    expect(await countOf("b3")).toBe(0);
  });

  it("over 100 operations is 400, and 100 are done", async () => {
    const batchOf = (count: number) =>
      JSON.stringify(Array.from({ length: count }, (_, index) => create(String(index), { p: "b3" })));
    expect((await send(account.server, "POST", path, headers, batchOf(101))).status).toBe(400);
    expect(await countOf("b3")).toBe(0);
    expect((await send(account.server, "POST", path, headers, batchOf(100))).status).toBe(200);
    expect(await countOf("b3")).toBe(100);
  });

  it("of one partition: an item of another is 400, and so is an operation that names another", async () => {
    const foreign = await items().batch([create("f", { p: "b3" }), create("g", { p: "other" })], "b3");
    expect(statusesOf(foreign)).toEqual([424, 400]);
    const named = await items().batch([{ operationType: "Read", id: "0", partitionKey: "other" }], "b3");
    expect(statusesOf(named)).toEqual([400]);
  });
});

describe("4 a header's key that is not the item's", () => {
  it("is 400/1001", async () => {
    const headers = { "x-ms-documentdb-partitionkey": '["x"]' };
    const answer = await send(
      account.server,
      "POST",
      "/dbs/db/colls/items/docs",
      headers,
      '{"id":"1","p":"y"}',
    );
    expect(answer.status).toBe(400);
    expect(answer.headers.get("x-ms-substatus")).toBe("1001");
  });
});

describe("5 unique keys", () => {
  it("are refused by name", async () => {
    const { database } = account.container;
    const uniqueKeyPolicy = { uniqueKeys: [{ paths: ["/a"] }] };
    const refusal = await failureOf(
      database.containers.create({ id: "u", partitionKey: { paths: ["/p"] }, uniqueKeyPolicy }),
    );
    expect(refusal).toMatchObject({ code: 400, message: expect.stringContaining("uniqueKeyPolicy") });
  });
});

describe("6 a patch", () => {
  it("changes the item, and with a false condition is 412", async () => {
    await items().create({ id: "1", p: "b6", n: 1 });
    const increment = [{ op: "incr" as const, path: "/n", value: 1 }];
    const { resource, statusCode } = await itemOf("b6", "1").patch(increment);
    expect(statusCode).toBe(200);
    expect(resource).toMatchObject({ n: 2 });
    const condition = "FROM c WHERE c.n = 7";
    expect(await failureOf(itemOf("b6", "1").patch({ operations: increment, condition }))).toMatchObject({
      code: 412,
    });
    await itemOf("b6", "1").patch({ operations: increment, condition: "FROM c WHERE c.n = 2" });
    expect((await itemOf("b6", "1").read()).resource).toMatchObject({ n: 3 });
  });
});

describe("7 writes", () => {
  it("answer with the etag as a header, the item's own", async () => {
    const created = await items().create({ id: "1", p: "b7" });
    expect(created.headers["etag"]).toBe(created.resource?._etag);
    const replaced = await itemOf("b7", "1").replace({ id: "1", p: "b7" });
    expect(replaced.headers["etag"]).toBe(replaced.resource?._etag);
    expect(replaced.headers["etag"]).not.toBe(created.headers["etag"]);
    expect((await itemOf("b7", "1").read()).headers["etag"]).toBe(replaced.headers["etag"]);
  });
});

describe("8 a deleted item", () => {
  it("is 404 to read, replace, patch and delete; a stale patch is 412", async () => {
    const { etag } = await items().create({ id: "1", p: "b8", n: 1 });
    await itemOf("b8", "1").replace({ id: "1", p: "b8", n: 2 });
    const patch = [{ op: "incr" as const, path: "/n", value: 1 }];
    const accessCondition = { type: "IfMatch", condition: etag };
    expect(await failureOf(itemOf("b8", "1").patch(patch, { accessCondition }))).toMatchObject({ code: 412 });
    await itemOf("b8", "1").delete();
    expect((await itemOf("b8", "1").read()).statusCode).toBe(404);
    expect(await failureOf(itemOf("b8", "1").replace({ id: "1", p: "b8" }))).toMatchObject({ code: 404 });
    expect(await failureOf(itemOf("b8", "1").patch(patch))).toMatchObject({ code: 404 });
    expect(await failureOf(itemOf("b8", "1").delete())).toMatchObject({ code: 404 });
  });
});

describe("9 expired items", () => {
  it("are hidden from reads, queries, COUNT and the feed at once; an upsert with a ttl begins anew", async () => {
    await items().create({ id: "short", p: "b9", ttl: 60 });
    await items().create({ id: "never", p: "b9" });
    expect(await countOf("b9")).toBe(2);
    account.pass(61);
    expect((await itemOf("b9", "short").read()).statusCode).toBe(404);
    expect(await countOf("b9")).toBe(1);
    expect((await items().query("SELECT c.id FROM c", { partitionKey: "b9" }).fetchAll()).resources).toEqual([
      { id: "never" },
    ]);
    const feed = items().getChangeFeedIterator({ changeFeedStartFrom: ChangeFeedStartFrom.Beginning("b9") });
    expect((await feed.readNext()).result?.map(({ id }: { id: string }) => id)).toEqual(["never"]);
    expect(await failureOf(itemOf("b9", "short").replace({ id: "short", p: "b9" }))).toMatchObject({
      code: 404,
    });

    expect((await items().upsert({ id: "short", p: "b9", ttl: 60 })).statusCode).toBe(201);
    expect((await items().upsert({ id: "short", p: "b9", ttl: 60 })).statusCode).toBe(200);
    account.pass(61);
    expect((await items().create({ id: "short", p: "b9" })).statusCode).toBe(201);
  });
});

describe("10 the partitionKey option of a query", () => {
  it("filters; the same id in two partitions is two items", async () => {
    await items().create({ id: "same", p: "b10x", n: 1 });
    await items().create({ id: "same", p: "b10y", n: 2 });
    expect(await countOf("b10x")).toBe(1);
    const { resources } = await items()
      .query("SELECT VALUE c.n FROM c WHERE c.id = 'same' ORDER BY c.n")
      .fetchAll();
    expect(resources).toEqual([1, 2]);
    expect((await itemOf("b10y", "same").read()).resource).toMatchObject({ n: 2 });
  });
});

describe("11 a key that is null or missing", () => {
  it("is a partition of its own, each", async () => {
    await items().create({ id: "k", p: null, n: "null" });
    await items().create({ id: "k", n: "missing" });
    expect((await account.container.item("k", null).read()).resource).toMatchObject({ n: "null" });
    expect((await account.container.item("k", undefined).read()).resource).toMatchObject({ n: "missing" });
    const { resources } = await items().query("SELECT VALUE c.n FROM c", { partitionKey: null }).fetchAll();
    expect(resources).toEqual(["null"]);
    await account.container.item("k", undefined).delete();
    expect((await account.container.item("k", null).read()).statusCode).toBe(200);
  });
});

describe("12 continuation", () => {
  it("goes on with ORDER BY, and a bad token is 400", async () => {
    for (const n of [3, 1, 2, 1, 3]) await items().create({ p: "b12", n });
    const read = async (continuationToken?: string) =>
      items()
        .query<number>("SELECT VALUE c.n FROM c ORDER BY c.n DESC", {
          partitionKey: "b12",
          maxItemCount: 2,
          ...(continuationToken === undefined ? {} : { continuationToken }),
        })
        .fetchNext();
    const first = await read();
    const second = await read(first.continuationToken);
    const third = await read(second.continuationToken);
    expect([first, second, third].map(({ resources }) => resources)).toEqual([[3, 3], [2, 1], [1]]);
    expect(third.continuationToken).toBeUndefined();
    expect(await failureOf(read("no token"))).toMatchObject({ code: 400 });
    const other = items().query("SELECT * FROM c", {
      partitionKey: "b12",
      continuationToken: first.continuationToken,
    });
    expect(await failureOf(other.fetchNext())).toMatchObject({ code: 400 });
  });
});

describe("13 ORDER BY a property that some items lack", () => {
  it("gives those, too, first", async () => {
    await items().bulk(
      [2, undefined, 1].map((n, index) => ({
        operationType: "Create" as const,
        partitionKey: "b13",
        resourceBody: { id: String(index), p: "b13", ...(n === undefined ? {} : { n }) },
      })),
    );
    const { resources } = await items()
      .query("SELECT VALUE c.id FROM c ORDER BY c.n", { partitionKey: "b13" })
      .fetchAll();
    expect(resources).toEqual(["1", "2", "0"]);
  });
});

describe("14 GROUP BY and ORDER BY of a function", () => {
  it("work; an order that the cloud could not serve is 400", async () => {
    for (const kind of ["b", "A", "b"]) await items().create({ p: "b14", kind, n: 1, unindexed: 1 });
    const run = async (query: string) =>
      (await items().query(query, { partitionKey: "b14" }).fetchAll()).resources;
    expect(await run("SELECT c.kind, COUNT(1) AS n FROM c GROUP BY c.kind")).toEqual(
      expect.arrayContaining([
        { kind: "b", n: 2 },
        { kind: "A", n: 1 },
      ]),
    );
    expect(await run("SELECT VALUE c.kind FROM c ORDER BY LOWER(c.kind)")).toEqual(["A", "b", "b"]);
    expect(await run("SELECT VALUE c.kind FROM c ORDER BY c.kind DESC, c.n ASC")).toEqual(["b", "b", "A"]);
    expect(await failureOf(run("SELECT * FROM c ORDER BY c.unindexed"))).toMatchObject({ code: 400 });
    expect(await failureOf(run("SELECT * FROM c ORDER BY c.n, c.kind"))).toMatchObject({ code: 400 });
  });
});

describe("15 every answer of the change feed", () => {
  it("has an etag, and 304 says that there are no items", async () => {
    const headers = { "a-im": "Incremental Feed", "x-ms-documentdb-partitionkeyrangeid": "0" };
    const now = await send(account.server, "GET", "/dbs/db/colls/items/docs", {
      ...headers,
      "if-none-match": "*",
    });
    expect(now.status).toBe(304);
    expect(now.headers.get("etag")).toMatch(/^"\d+"$/);
    expect(now.headers.get("x-ms-item-count")).toBe("0");
    expect(Number(now.headers.get("x-ms-request-charge"))).toBe(1);
    const all = await send(account.server, "GET", "/dbs/db/colls/items/docs", headers);
    expect(all.status).toBe(200);
    expect(all.headers.get("etag")).toMatch(/^"\d+"$/);
  });
});

describe("16 if-match", () => {
  it("holds for PATCH, DELETE and upsert; a replace is 200; a bad query is 400, not everything", async () => {
    const { etag: stale } = await items().create({ id: "1", p: "b16", n: 1 });
    const replaced = await itemOf("b16", "1").replace({ id: "1", p: "b16", n: 2 });
    expect(replaced.statusCode).toBe(200);
    const accessCondition = { type: "IfMatch", condition: stale };
    const body = { id: "1", p: "b16", n: 9 };
    expect(await failureOf(itemOf("b16", "1").replace(body, { accessCondition }))).toMatchObject({
      code: 412,
    });
    expect(await failureOf(itemOf("b16", "1").delete({ accessCondition }))).toMatchObject({ code: 412 });
    expect(await failureOf(items().upsert(body, { accessCondition }))).toMatchObject({ code: 412 });
    const notTwice = { accessCondition: { type: "IfNoneMatch", condition: "*" } };
    expect(await failureOf(items().upsert(body, notTwice))).toMatchObject({ code: 412 });
    expect((await itemOf("b16", "1").read()).resource).toMatchObject({ n: 2 });
    const unchanged = { accessCondition: { type: "IfNoneMatch", condition: replaced.etag } };
    expect((await itemOf("b16", "1").read(unchanged)).statusCode).toBe(304);
    const current = { accessCondition: { type: "IfMatch", condition: replaced.etag } };
    expect((await itemOf("b16", "1").delete(current)).statusCode).toBe(204);
    // As in the cloud: an upsert with if-match whose item is gone creates it.
    expect((await items().upsert(body, current)).statusCode).toBe(201);
    expect(await failureOf(items().query("SELEKT * FROM c").fetchAll())).toMatchObject({ code: 400 });
  });
});

describe("17 a ttl of 0", () => {
  it("is 400, and so is null; -1 never expires", async () => {
    expect(await failureOf(items().create({ id: "0", p: "b17", ttl: 0 }))).toMatchObject({ code: 400 });
    expect(await failureOf(items().create<object>({ id: "0", p: "b17", ttl: null }))).toMatchObject({
      code: 400,
    });
    expect((await items().create({ id: "0", p: "b17", ttl: -1 })).statusCode).toBe(201);
  });
});

describe("18 the change feed", () => {
  it("gives the latest version only, no deletes, and one _lsn for a batch", async () => {
    await items().create({ id: "gone", p: "b18" });
    await items().batch([create("1", { p: "b18", n: 1 }), create("2", { p: "b18" })], "b18");
    await itemOf("b18", "1").replace({ id: "1", p: "b18", n: 2 });
    await items().batch(
      [create("3", { p: "b18" }), create("4", { p: "b18" }), { operationType: "Delete", id: "gone" }],
      "b18",
    );
    const feed = items().getChangeFeedIterator({ changeFeedStartFrom: ChangeFeedStartFrom.Beginning("b18") });
    const { result } = await feed.readNext();
    expect(result.map(({ id, n }: { id: string; n?: number }) => [id, n])).toEqual([
      ["2", undefined],
      ["1", 2],
      ["3", undefined],
      ["4", undefined],
    ]);
    const lsns = (result as unknown as Array<{ _lsn: number }>).map(({ _lsn }) => _lsn);
    expect(lsns[2]).toBe(lsns[3]);
    expect(new Set(lsns).size).toBe(3);
  });

  it("begins at a time", async () => {
    await items().create({ id: "early", p: "b18t" });
    account.pass(100);
    const { resource: late } = await items().create({ id: "late", p: "b18t" });
    const since = new Date((late?._ts ?? 0) * 1000);
    const feed = items().getChangeFeedIterator({ changeFeedStartFrom: ChangeFeedStartFrom.Time(since) });
    const ids: string[] = [];
    for (let page = await feed.readNext(); page.statusCode === 200; page = await feed.readNext())
      ids.push(...page.result.map(({ id }: { id: string }) => id));
    expect(ids).toEqual(["late"]);
  });
});
