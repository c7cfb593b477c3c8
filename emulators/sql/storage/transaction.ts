import type { Owner } from "../locks/owner.ts";
import type { Slot, Table } from "./table.ts";

/** What a statement reads: commits up to this number. */
export interface Snapshot {
  readonly commit: number;
}

/** One step back. */
type Undo = () => void;

/** What a transaction has done so far: how to undo it, and what its commit must write. */
export interface Transaction extends Owner {
  readonly id: bigint;
  readonly undo: Undo[];
  /** Rows it has changed. */
  readonly touched: Set<Slot>;
  /** Tables whose definition or identity it has changed; dropped ones by id. */
  readonly definitions: Set<Table>;
  readonly dropped: Set<number>;
  /** Schemas, principals: written whole. */
  catalogChanged: boolean;
  /** The commit it reads, under SNAPSHOT isolation: set by its first read. */
  snapshot: number | undefined;
  /** Keeps the versions of that commit from being forgotten. */
  view: Snapshot | undefined;
  /** Its commit is on its way to the disk, and cannot be called back. */
  committing: boolean;
  readonly savepoints: { readonly name: string; readonly mark: number }[];
}

let lastId = 0n;

export function newTransaction(spid: number, priority: number): Transaction {
  const undo: Undo[] = [];
  return {
    id: ++lastId,
    spid,
    priority,
    held: new Map(),
    cost: () => undo.length,
    undo,
    touched: new Set(),
    definitions: new Set(),
    dropped: new Set(),
    catalogChanged: false,
    snapshot: undefined,
    view: undefined,
    committing: false,
    savepoints: [],
  };
}

/** Undoes what was done after the mark (a length of the undo list). */
export function undoTo(transaction: Transaction, mark: number): void {
  while (transaction.undo.length > mark) transaction.undo.pop()?.();
}
