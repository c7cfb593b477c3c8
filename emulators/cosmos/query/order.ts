import type { Json, JsonObject } from "../json.ts";
import type { Query } from "./ast.ts";
import { compile, type Value } from "./compile.ts";
import { compareValues } from "./values.ts";

/** An item that a query may look at; `key` orders those that the query leaves equal. */
export interface Row {
  readonly key: RowKey;
  readonly item: JsonObject;
  /** The item as JSON text. */
  readonly text: string;
  readonly bytes: number;
}

export interface RowKey {
  readonly pk: string;
  readonly id: string;
}

/** Where a page ended: behind a row (with its values in ORDER BY), or behind so many results. */
export interface Position {
  readonly after?: RowKey & { readonly order: ReadonlyArray<Json | null> };
  /** Which of `order` are undefined, which JSON cannot say. */
  readonly missing?: readonly number[];
  /** Results given so far, of all pages. */
  readonly given: number;
}

/** A row with its values in ORDER BY. */
export type Keyed = Row & { readonly order: readonly Value[] };

/** Rows in the query's order, those up to the start position left out. */
export function* ordered(query: Query, rows: Iterable<Row>, start: Position | undefined): Generator<Keyed> {
  if (query.orderBy.length === 0) {
    for (const row of rows) yield { ...row, order: [] };
    return;
  }
  const keys = query.orderBy.map(({ of }) => compile(of));
  const compare = (left: Place, right: Place): number => {
    for (const [index, { descending }] of query.orderBy.entries()) {
      const order = compareValues(left.order[index], right.order[index]);
      if (order !== 0) return descending ? -order : order;
    }
    return compareKeys(left.key, right.key);
  };
  const keyed = [...rows].map((row) => ({ ...row, order: keys.map((key) => key(row.item)) }));
  const from = start?.after === undefined ? undefined : placeOf(start.after, start.missing ?? []);
  for (const row of keyed.sort(compare)) if (from === undefined || compare(row, from) > 0) yield row;
}

interface Place {
  readonly key: RowKey;
  readonly order: readonly Value[];
}

const placeOf = ({ pk, id, order }: NonNullable<Position["after"]>, missing: readonly number[]): Place => ({
  key: { pk, id },
  order: order.map((value, index) => (missing.includes(index) ? undefined : value)),
});

const compareKeys = (left: RowKey, right: RowKey): number =>
  compareValues(left.pk, right.pk) || compareValues(left.id, right.id);

/** The position behind a row. */
export const positionAfter = ({ key, order }: Keyed, given: number): Position => ({
  after: { ...key, order: order.map((value) => value ?? null) },
  missing: order.flatMap((value, index) => (value === undefined ? [index] : [])),
  given,
});
