import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { fillings, pricePerPortion } from "./menu.ts";
import type { Message, MessageOf } from "./messages.ts";
import { decide, type Order, orders, totalCents } from "./orders.ts";

type Heard = Parameters<typeof decide>[1];

const facts = { createdAt: "2026-01-01T00:00:00Z" };
const add = (filling: MessageOf<"AddItem">["filling"], portions = 1, customerId = "ann"): Heard => ({
  type: "AddItem",
  orderId: "1",
  customerId,
  filling,
  portions,
});
const remove = (filling: MessageOf<"AddItem">["filling"]): Heard => ({
  type: "RemoveItem",
  orderId: "1",
  filling,
});
const submit: Heard = { type: "SubmitOrder", orderId: "1" };
const cancel: Heard = { type: "CancelOrderPayment", orderId: "1" };
const payment = (type: "PaymentBooked" | "PaymentCancelled", version: number): Heard => ({
  type,
  orderId: "1",
  customerId: "ann",
  cents: 2200,
  version,
});

/** Runs messages one after the other, as a lane does. */
function run(...messages: Heard[]) {
  let order: Order = orders.initial;
  const outgoing: Message[] = [];
  const outcomes: string[] = [];
  for (const message of messages) {
    const decision = decide(order, message, facts);
    order = decision.state;
    outgoing.push(...decision.outgoing);
    outcomes.push(decision.outcome.status === "accepted" ? "accepted" : decision.outcome.reason);
  }
  return { order, outgoing, outcomes, last: outcomes.at(-1) };
}

describe("orders", () => {
  it("adds portions of one filling up in one line", () => {
    const { order } = run(add("Meat", 2), add("Meat", 3), add("Spinach"));
    expect(order.lines).toEqual([
      { filling: "Meat", portions: 5, cents: 11_000 },
      { filling: "Spinach", portions: 1, cents: 1800 },
    ]);
  });

  it("tells of an order's first item once, also when the order was emptied in between", () => {
    const { outgoing } = run(add("Meat"), remove("Meat"), add("Meat"));
    expect(outgoing.filter((message) => message.type === "FirstItemAdded")).toHaveLength(1);
  });

  it("takes items only from the customer who began the order", () => {
    const { last, order } = run(add("Meat"), add("Meat", 1, "bob"));
    expect(last).toContain("another customer than bob");
    expect(order.lines).toEqual([{ filling: "Meat", portions: 1, cents: 2200 }]);
  });

  it.each([add("Spinach"), remove("Meat"), submit])("changes nothing after submission: $type", (message) => {
    const { last, outgoing } = run(add("Meat"), submit, message);
    expect(last).toContain("no longer open");
    expect(outgoing.at(-1)?.type).toBe("OrderSubmitted");
  });

  it("refuses to submit an order that is empty or was emptied", () => {
    expect(run(submit).last).toContain("empty");
    expect(run(add("Meat"), remove("Meat"), submit).last).toContain("empty");
  });

  it("refuses to remove what is not there", () => {
    expect(run(remove("Meat")).last).toContain("no Meat");
  });

  it("cancels a payment only when paid, with the payment's version", () => {
    expect(run(add("Meat"), submit, cancel).last).toContain("submitted");
    const { outgoing } = run(add("Meat"), submit, payment("PaymentBooked", 1), cancel);
    expect(outgoing.at(-1)).toEqual({ type: "CancelPayment", orderId: "1", customerId: "ann", version: 1 });
  });

  it("ignores a payment event that is older than one it has heard", () => {
    const { order, last } = run(
      add("Meat"),
      submit,
      payment("PaymentCancelled", 2),
      payment("PaymentBooked", 1),
    );
    expect(order.status).toBe("paymentCancelled");
    expect(last).toContain("not newer");
  });

  it("totals what its lines cost, whatever was added and removed before", () => {
    const filling = fc.constantFrom(...fillings);
    const command = fc.oneof(
      fc.tuple(filling, fc.integer({ min: 1, max: 100 })).map(([f, portions]) => add(f, portions)),
      filling.map(remove),
    );
    fc.assert(
      fc.property(fc.array(command, { maxLength: 30 }), (commands) => {
        const { order } = run(...commands);
        const expected = order.lines.reduce(
          (sum, line) => sum + line.portions * pricePerPortion[line.filling],
          0,
        );
        expect(totalCents(order)).toBe(expected);
        expect(new Set(order.lines.map((line) => line.filling)).size).toBe(order.lines.length);
      }),
    );
  });
});

describe("stored orders", () => {
  it("of schema 1, which kept no prices, are read with today's", () => {
    const stored = JSON.parse(
      '{"customerId":"ann","status":"open","lines":[{"filling":"Meat","portions":2}],"payment":null}',
    );
    expect(orders.restore(1, stored).lines).toEqual([{ filling: "Meat", portions: 2, cents: 4400 }]);
  });

  it("of an unknown schema or form are refused by name", () => {
    expect(() => orders.restore(3, orders.initial)).toThrow(/orders with schema 3.*reads.*2 and 1/);
    expect(() => orders.restore(2, { status: "lost" })).toThrow(/orders with schema 2/);
  });
});
