import type { Journal, Message } from "../broker/message.ts";

/** What a storage kept from before. */
export interface Stored {
  readonly messages: Iterable<{ readonly queue: string; readonly message: Message }>;
  readonly sessions: Iterable<{
    readonly queue: string;
    readonly sessionId: string;
    readonly state: Uint8Array;
  }>;
  /** The last sequence number that each queue ever gave. */
  readonly counters: Iterable<{ readonly queue: string; readonly lastSequence: number }>;
}

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
