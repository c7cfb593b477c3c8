import { lockRange, openTable, type ReadPlan } from "../locks/rows.ts";
import { latest, visible } from "../storage/slot.ts";
import type { Row, Slot, Table } from "../storage/table.ts";
import { compareKeyLists } from "../types/compare.ts";
import type { Access } from "./access.ts";
import type { Env, Runtime } from "./bound.ts";

/**
 * Reads a table's rows through an index or whole. Without locks: as of the statement's snapshot. With locks: every
 * state that a row has or may come to have, remembered with its slot, so that it is locked if the conditions hold.
 */
export function scanTable(table: Table, access: Access | undefined, plan: ReadPlan, env: Env): Row[] {
  const { runtime } = env;
  openTable(runtime, table);
  const rows: Row[] = [];
  if (access === undefined) {
    lockRange(runtime, table, plan, undefined, undefined);
    for (const slot of table.slots.values()) {
      runtime.work();
      addImages(slot, plan, runtime, (row) => rows.push(row));
    }
    return rows;
  }
  const { index } = access;
  for (const { low, high } of access.ranges(env)) {
    lockRange(
      runtime,
      table,
      plan,
      index,
      low === high || (low && high && compareKeyLists(low, high) === 0) ? low : undefined,
    );
    for (const { key, item: slot } of index.entries.range(low, high)) {
      runtime.work();
      // A slot stands in the index once for each key that one of its states has.
      addImages(slot, plan, runtime, (row) => {
        if (index.covers(row) && compareKeyLists(index.keyOf(row), key) === 0) rows.push(row);
      });
    }
  }
  return rows;
}

function addImages(slot: Slot, plan: ReadPlan, runtime: Runtime, add: (row: Row) => void): void {
  const { transaction, snapshot } = runtime;
  if (plan.dirty) {
    const row = latest(slot);
    if (row !== null) add(row);
    return;
  }
  if (plan.mode === undefined) {
    const row = visible(slot, snapshot, transaction);
    if (row !== null) add(row);
    return;
  }
  const remember = (row: Row | null | undefined): void => {
    if (row === null || row === undefined) return;
    runtime.slots.set(row, slot);
    add(row);
  };
  const committed =
    transaction.snapshot === undefined ? slot.newest?.values : visible(slot, snapshot, undefined);
  if (slot.pending === undefined) remember(committed);
  else if (slot.pending.owner === transaction) remember(slot.pending.values);
  else {
    remember(committed);
    remember(slot.pending.values);
  }
}
