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
export function* scanTable(
  table: Table,
  access: Access | undefined,
  plan: ReadPlan,
  env: Env,
): Iterable<Row> {
  const { runtime } = env;
  openTable(runtime, table);
  if (access === undefined) {
    lockRange(runtime, table, plan, undefined, undefined);
    for (const slot of table.slots.values()) {
      runtime.work();
      yield* imagesOf(slot, plan, runtime);
    }
    return;
  }
  const { index } = access;
  for (const { low, high } of access.ranges(env)) {
    const point = low === high || (low && high && compareKeyLists(low, high) === 0);
    lockRange(runtime, table, plan, index, point ? low : undefined);
    for (const { key, item: slot } of index.entries.range(low, high)) {
      runtime.work();
      // A slot stands in the index once for each key that one of its states has.
      for (const row of imagesOf(slot, plan, runtime))
        if (index.covers(row) && compareKeyLists(index.keyOf(row), key) === 0) yield row;
    }
  }
}

/** The states of a row that a read looks at: one, or with locks also what another transaction is making of it. */
function imagesOf(slot: Slot, plan: ReadPlan, runtime: Runtime): Row[] {
  const { transaction, snapshot } = runtime;
  if (plan.dirty) return present(latest(slot));
  if (plan.mode === undefined) return present(visible(slot, snapshot, transaction));
  const committed =
    transaction.snapshot === undefined ? slot.newest?.values : visible(slot, snapshot, undefined);
  const { pending } = slot;
  const rows =
    pending === undefined
      ? present(committed)
      : pending.owner === transaction
        ? present(pending.values)
        : [...present(committed), ...present(pending.values)];
  for (const row of rows) runtime.slots.set(row, slot);
  return rows;
}

const present = (row: Row | null | undefined): Row[] => (row === null || row === undefined ? [] : [row]);
