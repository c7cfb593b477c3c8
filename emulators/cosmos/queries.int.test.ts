import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { failureOf, LEAN, startAccount, type TestAccount } from "./testing/account.ts";
import { send } from "./testing/http.ts";

let account: TestAccount;
beforeAll(async () => {
  account = await startAccount({ indexingPolicy: LEAN });
  const operations = Array.from({ length: 250 }, (_, n) => {
    const p = `p${n % 5}`;
    return {
      operationType: "Create" as const,
      partitionKey: p,
      resourceBody: { id: `${n % 2 === 0 ? "outbox" : "inbox"}:${n}`, p, n },
    };
  });
  for (let at = 0; at < operations.length; at += 100)
    await account.container.items.bulk(operations.slice(at, at + 100));
});
afterAll(() => account.close());

const items = () => account.container.items;

describe("queries", () => {
  it("go over all partitions, page by page", async () => {
    const iterator = items().query<number>("SELECT VALUE c.n FROM c WHERE STARTSWITH(c.id, 'outbox:')", {
      maxItemCount: 40,
    });
    const pages: number[][] = [];
    while (iterator.hasMoreResults()) {
      const { resources } = await iterator.fetchNext();
      if (resources !== undefined) pages.push(resources);
    }
    expect(pages.map(({ length }) => length)).toEqual([40, 40, 40, 5]);
    expect(pages.flat().sort((a, b) => a - b)).toEqual(Array.from({ length: 125 }, (_, index) => index * 2));
  });

  it("miss nothing and repeat nothing when items go between two pages", async () => {
    const { container } = await account.container.database.containers.createIfNotExists({
      id: "moving",
      partitionKey: { paths: ["/p"] },
    });
    for (let n = 0; n < 10; n += 1) await container.items.create({ id: `i${n}`, p: "a" });
    const iterator = container.items.query<string>("SELECT VALUE c.id FROM c", {
      partitionKey: "a",
      maxItemCount: 3,
    });
    const seen: string[] = [];
    while (iterator.hasMoreResults()) {
      const { resources } = await iterator.fetchNext();
      seen.push(...(resources ?? []));
      for (const id of resources ?? []) await container.item(id, "a").delete();
    }
    expect(seen).toHaveLength(10);
    expect(new Set(seen).size).toBe(10);
  });

  it("work with the client's query plan, too", async () => {
    const options = { forceQueryPlan: true, maxItemCount: 30 };
    const { resources } = await items().query("SELECT VALUE c.n FROM c ORDER BY c.id", options).fetchAll();
    expect(resources).toHaveLength(250);
    const { resources: count } = await items().query("SELECT VALUE COUNT(1) FROM c", options).fetchAll();
    expect(count).toEqual([250]);
    expect(await failureOf(items().query("SELECT * FROM c JOIN d IN c.d", options).fetchAll())).toMatchObject(
      {
        code: 400,
        message: expect.stringContaining("JOIN"),
      },
    );
  });

  it("readAll gives everything, and a list without a query as well", async () => {
    expect((await items().readAll({ maxItemCount: 60 }).fetchAll()).resources).toHaveLength(250);
    const answer = await send(account.server, "GET", "/dbs/db/colls/items/docs", {
      "x-ms-max-item-count": "-1",
    });
    expect(JSON.parse(answer.body)).toMatchObject({ _count: 250 });
  });

  it("without a partition key need leave to cross partitions", async () => {
    const headers = { "x-ms-documentdb-isquery": "true", "content-type": "application/query+json" };
    const answer = await send(
      account.server,
      "POST",
      "/dbs/db/colls/items/docs",
      headers,
      '{"query":"SELECT * FROM c"}',
    );
    expect(answer.status).toBe(400);
  });

  it("end a page before it is larger than a reply may be", async () => {
    const { container } = await account.container.database.containers.createIfNotExists({
      id: "large",
      partitionKey: { paths: ["/p"] },
    });
    for (let n = 0; n < 6; n += 1)
      await container.items.create({ id: String(n), p: "a", filling: "é".repeat(500_000) });
    const iterator = container.items.query("SELECT * FROM c", { partitionKey: "a" });
    const sizes: number[] = [];
    while (iterator.hasMoreResults()) {
      const { resources } = await iterator.fetchNext();
      if (resources?.length) sizes.push(Buffer.byteLength(JSON.stringify(resources)));
    }
    expect(sizes.length).toBeGreaterThan(1);
    for (const size of sizes) expect(size).toBeLessThan(4 * 1024 * 1024);
  });
});

