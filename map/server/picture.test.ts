import { describe, expect, it } from "vitest";
import { told } from "./testing.ts";

describe("messages in queues", () => {
  it("wait, go to a function under a lock, and are gone when completed", () => {
    const { picture, broker, arrives } = told();
    const { sequence, effects } = arrives("orders", "m1", "AddItem");
    expect(effects).toMatchObject([
      { text: "AddItem of order 1 waits in queue orders", move: { from: "frontend", to: "queue:orders" } },
    ]);
    const [delivered] = broker("delivered", "orders", { sequence, deliveryCount: 0 });
    expect(delivered?.move).toMatchObject({ from: "queue:orders", to: "function:orders", delivery: 1 });
    expect(picture.state("queue:orders")).toMatchObject({
      counts: { waiting: 0, locked: 1 },
      items: [{ type: "AddItem", order: "1", status: "locked" }],
    });
    broker("completed", "orders", { sequence });
    expect(picture.state("queue:orders")).toMatchObject({ counts: { waiting: 0, locked: 0 }, items: [] });
  });

  it("come again when the lock was lost, as another delivery", () => {
    const { picture, broker, arrives } = told();
    const { sequence } = arrives("billing", "m1", "OrderSubmitted");
    broker("delivered", "billing", { sequence });
    const [lost] = broker("lockExpired", "billing", { sequence });
    expect(lost).toMatchObject({ move: { from: "function:billing", to: "queue:billing", kind: "back" } });
    expect(picture.state("queue:billing").counts).toMatchObject({ waiting: 1, locked: 0 });
    const [again] = broker("delivered", "billing", { sequence });
    expect(again?.move?.delivery).toBe(2);
  });

  it("wait again when their session was let go", () => {
    const { picture, broker, arrives } = told();
    const { sequence } = arrives("orders", "m1", "AddItem", { sessionId: "lane-01" });
    const other = arrives("orders", "m2", "AddItem", { sessionId: "lane-02" });
    for (const each of [sequence, other.sequence]) broker("delivered", "orders", { sequence: each });
    broker("sessionReleased", "orders", { sessionId: "lane-01" });
    expect(picture.state("queue:orders").counts).toMatchObject({ waiting: 1, locked: 1 });
  });

  it("are told from their copies", () => {
    const { picture, arrives } = told();
    arrives("orders", "m1", "AddItem");
    const { effects } = arrives("orders", "m1", "AddItem");
    expect(effects[0]?.text).toBe("AddItem of order 1 waits in queue orders, copy 2");
    expect(picture.state("queue:orders").items[1]).toMatchObject({ copy: 2 });
  });

  it("are dead letters of their queue, with the reason, and can be replayed", () => {
    const { picture, broker, arrives } = told();
    const { sequence } = arrives("billing", "m1", "OrderSubmitted");
    broker("deadLettered", "billing", { sequence, reason: "MaxDeliveryCountExceeded" });
    const message = {
      type: "OrderSubmitted",
      properties: { logicalId: "m1", DeadLetterReason: "MaxDeliveryCountExceeded" },
      body: '{"orderId":"1"}',
    };
    broker("enqueued", "billing/$deadletterqueue", {
      messageId: "m1",
      sequence: 1,
      state: "active",
      message,
    });
    expect(picture.state("queue:billing").counts).toMatchObject({ waiting: 0, dead: 1 });
    const list = picture.contents("queue:billing").lists.find(({ name }) => name.includes("dead"));
    expect(list?.rows[0]).toMatchObject({
      cells: expect.arrayContaining([["reason", "MaxDeliveryCountExceeded"]]),
      replay: { place: "billing/$deadletterqueue", logicalId: "m1" },
    });
  });

  it("come through the topic, from the endpoint whose outbox held them", () => {
    const { tell, broker, arrives } = told();
    const body = JSON.stringify({ outgoing: [{ id: "m2", type: "ItemAdded", body: '{"orderId":"1"}' }] });
    const place = { database: "pierogi", container: "endpoints", partitionKey: '["orders:1"]', lsn: 4 };
    tell("cosmos", { type: "created", id: "outbox:m1", body, ...place });
    const message = { type: "ItemAdded", properties: { logicalId: "m2" }, body: '{"orderId":"1"}' };
    const [published] = broker("published", "events", { messageId: "m2", message });
    expect(published?.move).toMatchObject({ from: "store:orders", to: "topic:events", type: "ItemAdded" });
    broker("forwarded", "events/subscriptions/billing", { messageId: "m2", to: "billing" });
    const { effects } = arrives("billing", "m2", "ItemAdded");
    expect(effects[0]?.move).toMatchObject({ from: "topic:events", to: "queue:billing" });
  });

  it("are what the server says after its restart, and nothing else", () => {
    const { picture, tell, broker, arrives } = told();
    arrives("orders", "m1", "AddItem");
    tell("serviceBus", { type: "process", action: "ended" });
    expect(picture.state("queue:orders").up).toBe(false);
    tell("serviceBus", { type: "process", action: "started" });
    const message = { type: "AddItem", properties: { logicalId: "m1" }, body: "{}" };
    broker("restored", "orders", {
      messageId: "m1",
      sequence: 1,
      deliveryCount: 3,
      state: "active",
      message,
    });
    expect(picture.state("queue:orders")).toMatchObject({
      up: true,
      counts: { waiting: 1 },
      items: [{ delivery: 3 }],
    });
  });
});

