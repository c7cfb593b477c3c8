import { compareKeyLists } from "../types/compare.ts";
import type { Index, Row, Slot, Table } from "./table.ts";

export const newSlot = (table: Table, id: number): Slot => ({
  id,
  table,
  newest: undefined,
  pending: undefined,
});

/** The row as of a commit's number, with the transaction's own changes. */
export function visible(slot: Slot, commit: number, owner: object | undefined): Row | null {
  if (slot.pending !== undefined && slot.pending.owner === owner) return slot.pending.values;
  for (let version = slot.newest; version !== undefined; version = version.older)
    if (version.commit <= commit) return version.values;
  return null;
}

/** The row as it is now: the transaction's own change, or the last commit. */
export function current(slot: Slot, owner: object | undefined): Row | null {
  if (slot.pending !== undefined && slot.pending.owner === owner) return slot.pending.values;
  return slot.newest?.values ?? null;
}

/** The row as it would be if every open transaction committed. */
export const latest = (slot: Slot): Row | null =>
  slot.pending === undefined ? (slot.newest?.values ?? null) : slot.pending.values;

function* images(slot: Slot): Generator<Row> {
  if (slot.pending?.values) yield slot.pending.values;
  for (let version = slot.newest; version !== undefined; version = version.older)
    if (version.values !== null) yield version.values;
}

export function addToIndexes(slot: Slot, row: Row): void {
  for (const index of slot.table.indexes) if (index.covers(row)) index.entries.add(index.keyOf(row), slot);
}

/** Takes a row's state out of the indexes, where no other state of the slot has the same key. */
export function removeFromIndexes(slot: Slot, row: Row): void {
  for (const index of slot.table.indexes) {
    if (!index.covers(row)) continue;
    const key = index.keyOf(row);
    if (!hasKey(slot, index, key)) index.entries.remove(key, slot);
  }
}

function hasKey(slot: Slot, index: Index, key: ReturnType<Index["keyOf"]>): boolean {
  for (const row of images(slot))
    if (index.covers(row) && compareKeyLists(index.keyOf(row), key) === 0) return true;
  return false;
}

/** Forgets versions that nobody can read any more: those before the newest at or before `oldest`. */
export function prune(slot: Slot, oldest: number): void {
  let version = slot.newest;
  while (version !== undefined && version.commit > oldest) version = version.older;
  const dropped: Row[] = [];
  for (let old = version?.older; old !== undefined; old = old.older)
    if (old.values !== null) dropped.push(old.values);
  if (version !== undefined) version.older = undefined;
  for (const row of dropped) removeFromIndexes(slot, row);
  if (slot.pending === undefined && slot.newest?.values === null && slot.newest.older === undefined)
    slot.table.slots.delete(slot.id);
}
