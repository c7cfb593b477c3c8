import type { Expectation, ExpectedCustomer, ExpectedOrder } from "./expectation.ts";
import type { Found, FoundCustomer, FoundOrder } from "./found.ts";

/** Something that is not as it was asked for. */
export interface Finding {
  readonly kind: "lost" | "duplicated" | "ghost";
  readonly what: string;
}

/** Compares what is stored with what was asked for. Fewer is lost, more is duplicated, unasked is a ghost. */
export function compare(expected: Expectation, found: Found): Finding[] {
  return [
    ...[...expected.orders].flatMap(([id, order]) => compareOrder(id, order, found.orders.get(id))),
    ...[...expected.customers].flatMap(([id, customer]) =>
      compareCustomer(id, customer, found.customers.get(id)),
    ),
    ...ghosts("order", found.orders, expected.orders),
    ...ghosts("customer", found.customers, expected.customers),
  ];
}

function compareOrder(id: string, expected: ExpectedOrder, found: FoundOrder | undefined): Finding[] {
  const what = `order ${id}`;
  if (expected.status === undefined) {
    return found === undefined || found.customerId === null ? [] : [{ kind: "ghost", what }];
  }
  if (found === undefined) return [{ kind: "lost", what }];
  const fillings = new Set([...expected.portions.keys(), ...found.portions.keys()]);
  return [
    ...[...fillings].flatMap((filling) =>
      count(
        `${what}: portions of ${filling}`,
        expected.portions.get(filling) ?? 0,
        found.portions.get(filling) ?? 0,
      ),
    ),
    ...(found.customerId === expected.customerId
      ? []
      : [{ kind: "ghost", what: `${what}: is of ${found.customerId}, not ${expected.customerId}` } as const]),
    ...(found.status === expected.status ? [] : [statusFinding(what, expected.status, found.status)]),
  ];
}

const progress = ["open", "submitted", "paid", "paymentCancelled"];

/** An order that did not come as far as asked has lost a message; one that came further was pushed by a ghost. */
const statusFinding = (what: string, expected: string, found: string): Finding => ({
  kind: progress.indexOf(found) < progress.indexOf(expected) ? "lost" : "ghost",
  what: `${what}: is ${found}, not ${expected}`,
});

function compareCustomer(
  id: string,
  expected: ExpectedCustomer,
  found: FoundCustomer | undefined,
): Finding[] {
  const what = `customer ${id}`;
  const { ordersBegun = 0, bookedCents = 0, coupon = false, payments = [] } = found ?? {};
  const total = [...expected.payments.values()].reduce((sum, { cents }) => sum + cents, 0);
  return [
    ...count(`${what}: orders begun`, expected.ordersBegun, ordersBegun),
    ...count(`${what}: cents ever booked`, total, bookedCents),
    ...(coupon && !expected.coupon ? [{ kind: "ghost", what: `${what}: coupon` } as const] : []),
    ...(!coupon && expected.coupon ? [{ kind: "lost", what: `${what}: coupon` } as const] : []),
    ...[...expected.payments].flatMap(([orderId, payment]) => {
      const [first, ...more] = payments.filter((each) => each.orderId === orderId);
      const which = `payment of order ${orderId}`;
      if (first === undefined) return [{ kind: "lost", what: which } as const];
      return [
        ...more.map(() => ({ kind: "duplicated", what: which }) as const),
        ...count(`${which}: cents`, payment.cents, first.cents),
        ...(payment.cancelled && !first.cancelled
          ? [{ kind: "lost", what: `${which}: cancellation` } as const]
          : []),
        ...(!payment.cancelled && first.cancelled
          ? [{ kind: "ghost", what: `${which}: cancellation` } as const]
          : []),
      ];
    }),
    ...payments
      .filter(({ orderId }) => !expected.payments.has(orderId))
      .map(({ orderId }) => ({ kind: "ghost", what: `payment of order ${orderId}` }) as const),
  ];
}

function count(what: string, expected: number, found: number): Finding[] {
  if (found === expected) return [];
  return [{ kind: found < expected ? "lost" : "duplicated", what: `${what}: ${found}, not ${expected}` }];
}

const ghosts = (
  noun: string,
  found: ReadonlyMap<string, unknown>,
  expected: ReadonlyMap<string, unknown>,
): Finding[] =>
  [...found.keys()].filter((id) => !expected.has(id)).map((id) => ({ kind: "ghost", what: `${noun} ${id}` }));
