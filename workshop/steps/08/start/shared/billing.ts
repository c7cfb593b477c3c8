import type { Filling, Message, OrderEvent } from "./messages.ts";
import { once, type Remembering } from "./once.ts";
import { storeOf } from "./orderStore.ts";

interface Bill extends Remembering {
  /** What the customer will pay for: one for each portion. */
  charges: Filling[];
}

const bills = storeOf<Bill>("billing", () => ({ charges: [], processed: [] }));

/** Billing: charges for what is in the order. */
export async function billing(event: Message<OrderEvent>): Promise<void> {
  const { type, filling } = event;
  if (type === "FirstItemAdded") return;
  await once(bills, event, (bill) => {
    if (type === "ItemAdded") bill.charges.push(filling);
    else bill.charges = bill.charges.filter((charge) => charge !== filling);
  });
}
