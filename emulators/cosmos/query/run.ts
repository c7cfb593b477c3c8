import type { Json, JsonObject } from "../json.ts";
import type { Filter } from "./analysis.ts";
import { hasAggregate, type Query, selected } from "./ast.ts";
import { type Compiled, compile, project, type Value } from "./compile.ts";
import { groupResults } from "./grouping.ts";
import { canonical, compareValues } from "./values.ts";

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

/** One page of results, each as JSON text. */
export interface Page {
  readonly results: string[];
  /** Where to go on; undefined at the end. */
  readonly next: Position | undefined;
  /** What the query loaded for it, for the charge. */
  readonly documents: number;
  readonly bytes: number;
}

/** How much a page may hold. */
export interface PageLimit {
  readonly items: number;
  readonly bytes: number;
}

/**
 * Runs a query over rows, which come in the order of their keys; those before `start` may be left out if the query
 * has no ORDER BY, grouping or DISTINCT.
 */
export function runQuery(
  query: Query,
  filter: Filter,
  rows: Iterable<Row>,
  start: Position | undefined,
  limit: PageLimit,
): Page {
  const loaded = { documents: 0, bytes: 0 };
  const passesIndex = all(filter.indexed.map((condition) => compile(condition)));
  const passesRest = all(filter.rest.map((condition) => compile(condition)));
  const candidates = function* (source: Iterable<Row>): Generator<Row> {
    for (const row of source) if (passesIndex(row.item)) yield row;
  };
  const load = function* <R extends Row>(source: Iterable<R>): Generator<R> {
    for (const row of source) {
      loaded.documents += 1;
      loaded.bytes += row.bytes;
      if (passesRest(row.item)) yield row;
    }
  };
  const page = isWhole(query)
    ? pageOfList(wholeResult(query, load(ordered(query, candidates(rows), undefined))), start, limit)
    : pageOfRows(load(ordered(query, candidates(rows), start)), query, start, limit);
  // What the pages before paid for is not loaded again.
  return isWhole(query) && start !== undefined ? { ...page, documents: 0, bytes: 0 } : { ...page, ...loaded };
}

/** True for queries whose every result depends on all rows, so that a page can only be cut from the whole. */
export const isWhole = (query: Query): boolean =>
  query.distinct || query.groupBy.length > 0 || selected(query.select).some(hasAggregate);

const all =
  (conditions: readonly Compiled[]) =>
  (item: JsonObject): boolean =>
    conditions.every((condition) => condition(item) === true);

type Keyed = Row & { readonly order: readonly Value[] };

/** Rows in the query's order, those up to the start position left out. */
function* ordered(query: Query, rows: Iterable<Row>, start: Position | undefined): Generator<Keyed> {
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

function pageOfRows(rows: Iterable<Keyed>, query: Query, start: Position | undefined, limit: PageLimit) {
  const results: string[] = [];
  const select = project(query.select);
  const textOf = ({ item, text }: Row): string | undefined =>
    query.select.kind === "all" ? text : JSON.stringify(select(item));
  let given = start?.given ?? 0;
  let toSkip = start === undefined ? query.offset : 0;
  let bytes = 0;
  if (given >= query.limit) return { results, next: undefined };
  for (const row of rows) {
    if (toSkip > 0) {
      toSkip -= 1;
      continue;
    }
    const result = textOf(row);
    given += 1;
    if (result !== undefined) {
      results.push(result);
      bytes += result.length;
    }
    if (given >= query.limit) break;
    if (results.length >= limit.items || bytes >= limit.bytes)
      return { results, next: positionAfter(row, given) };
  }
  return { results, next: undefined };
}

const positionAfter = ({ key, order }: Keyed, given: number): Position => ({
  after: { ...key, order: order.map((value) => value ?? null) },
  missing: order.flatMap((value, index) => (value === undefined ? [index] : [])),
  given,
});

function wholeResult(query: Query, rows: Iterable<Row>): string[] {
  const items = function* (): Generator<JsonObject> {
    for (const { item } of rows) yield item;
  };
  const grouped = query.groupBy.length > 0 || selected(query.select).some(hasAggregate);
  const results = grouped
    ? groupResults(query, items())
    : [...items()].map(project(query.select)).filter((result) => result !== undefined);
  const distinct = query.distinct
    ? [...new Map(results.map((result) => [canonical(result), result])).values()]
    : results;
  return distinct.slice(query.offset, query.offset + query.limit).map((result) => JSON.stringify(result));
}

function pageOfList(list: readonly string[], start: Position | undefined, limit: PageLimit) {
  const from = start?.given ?? 0;
  const results: string[] = [];
  let bytes = 0;
  for (const result of list.slice(from, from + limit.items)) {
    if (results.length > 0 && bytes >= limit.bytes) break;
    results.push(result);
    bytes += result.length;
  }
  const given = from + results.length;
  return { results, next: given < list.length ? { given } : undefined };
}
