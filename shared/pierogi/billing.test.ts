import { describe, expect, it } from "vitest";
import { billing, decide, paidCents } from "./billing.ts";

const facts = { createdAt: "2026-01-01T00:00:00Z" };
const submitted = (orderId: string, totalCents: number) =>
  ({ type: "OrderSubmitted", orderId, customerId: "ann", totalCents }) as const;
const cancel = (orderId: string, version: number) =>
  ({ type: "CancelPayment", orderId, customerId: "ann", version }) as const;

describe("billing", () => {
  it("books one payment per submitted order", () => {
    const first = decide(billing.initial, submitted("1", 2200), facts);
    expect(first.outgoing).toEqual([
      { type: "PaymentBooked", orderId: "1", customerId: "ann", cents: 2200, version: 1 },
    ]);
    const again = decide(first.state, submitted("1", 9900), facts);
    expect(again.outcome.status).toBe("rejected");
    expect(again.outgoing).toEqual([]);
    expect(paidCents(again.state)).toBe(2200);
  });

  it("cancels a payment once, and tells the new version", () => {
    const booked = decide(billing.initial, submitted("1", 2200), facts).state;
    const cancelled = decide(booked, cancel("1", 1), facts);
    expect(cancelled.outgoing).toEqual([
      { type: "PaymentCancelled", orderId: "1", customerId: "ann", cents: 2200, version: 2 },
    ]);
    expect(paidCents(cancelled.state)).toBe(0);
    expect(decide(cancelled.state, cancel("1", 1), facts).outgoing).toEqual([]);
  });

  it("refuses to cancel a payment that it never booked", () => {
    expect(decide(billing.initial, cancel("1", 1), facts).outcome).toMatchObject({ status: "rejected" });
  });
});
