import type { Message, OrderEvent } from "./messages.ts";
import { once, type Remembering } from "./once.ts";
import { storeOf } from "./orderStore.ts";

interface Note extends Remembering {
  /** How often this order has begun: once, one should think. */
  beginnings: number;
}

const notes = storeOf<Note>("marketing", () => ({ beginnings: 0, processed: [] }));

/** Marketing: notes that an order has begun. */
export async function marketing(event: Message<OrderEvent>): Promise<void> {
  if (event.type !== "FirstItemAdded") return;
  await once(notes, event, (note) => {
    note.beginnings += 1;
  });
}
