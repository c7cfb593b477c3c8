import type { Message, OrderEvent } from "./messages.ts";
import { storeOf } from "./orderStore.ts";

interface Note {
  hasBegun: boolean;
}

const notes = storeOf<Note>("marketing", () => ({ hasBegun: false }));

/** Marketing: notes that an order has begun. */
export async function marketing({ type, orderId }: Message<OrderEvent>): Promise<void> {
  if (type !== "ItemAdded") return;
  const note = await notes.load(orderId);
  if (note.hasBegun) return;

  note.hasBegun = true;
  await notes.save(note);
}
