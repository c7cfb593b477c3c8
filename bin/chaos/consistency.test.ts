import { describe, expect, it } from "vitest";
import type { Found } from "../demo/found.ts";
import { inconsistencies } from "./consistency.ts";

const found = ({
  status = "paid",
  paid = 12_000,
  heard = 12_000,
  coupon = true,
  payment = {},
} = {}): Found => ({
  orders: new Map([["1", { customerId: "c", status, portions: new Map() }]]),
  customers: new Map([
    [
      "c",
      {
        ordersBegun: 1,
        bookedCents: heard,
        coupon,
        payments: [{ orderId: "1", cents: paid, cancelled: false, ...payment }],
      },
    ],
  ]),
});

describe("endpoints that know of the same order", () => {
  it("agree", () => expect(inconsistencies(found())).toEqual([]));

  it.each([
    [found({ status: "submitted" }), "order 1 is submitted, and Billing has a payment"],
    [found({ payment: { cancelled: true } }), "order 1 is paid, and Billing has a cancelled payment"],
    [found({ payment: { orderId: "2" } }), "order 1 is paid, and Billing has no payment"],
    [found({ heard: 24_000 }), "Billing booked 12000 cents for c, Marketing heard of 24000"],
    [found({ coupon: false }), "c has no coupon at 12000 cents"],
    [found({ paid: 9_000, heard: 9_000 }), "c has a coupon at 9000 cents"],
  ])("contradict each other: %#", (contradictory, sentence) => {
    expect(inconsistencies(contradictory)).toEqual([sentence]);
  });
});
