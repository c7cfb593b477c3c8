import type { StoredAggregate } from "./found.ts";

/** A store, read from outside. */
export interface StoreView {
  /** Messages that an endpoint has still to send. */
  unsent(): Promise<number>;
  /** Messages that were handled: each leaves an inbox record. */
  handled(): Promise<number>;
  /** Every aggregate's state. */
  aggregates(): Promise<readonly StoredAggregate[]>;
  close(): Promise<void>;
}
