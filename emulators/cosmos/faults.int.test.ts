import { ChangeFeedStartFrom, type OperationInput } from "@azure/cosmos";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { during, type FromServer, plan, type RuleInput, type ToServer } from "../faults/index.ts";
import type { CosmosEvent } from "./index.ts";
import { failureOf, startAccount, type TestAccount } from "./testing/account.ts";
import { send } from "./testing/http.ts";

let account: TestAccount;
let told: FromServer[];
let tellServer: (message: ToServer) => void;
let events: CosmosEvent[];

beforeEach(async () => {
  told = [];
  events = [];
  account = await startAccount(
    { defaultTtl: -1 },
    {
      onEvent: (event) => events.push(event),
      faults: {
        tell: (message) => told.push(message),
        onMessage: (handle) => {
          tellServer = handle;
        },
      },
    },
  );
});
afterEach(() => account.close());

const strike = (...rules: RuleInput[]): void => account.server.faults.setPlan(plan(1, ...rules));
const fired = () => told.flatMap((message) => (message.tell === "fired" ? [message.firing] : []));
const asked = () => told.flatMap((message) => (message.tell === "asked" ? [message] : []));

const item = (id: string) => account.container.item(id, "a");
const create = (id: string, more: object = {}) => account.container.items.create({ id, p: "a", ...more });
const batch = (...operations: OperationInput[]) => account.container.items.batch(operations, "a");
const creation = (id: string): OperationInput => ({
  operationType: "Create",
  resourceBody: { id, p: "a" },
});
const stored = async (): Promise<string[]> => {
  const query = account.container.items.query<string>("SELECT VALUE c.id FROM c ORDER BY c.id");
  return (await query.fetchAll()).resources;
};
const idsOf = (type: CosmosEvent["type"]): string[] =>
  events.flatMap((event) => (event.type === type && "id" in event ? [event.id] : []));

describe("a batch", () => {
  it("whose answer is lost is stored, though the client heard an error", async () => {
    strike(during("cosmos", "batch").loseAnswer());
    await expect(batch(creation("1"), creation("2"))).rejects.toThrow();
    expect(await stored()).toEqual(["1", "2"]);
    expect(fired()).toHaveLength(1);
  });

  it("whose request is lost is not stored", async () => {
    strike(during("cosmos", "batch").loseRequest());
    await expect(batch(creation("1"))).rejects.toThrow();
    expect(await stored()).toEqual([]);
  });

  it("that is applied twice meets itself: the client hears the conflict", async () => {
    strike(during("cosmos", "batch").applyTwice());
    const { result } = await batch(creation("1"), creation("2"));
    expect(result?.map(({ statusCode }) => statusCode)).toEqual([409, 424]);
    expect(await stored()).toEqual(["1", "2"]);
  });

  it.each([
    [409, "the last item that it creates", [424, 409, 424]],
    [412, "the operation that has a precondition", [424, 424, 412]],
    [404, "the operation that needs an item", [424, 424, 404]],
  ] as const)("is refused with %i for %s, as the service says it: in the results", async (...row) => {
    const [status, , expected] = row;
    await create("state");
    strike(during("cosmos", "batch").refuse(status));
    const { code, result } = await batch(creation("1"), creation("2"), {
      operationType: "Replace",
      id: "state",
      resourceBody: { id: "state", p: "a" },
      ifMatch: "*",
    });
    expect([code, result?.map(({ statusCode }) => statusCode)]).toEqual([207, expected]);
    expect(await stored()).toEqual(["state"]);
  });
});

describe("a refusal", () => {
  it.each([[403, 1014], [404], [408], [409], [410, 1008], [412], [413], [449], [500], [503]] as const)(
    "with %i is the client's error at once, and nothing is stored",
    async (code, substatus?: number) => {
      strike(during("cosmos", "create").refuse(code));
      const failure = await failureOf(create("1"));
      expect(failure.code).toBe(code);
      if (substatus !== undefined) expect(failure.substatus).toBe(substatus);
      expect(await stored()).toEqual([]);
    },
  );

  it("with 429 is waited out by the client", async () => {
    strike(during("cosmos", "create").times(3).refuse(429));
    const { headers } = await create("1");
    expect(fired()).toHaveLength(3);
    expect(await stored()).toEqual(["1"]);
    // As long as the answers said: 20 ms each.
    expect(headers["x-ms-throttle-retry-wait-time-ms"]).toBe(60);
  });
});