describe("stores", () => {
  const place = { database: "pierogi", container: "endpoints", partitionKey: '["orders:1"]' };

  it("hold state, inbox and outbox of Cosmos DB; a batch is one move", () => {
    const { picture, tell } = told();
    const body = JSON.stringify({ outgoing: [{ id: "m2", type: "ItemAdded", body: '{"orderId":"1"}' }] });
    const effects = ["state", "inbox:m1", "outbox:m1"].flatMap((id) =>
      tell("cosmos", { type: "created", id, body, lsn: 7, ...place }),
    );
    expect(effects.flatMap(({ move }) => move ?? [])).toMatchObject([
      { from: "function:orders", to: "store:orders", kind: "write" },
    ]);
    expect(picture.state("store:orders")).toMatchObject({
      note: "Cosmos DB",
      counts: { state: 1, inbox: 1, outbox: 1 },
      items: [{ type: "ItemAdded", order: "1", status: "unsent", since: 10 }],
    });
    tell("cosmos", { type: "deleted", id: "outbox:m1", lsn: 8, ...place });
    tell("cosmos", { type: "expired", id: "inbox:m1", ...place });
    expect(picture.state("store:orders").counts).toMatchObject({ state: 1, inbox: 0, outbox: 0 });
  });

  it("leave out what is not the endpoints'", () => {
    const { tell } = told();
    const lease = { ...place, container: "leases", partitionKey: '["x"]' };
    expect(tell("cosmos", { type: "created", id: "x", lsn: 1, ...lease })).toEqual([]);
  });

  it("hold the rows of SQL Server: an outbox item until its last message is sent", () => {
    const { picture, tell } = told();
    const row = (ordinal: number, change: string) => ({
      ...{ table: "billing.Outbox", row: ordinal, change },
      values: {
        ...{ AggregateId: "ann", MessageId: "m1", OutgoingId: `o${ordinal}`, Type: "PaymentBooked" },
        ...{ Body: '{"orderId":"1"}', StoredAt: "1970-01-01 00:00:01.000" },
      },
    });
    tell("sql", { type: "committed", spid: 51, rows: [row(0, "inserted"), row(1, "inserted")] });
    expect(picture.state("store:billing")).toMatchObject({
      note: "SQL Server",
      counts: { outbox: 1 },
      items: [{ since: 1000, order: "1" }],
    });
    tell("sql", { type: "committed", spid: 51, rows: [row(0, "deleted")] });
    expect(picture.state("store:billing").counts["outbox"]).toBe(1);
    tell("sql", { type: "committed", spid: 51, rows: [row(1, "deleted")] });
    expect(picture.state("store:billing").counts["outbox"]).toBe(0);
  });
});

describe("functions", () => {
  it("run, and nothing runs when the host has ended", () => {
    const { picture, tell } = told();
    const about = { type: "invocation", instance: 1, functionName: "billing", invocationId: "i1" };
    tell("host", { ...about, phase: "started" });
    expect(picture.state("function:billing").counts["running"]).toBe(1);
    tell("host", { type: "process", action: "ended" });
    expect(picture.state("function:billing")).toMatchObject({ up: false, counts: { running: 0 } });
  });

  it("answer requests of clients; looking is not told", () => {
    const { tell } = told();
    const about = { type: "invocation", instance: 1, functionName: "addItem", invocationId: "i1" };
    const [asked] = tell("host", { ...about, phase: "started", request: "POST /api/orders/a%20b/items" });
    expect(asked).toMatchObject({ move: { from: "client", to: "frontend" }, about: { order: "a b" } });
    expect(tell("host", { ...about, phase: "started", request: "GET /api/orders/1" })).toEqual([]);
  });
});

describe("a fault that struck", () => {
  it("is shown where it struck", () => {
    const { picture } = told();
    const strike = (point: { server: "cosmos" | "sql" | "serviceBus" | "host"; [facet: string]: unknown }) =>
      picture.struck({ at: 1, rule: "r", kind: "refuse", point: { operation: "x", ...point } }).node;
    expect(strike({ server: "cosmos", aggregate: "marketing:ann" })).toBe("store:marketing");
    expect(strike({ server: "sql", entity: "billing.Outbox" })).toBe("store:billing");
    expect(strike({ server: "sql" })).toBe("sql");
    expect(strike({ server: "serviceBus", entity: "events/subscriptions/orders" })).toBe("topic:events");
    expect(strike({ server: "host", entity: "submitOrder" })).toBe("frontend");
  });
});
