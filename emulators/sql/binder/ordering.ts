import type { OrderItem } from "../parser/ast.ts";
import { compareKeys, type Key, keyMaker } from "../types/compare.ts";
import type { Bound, Env } from "./bound.ts";
import { bindExpression, type Scope } from "./scope.ts";

/** A sort key: an expression's value in the form that compares, and its direction. */
export interface SortKey {
  readonly key: (env: Env) => Key;
  readonly descending: boolean;
}

export function sortKey(bound: Bound, descending: boolean): SortKey {
  const make = keyMaker(bound.type);
  return { key: (env) => make(bound.evaluate(env)), descending };
}

export const sortKeys = (order: readonly OrderItem[], scope: Scope): SortKey[] =>
  order.map(({ expression, descending }) => sortKey(bindExpression(expression, scope), descending));

/** Items in the order of the keys of their environments; equal ones stay as they were. */
export function sorted<T>(items: readonly T[], envOf: (item: T) => Env, keys: readonly SortKey[]): T[] {
  if (keys.length === 0) return [...items];
  return items
    .map((item) => ({ item, keys: keys.map(({ key }) => key(envOf(item))) }))
    .sort((a, b) => compareSortKeys(a.keys, b.keys, keys))
    .map(({ item }) => item);
}

export function compareSortKeys(a: readonly Key[], b: readonly Key[], keys: readonly SortKey[]): number {
  for (const [i, { descending }] of keys.entries()) {
    const order = compareKeys(a[i] ?? null, b[i] ?? null);
    if (order !== 0) return descending ? -order : order;
  }
  return 0;
}
