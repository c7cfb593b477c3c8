import { describe, expect, it } from "vitest";
import { expectationOf } from "./expectation.ts";
import type { Operation } from "./plan.ts";

const add = (filling: "Meat" | "Spinach", portions: number, customerId = "c"): Operation => ({
  operation: "add",
  customerId,
  filling,
  portions,
});
const submit: Operation = { operation: "submit" };
const cancel: Operation = { operation: "cancelPayment", whenPaid: true };

const expectation = (...orders: Operation[][]) =>
  expectationOf({
    orders: orders.map((requests, index) => ({
      orderId: `o${index + 1}`,
      customerId: "c",
      requests: requests.map((request) => ({ ...request, copies: 1 })),
    })),
  });
const order = (...requests: Operation[]) => expectation(requests).orders.get("o1");

describe("expectation", () => {
  it("adds portions of a filling up, and takes a removed one out", () => {
    expect(
      order(add("Meat", 1), add("Meat", 2), add("Spinach", 1), { operation: "remove", filling: "Spinach" }),
    ).toEqual(expect.objectContaining({ status: "open", portions: new Map([["Meat", 3]]), cents: 6600 }));
  });

  it("knows which requests break a rule", () => {
    expect(order(submit, cancel)?.outcomes).toEqual(["rejected", "rejected"]);
    expect(order(submit)?.status).toBeUndefined();
    expect(order(add("Meat", 1), add("Meat", 1, "other"))?.outcomes).toEqual(["accepted", "rejected"]);
    expect(order(add("Meat", 1), submit, add("Meat", 1), submit)?.outcomes).toEqual([
      "accepted",
      "accepted",
      "rejected",
      "rejected",
    ]);
    expect(order(add("Meat", 1), submit, cancel, cancel)?.outcomes.slice(2)).toEqual(["accepted", "either"]);
  });

  it("an order that was emptied stays begun, and its customer's", () => {
    const emptied = [add("Meat", 1), { operation: "remove", filling: "Meat" } as const];
    expect(order(...emptied, submit)).toEqual(expect.objectContaining({ status: "open", cents: 0 }));
    expect(order(...emptied, add("Meat", 1, "other"))?.outcomes[2]).toBe("rejected");
  });

  it("grants the coupon above 100 USD, not at it, and counts cancelled payments", () => {
    const coupon = (...orders: Operation[][]) => expectation(...orders).customers.get("c")?.coupon;
    const hundred = [
      [add("Meat", 1), add("Spinach", 1), submit],
      [add("Meat", 1), add("Spinach", 1), submit],
      [add("Spinach", 1), submit],
    ];
    expect(coupon(...hundred)).toBe(false); // 98 USD
    expect(coupon(...hundred, [add("Spinach", 1), submit, cancel])).toBe(true);
    expect(coupon(...hundred, [add("Spinach", 1)])).toBe(false);
  });

  it("makes the totals of a customer", () => {
    const customer = expectation(
      [add("Meat", 1), submit, cancel],
      [add("Spinach", 2), submit],
      [add("Meat", 1)],
    ).customers.get("c");
    expect(customer?.ordersBegun).toBe(3);
    expect(customer?.payments).toEqual(
      new Map([
        ["o1", { cents: 2200, cancelled: true }],
        ["o2", { cents: 3600, cancelled: false }],
      ]),
    );
  });
});
