import type { OrderPlan, Plan, PlannedRequest } from "./plan.ts";

/** How everything must end, worked out from the plan alone, independent of the program's own logic. */
export interface Expectation {
  readonly orders: ReadonlyMap<string, ExpectedOrder>;
  readonly customers: ReadonlyMap<string, ExpectedCustomer>;
}

export interface ExpectedOrder {
  readonly customerId: string;
  /** Undefined: every request was refused, so there is no such order. */
  readonly status: "open" | "paid" | "paymentCancelled" | undefined;
  readonly portions: ReadonlyMap<string, number>;
  readonly cents: number;
  /** Of each request, in the plan's order; "either" where it depends on which message comes first. */
  readonly outcomes: readonly ("accepted" | "rejected" | "either")[];
}

export interface ExpectedCustomer {
  readonly ordersBegun: number;
  /** Of payments ever booked, by order. */
  readonly payments: ReadonlyMap<string, { readonly cents: number; readonly cancelled: boolean }>;
  readonly coupon: boolean;
}

const dollars: Readonly<Record<string, number>> = {
  Spinach: 18,
  Meat: 22,
  Mushrooms: 20,
  SwissCheese: 24,
  QuarkAndPotatoes: 16,
  Strawberry: 26,
};

export function expectationOf(plan: Plan): Expectation {
  const orders = new Map(plan.orders.map((order) => [order.orderId, expectOrder(order)]));
  const customers = new Map<string, ExpectedCustomer>();
  for (const customerId of new Set(plan.orders.map((order) => order.customerId))) {
    customers.set(customerId, expectCustomer(customerId, orders));
  }
  return { orders, customers };
}

function expectOrder({ customerId, requests }: OrderPlan): ExpectedOrder {
  const portions = new Map<string, number>();
  let begun = false;
  let submitted = false;
  let cancelled = false;

  const outcomeOf = (request: PlannedRequest): "accepted" | "rejected" | "either" => {
    switch (request.operation) {
      case "add":
        if (submitted || (begun && request.customerId !== customerId)) return "rejected";
        begun = true;
        portions.set(request.filling, (portions.get(request.filling) ?? 0) + request.portions);
        return "accepted";
      case "remove":
        return !submitted && portions.delete(request.filling) ? "accepted" : "rejected";
      case "submit":
        if (submitted || portions.size === 0) return "rejected";
        submitted = true;
        return "accepted";
      case "cancelPayment":
        if (!submitted) return "rejected";
        // The second comes before or after the news of the first.
        if (cancelled) return "either";
        cancelled = true;
        return "accepted";
    }
  };

  const outcomes = requests.map(outcomeOf);
  const cents = [...portions].reduce(
    (sum, [filling, count]) => sum + count * (dollars[filling] ?? 0) * 100,
    0,
  );
  const status = !begun ? undefined : !submitted ? "open" : cancelled ? "paymentCancelled" : "paid";
  return { customerId, status, portions, cents, outcomes };
}

function expectCustomer(customerId: string, all: ReadonlyMap<string, ExpectedOrder>): ExpectedCustomer {
  const orders = [...all].filter(
    ([, order]) => order.customerId === customerId && order.status !== undefined,
  );
  const payments = new Map(
    orders
      .filter(([, { status }]) => status !== "open")
      .map(([orderId, { cents, status }]) => [orderId, { cents, cancelled: status === "paymentCancelled" }]),
  );
  const booked = [...payments.values()].reduce((sum, { cents }) => sum + cents, 0);
  return { ordersBegun: orders.length, payments, coupon: booked > 100_00 };
}
