import { describe, expect, it } from "vitest";
import { expectationOf } from "./expectation.ts";
import { makePlan, type Operation } from "./plan.ts";
import { seeded } from "./random.ts";

const plan = (seed: number, orders = 300) => makePlan({ orders, random: seeded(seed), prefix: "t" });

describe("plan", () => {
  it("is the same for the same seed, and another for another", () => {
    expect(plan(7)).toEqual(plan(7));
    expect(plan(7)).not.toEqual(plan(8));
  });

  it("asks for everything that the audit must tell apart", () => {
    const { orders } = plan(7);
    const expected = expectationOf(plan(7));
    const statuses = new Set([...expected.orders.values()].map(({ status }) => status));
    expect(statuses).toEqual(new Set([undefined, "open", "paid", "paymentCancelled"]));
    const outcomes = new Set([...expected.orders.values()].flatMap((order) => order.outcomes));
    expect(outcomes).toEqual(new Set(["accepted", "rejected", "either"]));
    const coupons = [...expected.customers.values()].filter(({ coupon }) => coupon).length;
    expect(coupons).toBeGreaterThan(20);
    expect(coupons).toBeLessThan(expected.customers.size - 10);
    expect(
      orders.flatMap(({ requests }) => requests).filter(({ copies }) => copies > 1).length,
    ).toBeGreaterThan(20);
  });

  it("waits for a payment exactly where there will be one", () => {
    const whenPaid = (request: Operation) => request.operation === "cancelPayment" && request.whenPaid;
    const expected = expectationOf(plan(7));
    for (const { orderId, requests } of plan(7).orders) {
      if (requests.some(whenPaid)) expect(expected.orders.get(orderId)?.status).toBe("paymentCancelled");
    }
  });
});