describe("a rule finds", () => {
  beforeEach(async () => {
    await create("1");
  });

  it.each<[string, () => Promise<unknown>]>([
    ["create", () => create("2")],
    ["upsert", () => account.container.items.upsert({ id: "2", p: "a" })],
    ["replace", () => item("1").replace({ id: "1", p: "a" })],
    ["patch", () => item("1").patch([{ op: "set", path: "/n", value: 1 }])],
    ["read", () => item("1").read()],
    ["delete", () => item("1").delete()],
    ["batch", () => batch(creation("2"))],
    ["query", () => account.container.items.query("SELECT * FROM c", { partitionKey: "a" }).fetchAll()],
    [
      "feed",
      () =>
        account.container.items
          .getChangeFeedIterator({ changeFeedStartFrom: ChangeFeedStartFrom.Beginning("a") })
          .readNext(),
    ],
  ])("%s, its container and its partition", async (operation, act) => {
    strike(during("cosmos").of("items").about("a").delay(0));
    await act();
    expect(fired().map(({ point }) => point)).toEqual([
      { server: "cosmos", operation, entity: "items", aggregate: "a" },
    ]);
  });

  it("what is about no item as other", async () => {
    strike(during("cosmos", "other").of("items").delay(0));
    await account.container.read();
    expect(fired()).toHaveLength(1);
  });

  it("a bulk request of one kind as that kind", async () => {
    strike(during("cosmos", "delete").with({ ids: "1" }).delay(0));
    await account.container.items.executeBulkOperations([
      { operationType: "Delete", id: "1", partitionKey: "a" },
    ]);
    expect(fired()).toHaveLength(1);
  });

  it("an item by its id, and a batch by what it holds", async () => {
    strike(
      during("cosmos", "create", "delete").with({ id: "1" }).named("item").delay(0),
      during("cosmos", "batch").with({ ids: "3,1", operations: "Create,Delete" }).named("batch").delay(0),
    );
    await create("2");
    await item("1").delete();
    await create("1");
    await batch(creation("4"), { operationType: "Delete", id: "1" });
    await create("1");
    await batch(creation("3"), { operationType: "Delete", id: "1" });
    expect(fired().map(({ rule, point }) => [rule, point.operation])).toEqual([
      ["item", "delete"],
      ["batch", "batch"],
    ]);
  });
});

describe("time", () => {
  it("an operation is held until another one is done", async () => {
    await create("first");
    strike(during("cosmos", "create").holdUntil(during("cosmos", "delete")));
    const held = create("second");
    await expect.poll(fired).toHaveLength(1);
    await item("first").delete();
    await held;
    expect(events.map(({ type }) => type).slice(-2)).toEqual(["deleted", "created"]);
  });

  it("the next one overtakes", async () => {
    strike(during("cosmos", "create").letTheNextPass());
    const first = create("first");
    await expect.poll(fired).toHaveLength(1);
    await Promise.all([first, create("second")]);
    expect(idsOf("created")).toEqual(["second", "first"]);
  });

  it("a delayed operation takes as long", async () => {
    strike(during("cosmos", "create").delay(100));
    const before = performance.now();
    await create("1");
    expect(performance.now() - before).toBeGreaterThan(95);
  });

  it("three hours ahead items are expired, and requests signed by the right time still pass", async () => {
    await create("short", { ttl: 3_600 });
    await create("long", { ttl: 4 * 3_600 });
    strike(during("cosmos", "create").moveClock(3 * 3_600_000));
    const { resource } = await create("next");
    expect(await stored()).toEqual(["long", "next"]);
    expect(resource?._ts).toBeGreaterThanOrEqual(Math.floor(Date.now() / 1000) + 3 * 3_600 - 60);
  });
});

describe("connections", () => {
  it("all are cut", async () => {
    strike(
      during("cosmos", "create").with({ id: "bystander" }).holdUntil(during("cosmos", "patch")),
      during("cosmos", "create").with({ id: "struck" }).cutAllConnections(),
    );
    const bystander = expect(create("bystander")).rejects.toThrow();
    await expect.poll(fired).toHaveLength(1);
    await expect(create("struck")).rejects.toThrow();
    await bystander;
    expect(await stored()).not.toContain("struck");
  });

  it("a new one is cut", async () => {
    strike(during("cosmos", "connect").loseRequest());
    await expect(send(account.server, "GET", "/dbs")).rejects.toThrow();
    expect(await send(account.server, "GET", "/dbs")).toMatchObject({ status: 200 });
  });

  it("a new one is held", async () => {
    strike(during("cosmos", "connect").holdUntil(during("cosmos", "create")));
    let isAnswered = false;
    const answer = send(account.server, "GET", "/dbs").then(({ status }) => {
      isAnswered = true;
      return status;
    });
    await expect.poll(fired).toHaveLength(1);
    await batch(creation("1"));
    expect(isAnswered).toBe(false);
    await create("2");
    expect(await answer).toBe(200);
  });
});

describe("what the account can't do itself is asked of its parent", () => {
  it("a worker is killed when the batch is stored, and the client hears nothing", async () => {
    strike(during("cosmos", "batch").killWorker("after"));
    const running = expect(batch(creation("1"))).rejects.toThrow();
    await expect.poll(asked).toMatchObject([{ request: { do: "killWorker" } }]);
    expect(await stored()).toEqual(["1"]);
    tellServer({ type: "faults", tell: "answer", id: asked()[0]?.id ?? 0 });
    await running;
  });

  it("a worker is frozen, and its request goes on when it does", async () => {
    strike(during("cosmos", "create").freezeWorker(5_000));
    const running = create("1");
    await expect.poll(asked).toMatchObject([{ request: { do: "freezeWorker", milliseconds: 5_000 } }]);
    expect(await stored()).toEqual([]);
    tellServer({ type: "faults", tell: "answer", id: asked()[0]?.id ?? 0 });
    await running;
  });
});
