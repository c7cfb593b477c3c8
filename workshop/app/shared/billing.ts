import type { Filling, Message, OrderEvent } from "./messages.ts";
import { storeOf } from "./orderStore.ts";

interface Bill {
  /** What the customer will pay for. */
  charges: Filling[];
}

const bills = storeOf<Bill>("billing", () => ({ charges: [] }));

/** Billing: charges for what is in the order. */
export async function billing({ type, orderId, filling }: Message<OrderEvent>): Promise<void> {
  if (type === "FirstItemAdded") return;
  const bill = await bills.load(orderId);

  // The filling is charged or it is not: a copy of the event makes no difference.
  bill.charges = bill.charges.filter((charge) => charge !== filling);
  if (type === "ItemAdded") bill.charges.push(filling);

  await bills.save(bill);
}
