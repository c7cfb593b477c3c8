import { describe, expect, it } from "vitest";
import { bus } from "../test/support/bus.ts";
import { virtualTime } from "../test/support/virtual-time.ts";
import { receivers } from "./endpoints.ts";
import { silent } from "./exactly-once/telemetry.ts";
import { addressOf } from "./messaging/address.ts";
import type { Message } from "./pierogi/messages.ts";
import { memoryStore } from "./stores/memory/memory.ts";

function setUp() {
  const time = virtualTime();
  const store = memoryStore({ mode: "fence", now: time.now });
  const { publish, drain } = bus();
  const quarantined: string[] = [];
  const steps = {
    store,
    publish,
    quarantine: async (_delivery: unknown, reason: string, description: string) =>
      void quarantined.push(`${reason}: ${description}`),
  };
  const receive = receivers({ orders: steps, billing: steps, marketing: steps }, time, silent, {
    retention: 7 * 86_400_000,
    skew: 300_000,
    margin: 600_000,
  });
  let sent = 0;
  async function send(message: Message): Promise<void> {
    const id = `00000000-0000-4000-8000-${String(++sent).padStart(12, "0")}`;
    await publish([{ ...addressOf(message), id, createdAt: time.now() }]);
    await drain(receive);
  }
  const state = async (endpoint: string, id: string) => (await store.state({ endpoint, id }))?.value;
  return { send, state, quarantined, receive };
}

const add = (orderId: string, portions: number): Message => ({
  type: "AddItem",
  orderId,
  customerId: "ann",
  filling: "Meat",
  portions,
});

describe("the endpoints together", () => {
  it("bill what is submitted, tell the order, and grant one coupon when 100 USD are passed", async () => {
    const { send, state } = setUp();
    await send(add("1", 2));
    await send({ type: "SubmitOrder", orderId: "1" });
    expect(await state("orders", "1")).toMatchObject({
      status: "paid",
      payment: { version: 1, cents: 4400 },
    });
    expect(await state("marketing", "ann")).toEqual({ ordersBegun: 1, bookedCents: 4400, coupon: null });
    for (const order of ["2", "3"]) {
      await send(add(order, 3));
      await send({ type: "SubmitOrder", orderId: order });
    }
    expect(await state("marketing", "ann")).toMatchObject({
      ordersBegun: 3,
      bookedCents: 17_600,
      coupon: { grantedAt: "2026-03-01T12:00:00.000Z" },
    });
  });

  it("cancel a payment on the customer's word, and tell the order", async () => {
    const { send, state } = setUp();
    await send(add("1", 2));
    await send({ type: "SubmitOrder", orderId: "1" });
    await send({ type: "CancelOrderPayment", orderId: "1" });
    expect(await state("orders", "1")).toMatchObject({ status: "paymentCancelled", payment: { version: 2 } });
    expect(await state("billing", "ann")).toMatchObject({
      payments: [{ orderId: "1", status: "cancelled", version: 2 }],
    });
  });

  it("put a message for somebody else into quarantine", async () => {
    const { receive, quarantined } = setUp();
    await receive.billing({
      envelope: {
        id: "00000000-0000-4000-8000-000000000001",
        type: "SubmitOrder",
        schema: 1,
        createdAt: Date.parse("2026-03-01T12:00:00Z"),
        body: '{"orderId":"1"}',
      },
      entity: "billing",
      deliveryCount: 1,
      original: { body: Buffer.from(""), properties: {} },
    });
    expect(quarantined).toEqual([
      "unknown type: billing does not accept SubmitOrder; it accepts OrderSubmitted, CancelPayment",
    ]);
  });
});
