import type { Random } from "./random.ts";

/** What the demo asks for: some orders, each a list of requests made one after the other. */
export interface Plan {
  readonly orders: readonly OrderPlan[];
}

export interface OrderPlan {
  readonly orderId: string;
  readonly customerId: string;
  readonly requests: readonly PlannedRequest[];
}

export type PlannedRequest = Operation & {
  /** How often it is sent, each time with the same key: a client that retries. */
  readonly copies: number;
};

export type Operation =
  | {
      readonly operation: "add";
      readonly customerId: string;
      readonly filling: FillingName;
      readonly portions: number;
    }
  | { readonly operation: "remove"; readonly filling: FillingName }
  | { readonly operation: "submit" }
  | {
      readonly operation: "cancelPayment";
      /** Wait for the payment first; otherwise there never is one. */
      readonly whenPaid: boolean;
    };

const fillings = ["Spinach", "Meat", "Mushrooms", "SwissCheese", "QuarkAndPotatoes", "Strawberry"] as const;
export type FillingName = (typeof fillings)[number];

export interface PlanOptions {
  readonly orders: number;
  readonly random: Random;
  /** Begins every order's and customer's id, so that two runs on one stack do not meet. */
  readonly prefix: string;
}

/**
 * A mix of orders, the same for the same seed: most are bought, some payments are cancelled, some orders stay
 * open or empty, and some requests break a rule. About every third order is of a new customer.
 */
export function makePlan({ orders, random, prefix }: PlanOptions): Plan {
  const customers = Math.max(1, Math.ceil(orders / 3));
  return {
    orders: Array.from({ length: orders }, (_, index) => {
      const customerId = `${prefix}-c${random.whole(1, customers)}`;
      const requests = requestsOf(customerId, random);
      return {
        orderId: `${prefix}-${index + 1}`,
        customerId,
        requests: requests.map((request) => ({ ...request, copies: random.chance(0.1) ? 2 : 1 })),
      };
    }),
  };
}

function requestsOf(customerId: string, random: Random): Operation[] {
  const item = (): Operation => ({
    operation: "add",
    customerId,
    filling: random.pick(fillings),
    portions: random.whole(1, 3),
  });
  const items = Array.from({ length: random.whole(1, 3) }, item);
  const submit: Operation = { operation: "submit" };
  const cancel = (whenPaid: boolean): Operation => ({ operation: "cancelPayment", whenPaid });

  const kind = random.next();
  // Left open.
  if (kind < 0.06) return items;
  // An empty order can't be submitted, and there is no payment to cancel.
  if (kind < 0.1) return [submit, cancel(false)];
  // What is removed may have been added or not.
  if (kind < 0.2) {
    const filling = random.pick(fillings);
    return [...items, { operation: "remove", filling }, item(), submit];
  }
  // Emptied, then filled again.
  if (kind < 0.24) {
    const emptied = items.flatMap((each) =>
      each.operation === "add" ? [{ operation: "remove", filling: each.filling } as const] : [],
    );
    return [...items, ...emptied, submit, item(), submit];
  }
  // Somebody else's order.
  if (kind < 0.28) return [...items, { ...item(), customerId: `${customerId}-other` } as Operation, submit];
  // Too late: after it was submitted an order does not change.
  if (kind < 0.36) return [...items, submit, item(), submit];
  // The payment is cancelled, once or by an impatient customer twice.
  if (kind < 0.46) return [...items, submit, cancel(true)];
  if (kind < 0.5) return [...items, submit, cancel(true), cancel(true)];
  return [...items, submit];
}
