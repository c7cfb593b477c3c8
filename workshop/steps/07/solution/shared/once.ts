import type { Message } from "./messages.ts";
import type { Document, Store } from "./orderStore.ts";

/** A document that knows which messages have changed it. */
export interface Remembering {
  processed: string[];
}

/**
 * Changes a document on account of a message: once, however often and however late the message comes.
 * @returns the document, whether it was changed now or before
 */
export async function once<Content extends Remembering>(
  store: Store<Content>,
  { id, orderId }: Message,
  change: (document: Document<Content>) => void,
): Promise<Document<Content>> {
  const document = await store.load(orderId);
  if (document.processed.includes(id)) return document;

  change(document);
  // In the same write: neither the change nor the id of its cause is ever stored without the other.
  document.processed.push(id);
  return store.save(document);
}
