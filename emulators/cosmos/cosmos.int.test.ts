import { type BulkOperationResult, ConsistencyLevel, CosmosClient, type JSONObject } from "@azure/cosmos";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type CosmosEvent, startCosmos } from "./index.ts";
import { clientOf, failureOf, LEAN, startAccount, type TestAccount } from "./testing/account.ts";
import { send } from "./testing/http.ts";

const events: CosmosEvent[] = [];
let account: TestAccount;
beforeAll(async () => {
  account = await startAccount({ indexingPolicy: LEAN }, { onEvent: (event) => events.push(event) });
});
afterAll(() => account.close());

describe("an account", () => {
  it("points its locations at the address that the client used", async () => {
    const { endpoint } = account.server;
    const { resource } = await account.client.getDatabaseAccount();
    expect(resource?.consistencyPolicy).toBe("Session");
    const answer = await send(account.server, "GET", "/");
    expect(JSON.parse(answer.body)).toMatchObject({
      writableLocations: [{ databaseAccountEndpoint: endpoint }],
    });
  });

  it("refuses a wrong key with 401", async () => {
    const client = clientOf({ ...account.server, key: Buffer.from("wrong").toString("base64") });
    expect(await failureOf(client.databases.readAll().fetchAll())).toMatchObject({ code: 401 });
    client.dispose();
  });

  it("takes a key of one's own", async () => {
    const key = Buffer.from("my own key").toString("base64");
    const server = await startCosmos({ key });
    expect(server.connectionString).toBe(`AccountEndpoint=${server.endpoint};AccountKey=${key};`);
    const client = new CosmosClient(server.connectionString);
    expect((await client.databases.readAll().fetchAll()).resources).toEqual([]);
    client.dispose();
    await server.close();
  });

  it("fails to start on a taken port, and says so by the code", async () => {
    await expect(startCosmos({ port: account.server.port })).rejects.toMatchObject({ code: "EADDRINUSE" });
  });

  it("ends all connections when it closes, and may be closed twice", async () => {
    const server = await startCosmos();
    const client = clientOf(server);
    await client.databases.createIfNotExists({ id: "d" });
    await server.close();
    await server.close();
    await expect(fetch(server.endpoint)).rejects.toThrow();
    client.dispose();
  });
});

describe("databases and containers", () => {
  it("are created once, listed, queried, replaced and deleted", async () => {
    const { client } = account;
    expect((await client.databases.createIfNotExists({ id: "second", throughput: 400 })).statusCode).toBe(
      201,
    );
    const { database, statusCode } = await client.databases.createIfNotExists({ id: "second" });
    expect(statusCode).toBe(200);
    expect(await failureOf(client.databases.create({ id: "second" }))).toMatchObject({ code: 409 });
    const names = (resources: Array<{ id?: string }>) => resources.map(({ id }) => id);
    expect(names((await client.databases.readAll().fetchAll()).resources)).toEqual(["db", "second"]);
    const { resources } = await client.databases
      .query("SELECT * FROM root r WHERE r.id = 'second'")
      .fetchAll();
    expect(names(resources)).toEqual(["second"]);

    const definition = { id: "c", partitionKey: { paths: ["/p"] }, defaultTtl: 100 };
    const { container } = await database.containers.createIfNotExists(definition);
    expect((await database.containers.createIfNotExists(definition)).statusCode).toBe(200);
    expect(names((await database.containers.readAll().fetchAll()).resources)).toEqual(["c"]);
    const { resource } = await container.read();
    expect(resource).toMatchObject({ ...definition, indexingPolicy: { indexingMode: "consistent" } });
    await container.items.create({ id: "1", p: "a" });
    const replaced = await container.replace({ ...definition, defaultTtl: -1 });
    expect(replaced.resource?.defaultTtl).toBe(-1);
    expect(replaced.resource?._etag).not.toBe(resource?._etag);
    const otherKey = container.replace({ ...definition, partitionKey: { paths: ["/q"] } });
    expect(await failureOf(otherKey)).toMatchObject({ code: 400 });

    await container.delete();
    expect(await failureOf(container.read())).toMatchObject({ code: 404 });
    const { container: again } = await database.containers.createIfNotExists(definition);
    expect((await again.items.readAll().fetchAll()).resources).toEqual([]);
    await database.delete();
    expect((await again.item("1", "a").read()).statusCode).toBe(404);
  });

  it("may have names in any script", async () => {
    const { database } = await account.client.databases.createIfNotExists({ id: "база ☃" });
    const { container } = await database.containers.createIfNotExists({
      id: "žluť",
      partitionKey: { paths: ["/p"] },
    });
    await container.items.create({ id: "1", p: "ключ" });
    expect((await container.item("1", "ключ").read()).statusCode).toBe(200);
    await database.delete();
  });

  it("change a container's ttl for the items that are there", async () => {
    const { database } = account.container;
    const definition = { id: "ttl", partitionKey: { paths: ["/p"] } };
    const { container } = await database.containers.createIfNotExists(definition);
    await container.items.create({ id: "1", p: "a", ttl: 10 });
    account.pass(20);
    expect((await container.item("1", "a").read()).statusCode).toBe(200);
    await container.replace({ ...definition, defaultTtl: -1 });
    expect((await container.item("1", "a").read()).statusCode).toBe(404);
  });
});

