import { sqlError } from "../errors/sql-error.ts";
import { lockManager } from "../locks/lock-manager.ts";
import { type CommitGroup, commitGroup } from "./commit-group.ts";
import type { Database, Principal } from "./database.ts";
import type { Durable } from "./durable.ts";
import { addToIndexes, newSlot, prune, removeFromIndexes } from "./slot.ts";
import { fullName, type Slot, type Table } from "./table.ts";
import type { CompileFilter } from "./table-codec.ts";
import { type Snapshot, type Transaction, undoTo } from "./transaction.ts";

const DEFAULT_SCHEMAS = ["dbo", "sys", "INFORMATION_SCHEMA", "guest"];

/**
 * Opens a database over its store. Throws if the store cannot be read.
 * @param onCommitted hears of each transaction that is durable, before others see it
 */
export function openDatabase(
  name: string,
  durable: Durable,
  compileFilter: CompileFilter,
  onCommitted: (transaction: Transaction) => void = () => {},
): Database {
  const locks = lockManager();
  const tables = new Map<string, Table>();
  const schemas = new Map(DEFAULT_SCHEMAS.map((schema) => [schema.toLowerCase(), schema]));
  const principals: Principal[] = [];
  const snapshots = new Set<Snapshot>();
  const garbage = new Set<Slot>();
  let lastCommit = 0;
  let version = 1;
  let lastTable = 0;
  let rowversion = 0n;

  const oldest = (): number => {
    let least = lastCommit;
    for (const { commit } of snapshots) least = Math.min(least, commit);
    return least;
  };

  const collect = (slots: Iterable<Slot>): void => {
    const limit = oldest();
    for (const slot of slots) {
      prune(slot, limit);
      if (
        slot.newest !== undefined &&
        (slot.newest.older !== undefined || slot.newest.values === null) &&
        slot.table.slots.has(slot.id)
      )
        garbage.add(slot);
      else garbage.delete(slot);
    }
  };

  const release = (transaction: Transaction): void => {
    if (transaction.view !== undefined) database.closeSnapshot(transaction.view);
    transaction.view = undefined;
    transaction.snapshot = undefined;
    transaction.committing = false;
    locks.releaseAll(transaction);
  };

  /** The transaction's changes become the newest commit, for all at once. */
  const publish = (transaction: Transaction): void => {
    onCommitted(transaction);
    lastCommit++;
    for (const slot of transaction.touched) {
      if (slot.pending?.owner !== transaction) continue;
      slot.newest = { values: slot.pending.values, commit: lastCommit, older: slot.newest };
      slot.pending = undefined;
    }
    collect(transaction.touched);
    transaction.undo.length = 0;
    release(transaction);
  };

  const rollback = (transaction: Transaction): void => {
    undoTo(transaction, 0);
    release(transaction);
  };

  const group: CommitGroup | undefined = durable.persistent
    ? commitGroup((transactions) => {
        durable.write(transactions, { schemas: schemas.values(), principals, rowversion, lastTable });
      })
    : undefined;

  const database: Database = {
    name,
    locks,
    tables,
    schemas,
    principals,
    version: () => version,
    changed: () => {
      version++;
    },
    newTableId: () => ++lastTable,
    lastCommit: () => lastCommit,
    nextRowversion: () => ++rowversion,
    openSnapshot(commit) {
      const snapshot = { commit };
      snapshots.add(snapshot);
      return snapshot;
    },
    closeSnapshot(snapshot) {
      snapshots.delete(snapshot);
      if (garbage.size > 0 && snapshots.size === 0) collect([...garbage]);
    },
    insert(transaction, table, row) {
      const slot = newSlot(table, table.nextRow++);
      table.slots.set(slot.id, slot);
      slot.pending = { owner: transaction, values: row };
      locks.tryAcquire(transaction, slot, "X");
      addToIndexes(slot, row);
      transaction.touched.add(slot);
      transaction.undo.push(() => {
        slot.pending = undefined;
        removeFromIndexes(slot, row);
        table.slots.delete(slot.id);
        transaction.touched.delete(slot);
      });
      return slot;
    },
    change(transaction, slot, row) {
      const before = slot.pending;
      if (before !== undefined && before.owner !== transaction)
        throw new Error(`Row ${slot.id} of ${fullName(slot.table)} is changed without its lock.`);
      slot.pending = { owner: transaction, values: row };
      if (row !== null) addToIndexes(slot, row);
      if (before?.values) removeFromIndexes(slot, before.values);
      transaction.touched.add(slot);
      transaction.undo.push(() => {
        slot.pending = before;
        if (before?.values) addToIndexes(slot, before.values);
        if (row !== null) removeFromIndexes(slot, row);
      });
    },
    commit(transaction) {
      const nothing =
        transaction.touched.size === 0 &&
        transaction.definitions.size === 0 &&
        transaction.dropped.size === 0 &&
        !transaction.catalogChanged;
      if (nothing) {
        release(transaction);
        return undefined;
      }
      if (group === undefined) {
        publish(transaction);
        return undefined;
      }
      transaction.committing = true;
      const promise = group.add(transaction).then(
        () => publish(transaction),
        (cause: unknown) => {
          rollback(transaction);
          const error = sqlError(9002, name, cause instanceof Error ? cause.message : String(cause));
          error.cause = cause;
          throw error;
        },
      );
      // What is being written cannot be called back.
      return { promise, cancel: () => {} };
    },
    rollback,
    close() {
      group?.flush();
      durable.close();
    },
  };

  const meta = durable.load(database, compileFilter);
  rowversion = meta.rowversion;
  lastTable = meta.lastTable;
  return database;
}
