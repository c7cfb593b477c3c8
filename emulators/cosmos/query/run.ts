import type { JsonObject } from "../json.ts";
import type { Filter } from "./analysis.ts";
import { hasAggregate, type Query, selected } from "./ast.ts";
import { type Compiled, compile, project } from "./compile.ts";
import { groupResults } from "./grouping.ts";
import { type Keyed, ordered, type Position, positionAfter, type Row } from "./order.ts";
import { canonical } from "./values.ts";

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
    const result = textOf(row);
    if (result === undefined) continue;
    if (toSkip > 0) {
      toSkip -= 1;
      continue;
    }
    results.push(result);
    given += 1;
    bytes += Buffer.byteLength(result);
    if (given >= query.limit) break;
    if (results.length >= limit.items || bytes >= limit.bytes)
      return { results, next: positionAfter(row, given) };
  }
  return { results, next: undefined };
}

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
    bytes += Buffer.byteLength(result);
  }
  const given = from + results.length;
  return { results, next: given < list.length ? { given } : undefined };
}
