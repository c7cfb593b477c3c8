import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type Customer, decide, marketing } from "./marketing.ts";

const booked = (cents: number, day = 1) =>
  [
    { type: "PaymentBooked", orderId: "1", customerId: "ann", cents, version: 1 },
    { createdAt: `2026-01-0${day}T00:00:00.000Z` },
  ] as const;

describe("marketing", () => {
  it("grants no coupon at exactly 100 USD, and one past it, dated by the payment that passed it", () => {
    const at = decide(marketing.initial, ...booked(10_000));
    expect(at.outgoing).toEqual([]);
    const past = decide(at.state, ...booked(1, 2));
    expect(past.outgoing).toEqual([
      { type: "CouponGranted", customerId: "ann", grantedAt: "2026-01-02T00:00:00.000Z" },
    ]);
    expect(past.state.coupon).toEqual({ grantedAt: "2026-01-02T00:00:00.000Z" });
  });

  it("grants one coupon ever, whatever payments follow in whatever order", () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 30_000 }), { maxLength: 20 }), (payments) => {
        let customer: Customer = marketing.initial;
        let coupons = 0;
        for (const cents of payments) {
          const decision = decide(customer, ...booked(cents));
          customer = decision.state;
          coupons += decision.outgoing.length;
        }
        const total = payments.reduce((sum, cents) => sum + cents, 0);
        expect(coupons).toBe(total > 10_000 ? 1 : 0);
        expect(customer.bookedCents).toBe(total);
      }),
    );
  });

  it("counts the orders that a customer began", () => {
    const heard = { type: "FirstItemAdded", orderId: "1", customerId: "ann" } as const;
    expect(decide(marketing.initial, heard, booked(1)[1]).state.ordersBegun).toBe(1);
  });
});
