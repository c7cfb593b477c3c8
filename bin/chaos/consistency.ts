import type { Found } from "../demo/found.ts";

/**
 * Where the endpoints' states contradict each other, whatever was asked for: each knows a part of the same order.
 * @returns sentences
 */
export function inconsistencies({ orders, customers }: Found): string[] {
  const payments = new Map(
    [...customers].flatMap(([customerId, { payments: all }]) =>
      all.map((payment) => [payment.orderId, { ...payment, customerId }] as const),
    ),
  );
  const ofOrders = [...orders].flatMap(([id, { status, customerId }]) => {
    const payment = payments.get(id);
    const billing =
      payment === undefined ? "no payment" : payment.cancelled ? "a cancelled payment" : "a payment";
    const wanted = wantedOf[status] ?? "no payment";
    if (billing !== wanted) return [`order ${id} is ${status}, and Billing has ${billing}`];
    if (payment !== undefined && payment.customerId !== customerId) {
      return [`order ${id} is of ${customerId}, and was paid by ${payment.customerId}`];
    }
    return [];
  });
  const ofCustomers = [...customers].flatMap(([id, { payments: all, bookedCents, coupon }]) => {
    const booked = all.reduce((sum, { cents }) => sum + cents, 0);
    if (booked !== bookedCents)
      return [`Billing booked ${booked} cents for ${id}, Marketing heard of ${bookedCents}`];
    if (coupon !== bookedCents > 100_00)
      return [`${id} has ${coupon ? "a" : "no"} coupon at ${bookedCents} cents`];
    return [];
  });
  return [...ofOrders, ...ofCustomers];
}

const wantedOf: Readonly<Record<string, string>> = {
  paid: "a payment",
  paymentCancelled: "a cancelled payment",
};
