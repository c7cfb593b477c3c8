import type { Runtime } from "../binder/bound.ts";
import { LockConflict } from "../engine/lock-conflict.ts";
import { sqlError } from "../errors/sql-error.ts";
import type { Isolation } from "../parser/ast.ts";
import { fullName, type Index, type Row, type Slot, type Table } from "../storage/table.ts";
import type { Key } from "../types/compare.ts";
import { keyText } from "../types/compare.ts";
import type { Mode } from "./modes.ts";
import type { Resource } from "./owner.ts";

/** How a table is read: by hints, and by the isolation level. */
export interface ReadPlan {
  /** The row lock that is taken; none for a read of row versions. */
  readonly mode: "S" | "U" | "X" | undefined;
  /** The lock only waits for writers, and is not kept. */
  readonly momentary: boolean;
  /** Rows that are locked by others are passed over. */
  readonly readPast: boolean;
  /** What is not there is locked too: no other transaction may insert it. */
  readonly range: boolean;
  /** Uncommitted changes of others are read. */
  readonly dirty: boolean;
  readonly wholeTable: "S" | "X" | undefined;
  readonly noWait: boolean;
}

/** The plan of a table in a FROM clause; `target` for the table that a statement changes. */
export function readPlan(hints: readonly string[], isolation: Isolation, target = false): ReadPlan {
  const has = (...names: readonly string[]): boolean => names.some((name) => hints.includes(name));
  const range = has("HOLDLOCK", "SERIALIZABLE") || isolation === "serializable";
  const repeatable = range || has("REPEATABLEREAD") || isolation === "repeatable read";
  const readPast = has("READPAST");
  if (readPast && range) throw sqlError(650);
  const strong = has("XLOCK") ? "X" : has("UPDLOCK") || target ? "U" : undefined;
  const waits = has("READCOMMITTEDLOCK") || readPast;
  const dirty =
    !target &&
    strong === undefined &&
    (has("NOLOCK", "READUNCOMMITTED") || (isolation === "read uncommitted" && !repeatable));
  return {
    mode: strong ?? (dirty ? undefined : repeatable || waits ? "S" : undefined),
    momentary: strong === undefined && !repeatable,
    readPast,
    range,
    dirty,
    wholeTable: has("TABLOCKX") ? "X" : has("TABLOCK") && (target || has("HOLDLOCK")) ? "S" : undefined,
    noWait: has("NOWAIT"),
  };
}

const tableResource = (table: Table): Resource => `table:${table.id}`;
const rangeResource = (table: Table): Resource => `range:${table.id}`;
const keyResource = (table: Table, index: Index, key: readonly Key[]): Resource =>
  `key:${table.id}:${index.name}:${keyText(key)}`;

/** Takes a lock, or ends the run with a LockConflict. */
function need(runtime: Runtime, resource: Resource, mode: Mode, momentary = false): void {
  const { transaction, database } = runtime;
  const before = transaction.held.get(resource);
  if (!database.locks.tryAcquire(transaction, resource, mode))
    throw new LockConflict(resource, mode, momentary);
  if (momentary) database.locks.restore(transaction, resource, before);
}

/** Waits for a definition change of the table by another transaction. */
export function openTable(runtime: Runtime, table: Table): void {
  if (table.id === 0) return;
  const resource = tableResource(table);
  if (runtime.database.locks.isUsed(resource) && runtime.transaction.held.get(resource) !== "X")
    need(runtime, resource, "S", true);
}

/** Keeps everybody else away from the table until the transaction ends: for its definition. */
export function lockDefinition(runtime: Runtime, table: Table): void {
  need(runtime, tableResource(table), "X");
  for (const slot of table.slots.values())
    if (slot.pending !== undefined && slot.pending.owner !== runtime.transaction)
      need(runtime, slot, "X", true);
}

/** Locks the whole table, or the range that a serializable read looks at: one key of a unique index, else all keys. */
export function lockRange(
  runtime: Runtime,
  table: Table,
  plan: ReadPlan,
  index: Index | undefined,
  key: readonly Key[] | undefined,
): void {
  if (plan.wholeTable !== undefined) {
    need(runtime, rangeResource(table), plan.wholeTable);
    if (plan.wholeTable === "X") need(runtime, tableResource(table), "X");
  }
  if (!plan.range) return;
  const mode = plan.mode === "S" || plan.mode === undefined ? "S" : "U";
  const point = index?.unique === true && index.where === undefined && key?.length === index.columns.length;
  need(
    runtime,
    point && index !== undefined && key !== undefined ? keyResource(table, index, key) : rangeResource(table),
    mode,
  );
}

/** Locks a row that was read. False: it is locked by another, and the plan passes over it. */
export function lockRow(runtime: Runtime, slot: Slot, plan: ReadPlan): boolean {
  const { transaction, database } = runtime;
  const { mode } = plan;
  if (mode === undefined || slot.table.id === 0) return true;
  const before = transaction.held.get(slot);
  if (!database.locks.tryAcquire(transaction, slot, mode)) {
    if (plan.readPast) return false;
    if (plan.noWait) throw sqlError(1222);
    throw new LockConflict(slot, mode, plan.momentary);
  }
  if (plan.momentary) database.locks.restore(transaction, slot, before);
  if (mode !== "S") checkSnapshot(runtime, slot);
  return true;
}

/** Under SNAPSHOT isolation a row that changed since the transaction's first read cannot be written: 3960. */
export function checkSnapshot(runtime: Runtime, slot: Slot): void {
  const { transaction, database } = runtime;
  if (transaction.snapshot === undefined || slot.newest === undefined) return;
  if (slot.newest.commit > transaction.snapshot) throw sqlError(3960, fullName(slot.table), database.name);
}

/** The exclusive lock of a write, held to the transaction's end. */
export function lockToWrite(runtime: Runtime, slot: Slot): void {
  if (slot.table.id === 0) return;
  need(runtime, slot, "X");
  checkSnapshot(runtime, slot);
}

/** Waits until no other transaction wants this row; what it is then is read anew. */
export function awaitRow(runtime: Runtime, slot: Slot): void {
  need(runtime, slot, "S", true);
}

/** A new key waits for transactions that have looked for it (HOLDLOCK, SERIALIZABLE). */
export function enterRange(runtime: Runtime, table: Table, row: Row): void {
  const { locks } = runtime.database;
  const range = rangeResource(table);
  if (locks.isUsed(range) && !enter(runtime, range, "IX")) throw new LockConflict(range, "IX", true);
  for (const index of table.indexes) {
    if (!index.unique || !index.covers(row)) continue;
    const key = keyResource(table, index, index.keyOf(row));
    if (locks.isUsed(key) && !enter(runtime, key, "X")) throw new LockConflict(key, "X", true);
  }
}

function enter({ transaction, database }: Runtime, resource: Resource, mode: Mode): boolean {
  const before = transaction.held.get(resource);
  if (!database.locks.tryAcquire(transaction, resource, mode)) return false;
  database.locks.restore(transaction, resource, before);
  return true;
}
