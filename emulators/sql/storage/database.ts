import type { LockManager, Wait } from "../locks/owner.ts";
import type { Row, Slot, Table } from "./table.ts";
import type { Snapshot, Transaction } from "./transaction.ts";

/** A user, role membership or permission, as the statement that made it. */
export interface Principal {
  readonly kind: "user" | "role" | "permission" | "member";
  readonly name: string;
  readonly text: string;
}

/** The database: its catalog and rows in memory, with versions, locks, and the store behind COMMIT. */
export interface Database {
  readonly name: string;
  readonly locks: LockManager;
  /** Tables by "schema.name" in lower case. */
  readonly tables: Map<string, Table>;
  readonly schemas: Map<string, string>;
  readonly principals: Principal[];
  /** Changes with every definition, so that what was bound before is bound anew. */
  version(): number;
  changed(): void;
  newTableId(): number;
  lastCommit(): number;
  nextRowversion(): bigint;
  /** Holds the versions that a snapshot may read until it is released. */
  openSnapshot(commit: number): Snapshot;
  closeSnapshot(snapshot: Snapshot): void;
  insert(transaction: Transaction, table: Table, row: Row): Slot;
  /** Replaces a row, or deletes it (null). */
  change(transaction: Transaction, slot: Slot, row: Row | null): void;
  /** Makes a transaction durable and visible, and releases its locks: at once, or when the wait is over. */
  commit(transaction: Transaction): Wait | undefined;
  rollback(transaction: Transaction): void;
  close(): void;
}
