import type { Journal } from "../broker/message.ts";
import type { Stored } from "../broker/namespace.ts";

/** Collects the broker's changes and makes them durable together. */
export interface Storage extends Journal {
  load(): Stored;
  /** Makes all changes since the last commit durable, or throws. */
  commit(): void;
  close(): void;
}

/** Keeps nothing. */
export const createMemoryStorage = (): Storage => ({
  put() {},
  update() {},
  remove() {},
  sessionState() {},
  load: () => ({ messages: [], sessions: [], counters: [] }),
  commit() {},
  close() {},
});