describe("items", () => {
  it.each(["a b", "é!", "1+1=2&x", "per%cent", "50%25", "'quote\"", "outbox:1", "😀"])(
    "may have the id %j",
    async (id) => {
      await account.container.items.create({ id, p: "ids" });
      const read = await account.container.item(id, "ids").read();
      expect(read.resource).toMatchObject({ id });
    },
  );

  it("keep every JSON value as it is, and no system property but the server's", async () => {
    const value = { text: "é\u2028\ud800\u0000", list: [1, -0.5, 1e21, true, null, {}], __proto__own: 1 };
    const body = { id: "v", p: "v", value, _etag: "mine", _ts: 1, _lsn: 7, _custom: "kept" };
    const { resource, etag } = await account.container.items.create(body);
    expect(resource).toMatchObject({ value, _custom: "kept", _etag: etag });
    expect(resource).not.toHaveProperty("_lsn");
    const read = await account.container.item("v", "v").read();
    expect(read.resource).toEqual(resource);
    const proto = '{"id":"proto","p":"v","__proto__":{"a":1}}';
    const headers = { "x-ms-documentdb-partitionkey": '["v"]' };
    const answer = await send(account.server, "POST", "/dbs/db/colls/items/docs", headers, proto);
    expect(answer.body).toContain('"__proto__":{"a":1}');
  });

  it("tell of what happened to them, once it is durable", async () => {
    events.length = 0;
    await account.container.items.batch(
      [
        { operationType: "Create", resourceBody: { id: "e1", p: "e" } },
        { operationType: "Upsert", resourceBody: { id: "e2", p: "e" } },
      ],
      "e",
    );
    await account.container.item("e1", "e").delete();
    await account.container.items.batch(
      [
        { operationType: "Delete", id: "e2" },
        { operationType: "Delete", id: "e1" },
      ],
      "e",
    );
    const facts = { database: "db", container: "items", partitionKey: '["e"]' };
    expect(events).toEqual([
      {
        type: "created",
        ...facts,
        id: "e1",
        lsn: expect.any(Number),
        body: expect.stringContaining(`"id":"e1"`),
      },
      { type: "created", ...facts, id: "e2", lsn: expect.any(Number), body: expect.any(String) },
      { type: "deleted", ...facts, id: "e1", lsn: expect.any(Number) },
    ]);
  });

  it("have one winner among writers with the same etag", async () => {
    const { container } = account;
    const { etag } = await container.items.create({ id: "race", p: "race", winner: -1 });
    const accessCondition = { type: "IfMatch", condition: etag };
    const outcomes = await Promise.allSettled(
      Array.from({ length: 20 }, (_, winner) =>
        container.item("race", "race").replace({ id: "race", p: "race", winner }, { accessCondition }),
      ),
    );
    const winners = outcomes.flatMap((outcome, index) => (outcome.status === "fulfilled" ? [index] : []));
    expect(winners).toHaveLength(1);
    expect((await container.item("race", "race").read()).resource).toMatchObject({ winner: winners[0] });
  });

  it("lose no increment of writers that read, change and retry", async () => {
    const { container } = account;
    await container.items.create({ id: "sum", p: "sum", n: 0 });
    const increment = async (): Promise<void> => {
      const { resource, etag } = await container
        .item("sum", "sum")
        .read<{ id: string; p: string; n: number }>();
      const next = { id: "sum", p: "sum", n: (resource?.n ?? 0) + 1 };
      const replace = container
        .item("sum", "sum")
        .replace(next, { accessCondition: { type: "IfMatch", condition: etag } });
      const failed = await replace.then(
        () => false,
        () => true,
      );
      if (failed) return increment();
    };
    await Promise.all(Array.from({ length: 25 }, increment));
    expect((await container.item("sum", "sum").read()).resource).toMatchObject({ n: 25 });
  });
});

