import { describe, expect, it } from "vitest";
import { virtualTime } from "../../test/support/virtual-time.ts";
import type { Outgoing } from "../exactly-once/contracts.ts";
import { TransientError } from "../exactly-once/errors.ts";
import { requests } from "../exactly-once/request.ts";
import { silent } from "../exactly-once/telemetry.ts";
import { addressOf } from "../messaging/address.ts";
import { billing } from "../pierogi/billing.ts";
import { marketing } from "../pierogi/marketing.ts";
import { orders } from "../pierogi/orders.ts";
import { memoryStore } from "../stores/memory/memory.ts";
import { answering, type HttpCall } from "./http.ts";
import { ordersApi } from "./orders-api.ts";

const day = 86_400_000;

function setUp() {
  const time = virtualTime();
  const store = memoryStore({ mode: "fence", now: time.now });
  const published: Outgoing[] = [];
  const failures: string[] = [];
  const entry = requests(store, async (outgoing) => void published.push(...outgoing), time, silent, {
    retention: 7 * day,
    skew: 300_000,
    margin: 600_000,
  });
  const api = ordersApi({
    requests: entry,
    address: addressOf,
    stores: { orders: store, billing: store, marketing: store },
  });

  async function call(
    operation: keyof typeof api,
    params: Record<string, string>,
    { key, body = "", path = "/api/x" }: { key?: string; body?: string; path?: string } = {},
  ) {
    const request: HttpCall = {
      method: "POST",
      url: `http://127.0.0.1:7071${path}`,
      params,
      headers: { get: (name) => (name === "idempotency-key" ? (key ?? null) : null) },
      text: async () => body,
    };
    const answer = await answering(api[operation], (what) => void failures.push(what))(request);
    return { status: answer.status, headers: answer.headers, body: JSON.parse(answer.body ?? "null") };
  }

  const put = (endpoint: string, id: string, schema: number, value: unknown) =>
    store.commit(
      { endpoint, id },
      {
        messageId: "m",
        record: { createdAt: 0, outcome: { status: "accepted" } },
        state: { schema, value },
        outgoing: [],
        deadline: Number.POSITIVE_INFINITY,
        keepRecordFor: day,
      },
    );
  return { call, put, published, failures, store };
}

const item = '{"customerId":"ann","filling":"Meat","portions":2}';

describe("a command over HTTP", () => {
  it("is answered 202 with the place of its outcome, and queued in its order's lane", async () => {
    const { call, published } = setUp();
    const answer = await call("addItem", { orderId: "1" }, { key: "my-key", body: item });
    expect(answer).toMatchObject({ status: 202, headers: { location: "/api/orders/1/requests/my-key" } });
    expect(published).toMatchObject([
      {
        type: "AddItem",
        schema: 2,
        destination: "orders",
        sessionId: expect.stringMatching(/^lane-\d\d$/),
        body: '{"orderId":"1","customerId":"ann","filling":"Meat","portions":2}',
      },
    ]);
  });

  it("is the same request when only its white space differs, and another when its content does", async () => {
    const { call } = setUp();
    await call("addItem", { orderId: "1" }, { key: "k", body: item });
    expect(
      (await call("addItem", { orderId: "1" }, { key: "k", body: item.replaceAll(",", ", ") })).status,
    ).toBe(202);
    const other = await call("addItem", { orderId: "1" }, { key: "k", body: item.replace("2", "3") });
    expect(other).toMatchObject({ status: 422, body: { title: "Unprocessable Content" } });
    const operation = await call("submitOrder", { orderId: "1" }, { key: "k", path: "/api/orders/1/submit" });
    expect(operation.status).toBe(422);
  });

  it.each([
    ["no key", "addItem", { orderId: "1" }, { body: item }, /Idempotency-Key .* there was none/],
    ["a key with a slash", "addItem", { orderId: "1" }, { key: "a/b", body: item }, /other characters/],
    ["a key that is a path", "addItem", { orderId: "1" }, { key: "..", body: item }, /other characters/],
    ["no JSON", "addItem", { orderId: "1" }, { key: "k", body: "{" }, /no JSON; expected a body such as/],
    [
      "an unknown filling",
      "addItem",
      { orderId: "1" },
      { key: "k", body: item.replace("Meat", "Pizza") },
      /filling/,
    ],
    ["no portions", "addItem", { orderId: "1" }, { key: "k", body: item.replace("2", "0") }, /portions/],
    [
      "an id that is none",
      "submitOrder",
      { orderId: "a b" },
      { key: "k" },
      /orderId "a b": expected 1 to 64/,
    ],
    [
      "a filling in the path that is none",
      "removeItem",
      { orderId: "1", filling: "Pizza" },
      { key: "k" },
      /filling "Pizza"/,
    ],
  ] as const)(
    "with %s is refused with a problem document, and sends nothing",
    async (_what, operation, params, more, detail) => {
      const { call, published } = setUp();
      const answer = await call(operation, params, more);
      expect(answer).toMatchObject({
        status: 400,
        headers: { "content-type": "application/problem+json" },
        body: { status: 400, detail: expect.stringMatching(detail) },
      });
      expect(published).toEqual([]);
    },
  );

  it("over 16 KB is refused", async () => {
    const { call } = setUp();
    expect((await call("addItem", { orderId: "1" }, { key: "k", body: "x".repeat(16_385) })).status).toBe(
      413,
    );
  });

  it("is answered 503 while the store can't be reached, and may be repeated", async () => {
    const { call, store, failures } = setUp();
    store.createRequest = async () => {
      throw new TransientError("unreachable");
    };
    const answer = await call("submitOrder", { orderId: "1" }, { key: "k" });
    expect(answer).toMatchObject({ status: 503, headers: { "retry-after": "5" } });
    expect(failures).toHaveLength(1);
  });
});

describe("a query over HTTP", () => {
  it("shows an order", async () => {
    const { call, put } = setUp();
    const lines = [{ filling: "Meat", portions: 2, cents: 4400 }];
    await put("orders", "1", orders.schema, { ...orders.initial, customerId: "ann", lines, version: 1 });
    expect((await call("order", { orderId: "1" })).body).toEqual({
      orderId: "1",
      customerId: "ann",
      status: "open",
      lines,
      totalCents: 4400,
      version: 1,
    });
  });

  it("shows a customer's payments, orders begun and coupon", async () => {
    const { call, put } = setUp();
    const payments = [
      { orderId: "1", cents: 4400, status: "booked", version: 1 },
      { orderId: "2", cents: 9900, status: "cancelled", version: 2 },
    ];
    await put("billing", "ann", billing.schema, { payments });
    const coupon = { grantedAt: "2026-03-01T12:00:00.000Z" };
    await put("marketing", "ann", marketing.schema, { ordersBegun: 2, bookedCents: 14_300, coupon });
    expect((await call("customer", { customerId: "ann" })).body).toEqual({
      customerId: "ann",
      payments,
      paidCents: 4400,
      ordersBegun: 2,
      coupon,
    });
  });

  it("of what does not exist is answered 404", async () => {
    const { call, put } = setUp();
    expect((await call("order", { orderId: "1" })).status).toBe(404);
    expect((await call("customer", { customerId: "ann" })).status).toBe(404);
    expect((await call("requestStatus", { orderId: "1", key: "k" })).status).toBe(404);
    // A rejected first command leaves an order that nobody began.
    await put("orders", "1", orders.schema, orders.initial);
    expect((await call("order", { orderId: "1" })).status).toBe(404);
  });
});
