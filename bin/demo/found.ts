import { z } from "zod";

/** What the stores hold of a run. */
export interface Found {
  readonly orders: ReadonlyMap<string, FoundOrder>;
  readonly customers: ReadonlyMap<string, FoundCustomer>;
}

export interface FoundOrder {
  readonly customerId: string | null;
  readonly status: string;
  readonly portions: ReadonlyMap<string, number>;
}

export interface FoundCustomer {
  readonly ordersBegun: number;
  readonly bookedCents: number;
  readonly coupon: boolean;
  readonly payments: readonly {
    readonly orderId: string;
    readonly cents: number;
    readonly cancelled: boolean;
  }[];
}

const Order = z.object({
  customerId: z.string().nullable(),
  status: z.string(),
  lines: z.array(z.object({ filling: z.string(), portions: z.number(), cents: z.number() })),
});
const Account = z.object({
  payments: z.array(
    z.object({ orderId: z.string(), cents: z.number(), status: z.enum(["booked", "cancelled"]) }),
  ),
});
const Customer = z.object({
  ordersBegun: z.number(),
  bookedCents: z.number(),
  coupon: z.object({ grantedAt: z.string() }).nullable(),
});

/** An aggregate as an endpoint stored it. */
export interface StoredAggregate {
  readonly endpoint: string;
  readonly id: string;
  readonly state: unknown;
}

/** @param prefix only orders and customers whose id begins so are looked at */
export function foundOf(aggregates: readonly StoredAggregate[], prefix: string): Found {
  const orders = new Map<string, FoundOrder>();
  const customers = new Map<string, FoundCustomer>();
  const unknown: FoundCustomer = { ordersBegun: 0, bookedCents: 0, coupon: false, payments: [] };

  for (const { endpoint, id, state } of aggregates) {
    if (!id.startsWith(prefix)) continue;
    if (endpoint === "orders") {
      const { customerId, status, lines } = Order.parse(state);
      orders.set(id, {
        customerId,
        status,
        portions: new Map(lines.map((line) => [line.filling, line.portions])),
      });
    } else if (endpoint === "billing") {
      const payments = Account.parse(state).payments.map(({ orderId, cents, status }) => ({
        orderId,
        cents,
        cancelled: status === "cancelled",
      }));
      customers.set(id, { ...(customers.get(id) ?? unknown), payments });
    } else if (endpoint === "marketing") {
      const { ordersBegun, bookedCents, coupon } = Customer.parse(state);
      customers.set(id, {
        ...(customers.get(id) ?? unknown),
        ordersBegun,
        bookedCents,
        coupon: coupon !== null,
      });
    }
  }
  return { orders, customers };
}
