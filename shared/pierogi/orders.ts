import { z } from "zod";
import { accepted, type Decide, type Decision, type Endpoint, rejected } from "./decide.ts";
import { Filling, pricePerPortion } from "./menu.ts";
import type { MessageOf } from "./messages.ts";
import { stateReader } from "./state.ts";

const Line = z.object({ filling: Filling, portions: z.int().min(1), cents: z.int() });
type Line = Readonly<z.infer<typeof Line>>;

const Order = z.object({
  /** Whoever began the order; null until its first item. */
  customerId: z.string().nullable(),
  status: z.enum(["open", "submitted", "paid", "paymentCancelled"]),
  lines: z.array(Line),
  /** The newest payment heard of, so that an older one is ignored. */
  payment: z.object({ version: z.int(), cents: z.int() }).nullable(),
  /** Number of changes so far. */
  version: z.int(),
});
export type Order = Readonly<z.infer<typeof Order>>;

type Heard = MessageOf<
  "AddItem" | "RemoveItem" | "SubmitOrder" | "CancelOrderPayment" | "PaymentBooked" | "PaymentCancelled"
>;

export const decide: Decide<Order, Heard> = (order, message) => {
  switch (message.type) {
    case "AddItem":
      return addItem(order, message);
    case "RemoveItem":
      return removeItem(order, message);
    case "SubmitOrder":
      return submit(order, message);
    case "CancelOrderPayment":
      return cancelPayment(order, message);
    case "PaymentBooked":
      return hearOfPayment(order, message, "paid");
    case "PaymentCancelled":
      return hearOfPayment(order, message, "paymentCancelled");
  }
};

function addItem(
  order: Order,
  { orderId, customerId, filling, portions }: MessageOf<"AddItem">,
): Decision<Order> {
  if (order.customerId !== null && order.customerId !== customerId) {
    return rejected(order, `the order was begun by another customer than ${customerId}`);
  }
  if (order.status !== "open") return rejected(order, notOpen(order));
  const cents = portions * pricePerPortion[filling];
  const item = { orderId, customerId, filling, portions, cents };
  const first = order.customerId === null;
  return accepted(
    changed(order, { customerId, lines: withPortions(order.lines, { filling, portions, cents }) }),
    { type: "ItemAdded", ...item },
    ...(first ? [{ type: "FirstItemAdded", orderId, customerId } as const] : []),
  );
}

function withPortions(lines: readonly Line[], added: Line): Line[] {
  if (!lines.some((line) => line.filling === added.filling)) return [...lines, added];
  return lines.map((line) =>
    line.filling === added.filling
      ? { ...line, portions: line.portions + added.portions, cents: line.cents + added.cents }
      : line,
  );
}

function removeItem(order: Order, { orderId, filling }: MessageOf<"RemoveItem">): Decision<Order> {
  if (order.status !== "open") return rejected(order, notOpen(order));
  const line = order.lines.find((candidate) => candidate.filling === filling);
  if (line === undefined || order.customerId === null) {
    return rejected(order, `the order has no ${filling} to remove`);
  }
  return accepted(changed(order, { lines: order.lines.filter((candidate) => candidate !== line) }), {
    type: "ItemRemoved",
    orderId,
    customerId: order.customerId,
    filling,
    portions: line.portions,
  });
}

function submit(order: Order, { orderId }: MessageOf<"SubmitOrder">): Decision<Order> {
  if (order.status !== "open") return rejected(order, notOpen(order));
  if (order.customerId === null || order.lines.length === 0) {
    return rejected(order, "an empty order can't be submitted");
  }
  return accepted(changed(order, { status: "submitted" }), {
    type: "OrderSubmitted",
    orderId,
    customerId: order.customerId,
    totalCents: totalCents(order),
  });
}

function cancelPayment(order: Order, { orderId }: MessageOf<"CancelOrderPayment">): Decision<Order> {
  if (order.status !== "paid" || order.payment === null || order.customerId === null) {
    return rejected(order, `only a paid order's payment can be cancelled; this order is ${order.status}`);
  }
  // The order stays paid until Billing says otherwise; Billing rejects a second cancellation of one version.
  const { customerId, payment } = order;
  return accepted(order, { type: "CancelPayment", orderId, customerId, version: payment.version });
}

/** Payment events may overtake each other: the version tells which is newer. */
function hearOfPayment(
  order: Order,
  { version, cents }: MessageOf<"PaymentBooked" | "PaymentCancelled">,
  status: "paid" | "paymentCancelled",
): Decision<Order> {
  if (order.status === "open") return rejected(order, "a payment for an order that was not submitted");
  if (order.payment !== null && order.payment.version >= version) {
    return rejected(order, `version ${version} of the payment is not newer than ${order.payment.version}`);
  }
  return accepted(changed(order, { status, payment: { version, cents } }));
}

const changed = (order: Order, change: Partial<Order>): Order => ({
  ...order,
  ...change,
  version: order.version + 1,
});

const notOpen = (order: Order): string => `the order is no longer open; it is ${order.status}`;

export const totalCents = (order: Order): number => order.lines.reduce((sum, line) => sum + line.cents, 0);

/** Schema 1 kept no price with a line, and no version. */
const OrderV1 = Order.omit({ version: true }).extend({ lines: z.array(Line.omit({ cents: true })) });

const fromV1 = (stored: unknown): Order => {
  const order = OrderV1.parse(stored);
  const lines = order.lines.map((line) => ({
    ...line,
    cents: line.portions * pricePerPortion[line.filling],
  }));
  return { ...order, lines, version: 0 };
};

export const orders: Endpoint<Order, Heard> = {
  name: "orders",
  accepts: [
    "AddItem",
    "RemoveItem",
    "SubmitOrder",
    "CancelOrderPayment",
    "PaymentBooked",
    "PaymentCancelled",
  ],
  aggregateOf: (message) => message.orderId,
  initial: { customerId: null, status: "open", lines: [], payment: null, version: 0 },
  schema: 2,
  restore: stateReader("orders", 2, Order, fromV1),
  decide,
};