describe("bulk", () => {
  const operations = [
    { operationType: "Create" as const, partitionKey: "x", resourceBody: { id: "1", p: "x" } },
    { operationType: "Create" as const, partitionKey: "x", resourceBody: { id: "1", p: "x" } },
    { operationType: "Upsert" as const, partitionKey: "y", resourceBody: { id: "1", p: "y" } },
    { operationType: "Delete" as const, partitionKey: "y", id: "none" },
    { operationType: "Read" as const, partitionKey: "x", id: "1" },
    {
      operationType: "Patch" as const,
      partitionKey: "x",
      id: "1",
      resourceBody: { operations: [{ op: "set" as const, path: "/n", value: 1 }] },
    },
  ];
  const codesOf = (results: BulkOperationResult[]) =>
    results.map(({ response, error }) => response?.statusCode ?? error?.code);

  it("does each operation on its own and goes on after errors", async () => {
    const { database } = account.container;
    const { container } = await database.containers.createIfNotExists({
      id: "bulk",
      partitionKey: { paths: ["/p"] },
    });
    const results = await container.items.executeBulkOperations(operations as JSONObject[] as never);
    expect(codesOf(results)).toEqual([201, 409, 201, 404, 200, 200]);
    const old = await container.items.bulk([operations[4], operations[3], operations[4]] as never);
    expect(old.map(({ statusCode }) => statusCode)).toEqual([200, 404, 200]);
    const stopped = await container.items.bulk([operations[3], operations[4]] as never, {
      continueOnError: false,
    });
    expect(stopped.map(({ statusCode }) => statusCode)).toEqual([404, 424]);
  });

  it("gives back no items when asked to", async () => {
    const { container } = account;
    const response = await container.items.batch(
      [{ operationType: "Create", resourceBody: { id: "min", p: "min" } }],
      "min",
      { contentResponseOnWriteEnabled: false },
    );
    expect(response.result?.[0]).toMatchObject({ statusCode: 201, eTag: expect.any(String) });
    expect(response.result?.[0]?.resourceBody).toBeUndefined();
  });
});

describe("sessions", () => {
  it("read their own writes; a token that this container never gave is 404/1002", async () => {
    const client = clientOf(account.server, { consistencyLevel: ConsistencyLevel.Session });
    const container = client.database("db").container("items");
    const { headers } = await container.items.create({ id: "s", p: "s" });
    const token = String(headers["x-ms-session-token"]);
    expect(token).toMatch(/^0:-1#\d+$/);
    expect((await container.item("s", "s").read({ sessionToken: token })).statusCode).toBe(200);
    client.dispose();
    const ahead = { "x-ms-documentdb-partitionkey": '["s"]', "x-ms-session-token": "0:-1#999999" };
    const answer = await send(account.server, "GET", "/dbs/db/colls/items/docs/s", ahead);
    expect(answer.status).toBe(404);
    expect(answer.headers.get("x-ms-substatus")).toBe("1002");
  });

  it("may not ask for more than the account gives", async () => {
    const client = clientOf(account.server, { consistencyLevel: ConsistencyLevel.Strong });
    expect(await failureOf(client.database("db").container("items").item("s", "s").read())).toMatchObject({
      code: 400,
    });
    client.dispose();
  });
});
