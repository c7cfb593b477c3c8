import { describe, expect, it } from "vitest";
import { expectationOf } from "./expectation.ts";
import { compare } from "./findings.ts";
import { foundOf } from "./found.ts";

/** One customer with a paid order (44 USD), a cancelled one (78 USD) and an empty one; a coupon is due. */
const expected = expectationOf({
  orders: [
    {
      orderId: "t-1",
      customerId: "t-c",
      requests: [
        { operation: "add", customerId: "t-c", filling: "Meat", portions: 2, copies: 1 },
        { operation: "submit", copies: 1 },
      ],
    },
    {
      orderId: "t-2",
      customerId: "t-c",
      requests: [
        { operation: "add", customerId: "t-c", filling: "Strawberry", portions: 3, copies: 1 },
        { operation: "submit", copies: 1 },
        { operation: "cancelPayment", whenPaid: true, copies: 1 },
      ],
    },
    { orderId: "t-3", customerId: "t-c", requests: [{ operation: "submit", copies: 1 }] },
  ],
});

const payment = (orderId: string, cents: number, status: string) => ({ orderId, cents, status, version: 1 });
const line = (filling: string, portions: number) => ({ filling, portions, cents: 0 });

/** The documents that a store holds when all went well. */
const documents = () => ({
  order1: {
    endpoint: "orders",
    id: "t-1",
    state: { customerId: "t-c", status: "paid", lines: [line("Meat", 2)] },
  },
  order2: {
    endpoint: "orders",
    id: "t-2",
    state: { customerId: "t-c", status: "paymentCancelled", lines: [line("Strawberry", 3)] },
  },
  order3: { endpoint: "orders", id: "t-3", state: { customerId: null, status: "open", lines: [] } },
  account: {
    endpoint: "billing",
    id: "t-c",
    state: { payments: [payment("t-1", 4400, "booked"), payment("t-2", 7800, "cancelled")] },
  },
  customer: {
    endpoint: "marketing",
    id: "t-c",
    state: {
      ordersBegun: 2,
      bookedCents: 12200,
      coupon: { grantedAt: "2026-01-01T00:00:00.000Z" } as object | null,
    },
  },
});

/** What the comparison says after something was changed. */
function findings(change: (stored: ReturnType<typeof documents>) => object): string[] {
  const stored = { ...documents(), ...change(documents()) };
  const present = Object.values(stored).filter((document) => document !== undefined);
  return compare(expected, foundOf(present, "t-")).map(({ kind, what }) => `${kind} ${what}`);
}

describe("comparison", () => {
  it("finds nothing when all is as asked for", () => {
    expect(findings(() => ({}))).toEqual([]);
  });

  it("finds a lost order", () => {
    expect(findings(() => ({ order1: undefined }))).toEqual(["lost order t-1"]);
  });

  it("finds an item that was added twice", () => {
    expect(
      findings(({ order1 }) => ({
        order1: { ...order1, state: { ...order1.state, lines: [line("Meat", 4)] } },
      })),
    ).toEqual(["duplicated order t-1: portions of Meat: 4, not 2"]);
  });

  it("finds a lost item, and one that was not asked for", () => {
    const lines = [line("Spinach", 1)];
    expect(findings(({ order1 }) => ({ order1: { ...order1, state: { ...order1.state, lines } } }))).toEqual([
      "lost order t-1: portions of Meat: 0, not 2",
      "duplicated order t-1: portions of Spinach: 1, not 0",
    ]);
  });

  it("finds an order that stands still, and one that went too far", () => {
    const withStatus = (status: string) =>
      findings(({ order1 }) => ({ order1: { ...order1, state: { ...order1.state, status } } }));
    expect(withStatus("submitted")).toEqual(["lost order t-1: is submitted, not paid"]);
    expect(withStatus("paymentCancelled")).toEqual(["ghost order t-1: is paymentCancelled, not paid"]);
  });

  it("finds a payment booked twice, lost, unasked, with other cents, or not cancelled", () => {
    const withPayments = (...payments: object[]) =>
      findings(({ account }) => ({ account: { ...account, state: { payments } } }));
    const [first, second] = documents().account.state.payments;
    expect(first && second && withPayments(first, first, second)).toEqual([
      "duplicated payment of order t-1",
    ]);
    expect(second && withPayments(second)).toEqual(["lost payment of order t-1"]);
    expect(first && second && withPayments(first, second, payment("t-3", 1, "booked"))).toEqual([
      "ghost payment of order t-3",
    ]);
    expect(second && withPayments(payment("t-1", 8800, "booked"), second)).toEqual([
      "duplicated payment of order t-1: cents: 8800, not 4400",
    ]);
    expect(first && withPayments(first, payment("t-2", 7800, "booked"))).toEqual([
      "lost payment of order t-2: cancellation",
    ]);
    expect(second && withPayments(payment("t-1", 4400, "cancelled"), second)).toEqual([
      "ghost payment of order t-1: cancellation",
    ]);
  });

  it("finds an event that a customer heard twice, and a lost coupon", () => {
    const withCustomer = (changed: object) =>
      findings(({ customer }) => ({ customer: { ...customer, state: { ...customer.state, ...changed } } }));
    expect(withCustomer({ ordersBegun: 3 })).toEqual(["duplicated customer t-c: orders begun: 3, not 2"]);
    expect(withCustomer({ bookedCents: 4400, coupon: null })).toEqual([
      "lost customer t-c: cents ever booked: 4400, not 12200",
      "lost customer t-c: coupon",
    ]);
  });

  it("finds orders and customers that nobody asked for, but not those of other runs", () => {
    const state = { customerId: "t-x", status: "open", lines: [line("Meat", 1)] };
    expect(findings(() => ({ more: { endpoint: "orders", id: "t-9", state } }))).toEqual(["ghost order t-9"]);
    expect(findings(() => ({ more: { endpoint: "orders", id: "other-9", state } }))).toEqual([]);
    expect(findings(({ order3 }) => ({ order3: { ...order3, state } }))).toEqual(["ghost order t-3"]);
    expect(findings(() => ({ more: { endpoint: "billing", id: "t-x", state: { payments: [] } } }))).toEqual([
      "ghost customer t-x",
    ]);
  });
});