describe("charges", () => {
  it("follow the published points; a batch's is the sum of its operations'", async () => {
    const p = "charges";
    const fill = (item: { id: string; p: string }) => ({
      ...item,
      f: "x".repeat(1024 - JSON.stringify({ ...item, f: "" }).length),
    });
    const created = await items().create(fill({ id: "1", p }));
    expect(created.requestCharge).toBe(4.95);
    expect((await account.container.item("1", p).read()).requestCharge).toBe(1);
    expect((await account.container.item("1", p).replace(fill({ id: "1", p }))).requestCharge).toBe(9.9);
    const batch = await items().batch(
      [
        { operationType: "Create", resourceBody: fill({ id: "2", p }) },
        { operationType: "Replace", id: "1", resourceBody: fill({ id: "1", p }) },
      ],
      p,
    );
    expect(batch.result?.map(({ requestCharge }) => requestCharge)).toEqual([4.95, 9.9]);
    expect(batch.headers?.["x-ms-request-charge"]).toBe("14.85");
    expect((await account.container.item("2", p).delete()).requestCharge).toBe(4.95);
    expect((await account.container.item("2", p).read()).headers["x-ms-request-charge"]).toBe("1");
    const rejected = await items().batch([{ operationType: "Create", resourceBody: { id: "1", p } }], p);
    expect(rejected.headers?.["x-ms-request-charge"]).toBe("1.24");
  });

  it("of a query on an unindexed predicate are those of a scan of the partition", async () => {
    const charge = async (query: string) =>
      (await items().query(query, { partitionKey: "p1" }).fetchAll()).requestCharge;
    const indexed = await charge("SELECT * FROM c WHERE c.id = 'inbox:1'");
    const scan = await charge("SELECT * FROM c WHERE c.n = 1");
    // 50 small documents instead of one.
    expect(indexed).toBeCloseTo(2.3 + 0.12, 1);
    expect(scan).toBeGreaterThan(2.3 + 50 * 0.12);
  });

  it("count indexed terms where the policy has some", async () => {
    const { container } = await account.container.database.containers.createIfNotExists({
      id: "indexed",
      partitionKey: { paths: ["/p"] },
    });
    const { requestCharge } = await container.items.create({ id: "1", p: "a", n: 1, list: [1, 2] });
    expect(requestCharge).toBeCloseTo(4.95 + 5 * 0.5, 5);
    const replaced = await container.item("1", "a").replace({ id: "1", p: "a", n: 2, list: [1, 2] });
    expect(replaced.requestCharge).toBeCloseTo(9.9 + 1, 5);
    const patched = await container.item("1", "a").patch([{ op: "set", path: "/n", value: 3 }]);
    expect(patched.requestCharge).toBeCloseTo(9.9 + 1 + 0.4, 5);
  });
});

describe("limits", () => {
  const headers = { "x-ms-documentdb-partitionkey": '["l"]' };
  const post = (item: object) =>
    send(account.server, "POST", "/dbs/db/colls/items/docs", headers, JSON.stringify({ p: "l", ...item }));
  const nested = (levels: number): unknown => (levels === 0 ? 1 : [nested(levels - 1)]);

  it("are those of the service", async () => {
    expect((await post({ id: "big", f: "x".repeat(2 * 1024 * 1024) })).status).toBe(413);
    expect((await post({ id: "fits", f: "x".repeat(2 * 1024 * 1024 - 40) })).status).toBe(201);
    expect((await post({ id: "huge", f: "x".repeat(5 * 1024 * 1024) })).status).toBe(413);
    expect((await post({ id: "x".repeat(1024) })).status).toBe(400);
    expect((await post({ id: "x".repeat(1023) })).status).toBe(201);
    for (const id of ["a/b", "a\\b", "", 7, null]) expect((await post({ id })).status).toBe(400);
    expect((await post({})).status).toBe(400);
    expect((await post({ id: "deep", f: nested(127) })).status).toBe(201);
    expect((await post({ id: "deeper", f: nested(128) })).status).toBe(400);
  });
});

describe("what is not supported", () => {
  const docs = "/dbs/db/colls/items/docs";
  it.each([
    ["stored procedures", "POST", "/dbs/db/colls/items/sprocs/s", {}],
    ["triggers", "GET", "/dbs/db/colls/items/triggers", {}],
    ["user-defined functions", "GET", "/dbs/db/colls/items/udfs", {}],
    ["users and permissions", "GET", "/dbs/db/users", {}],
    ["conflict feeds", "GET", "/dbs/db/colls/items/conflicts", {}],
    ["offers", "POST", "/offers", { "x-ms-documentdb-isquery": "true" }],
    ["deletion", "POST", "/dbs/db/colls/items/operations/partitionkeydelete", {}],
    ["triggers", "POST", docs, { "x-ms-documentdb-pre-trigger-include": "t" }],
    ["indexing directives", "POST", docs, { "x-ms-indexing-directive": "Exclude" }],
    ["consistency", "GET", `${docs}/1`, { "x-ms-consistency-level": "BoundedStaleness" }],
    ["change feed", "GET", docs, { "a-im": "Full-Fidelity Feed" }],
    ["method override", "POST", docs, { "x-http-method": "PATCH" }],
    [
      "parts of a partition key range",
      "GET",
      docs,
      { "a-im": "Incremental Feed", "x-ms-start-epk": "10", "x-ms-end-epk": "FF" },
    ],
    ["hierarchical", "POST", docs, { "x-ms-documentdb-partitionkey": '["a","b"]' }],
  ])("is refused by name: %s", async (name, method, path, headers) => {
    const body = method === "POST" ? { body: '{"id":"1"}' } : {};
    const answer = await send(account.server, method, path, headers, body.body);
    expect(answer.status).toBe(400);
    expect(answer.body).toContain(name);
  });

  it("binary bodies are refused, paths that lead nowhere are 404, methods 405, lost ranges 410", async () => {
    const headers = { "x-ms-documentdb-partitionkey": '["a"]' };
    expect((await send(account.server, "PUT", "/dbs/db", {}, "{}")).status).toBe(405);
    expect((await send(account.server, "GET", "/nowhere")).status).toBe(404);
    expect(
      (
        await send(account.server, "GET", docs, {
          "a-im": "Incremental Feed",
          "x-ms-documentdb-partitionkeyrangeid": "7",
        })
      ).status,
    ).toBe(410);
    const binary = await send(
      account.server,
      "POST",
      docs,
      { ...headers, "x-ms-cosmos-is-batch-request": "true" },
      "\u0081\u00f0",
    );
    expect(binary.status).toBe(400);
  });
});
