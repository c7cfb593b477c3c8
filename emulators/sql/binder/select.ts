import { sqlError, unsupported } from "../errors/sql-error.ts";
import { type WindowFunction, windowFunction } from "../evaluator/windows.ts";
import { lockRow } from "../locks/rows.ts";
import type { Expression, OrderItem, Query, Select, SelectItem } from "../parser/ast.ts";
import { printExpression } from "../parser/print.ts";
import type { Row } from "../storage/table.ts";
import { keyMaker, keyText } from "../types/compare.ts";
import { BIGINT, INT, type SqlValue } from "../types/sql-type.ts";
import type { Bound, Env } from "./bound.ts";
import { coerced } from "./expressions.ts";
import { groupsOf, hasAggregate } from "./grouping.ts";
import { type SortKey, sorted, sortKey } from "./ordering.ts";
import {
  type BoundQuery,
  bindCondition,
  bindExpression,
  columnBound,
  resolveColumn,
  type Scope,
  type SourceColumn,
  sourcesOf,
} from "./scope.ts";
import { type BoundFrom, bindFrom } from "./sources.ts";

/** A value of the select list. */
export interface BoundItem {
  readonly column: SourceColumn;
  readonly bound: Bound;
}

/** The select list with its stars written out. */
export function bindItems(items: readonly SelectItem[], scope: Scope): BoundItem[] {
  return items.flatMap((item): BoundItem[] => {
    if (item.type === "star") {
      const sources =
        item.qualifier === undefined ? scope.sources.map((_, i) => i) : sourcesOf(scope, item.qualifier);
      if (scope.sources.length === 0) throw sqlError(102, "*");
      return sources.flatMap((source) =>
        (scope.sources[source]?.columns ?? []).map((column, ordinal) => {
          if (scope.grouping !== undefined) throw sqlError(8120, column.name);
          return itemOf(columnBound(scope, 0, source, ordinal), column.name);
        }),
      );
    }
    const bound = bindExpression(item.expression, scope);
    const name = item.type === "item" ? (item.alias ?? bound.column?.name ?? "") : "";
    return [itemOf(bound, name)];
  });
}

const itemOf = (bound: Bound, name: string): BoundItem => ({
  bound,
  column: {
    name,
    type: bound.type.kind === "null" ? INT : bound.type,
    nullable: bound.nullable,
    identity: bound.column?.identity === true,
  },
});

/** How many rows TOP lets through. */
export interface Limit {
  count(env: Env, total: number): number;
  readonly ties: boolean;
}

export function bindTop(select: Pick<Select, "top">, scope: Scope): Limit | undefined {
  const { top } = select;
  if (top === undefined) return undefined;
  const bound = bindExpression(top.count, { ...scope, sources: [] });
  if (top.percent) {
    const value = coerced(bound, { ...INT, kind: "float" }, true);
    return { ties: top.ties, count: (env, total) => Math.ceil((Number(value.evaluate(env)) * total) / 100) };
  }
  const value = coerced(bound, BIGINT);
  return { ties: top.ties, count: (env) => rowCount(value.evaluate(env)) };
}

function rowCount(value: SqlValue): number {
  if (value === null) throw sqlError(1060);
  if ((value as bigint) < 0n) throw sqlError(1014);
  return Number(value);
}

/** Binds one SELECT with the ORDER BY, OFFSET and FETCH that follow it. */
export function selectOf(select: Select, query: Query, outer: Scope): BoundQuery {
  let correlated = false;
  const windows: WindowFunction[] = [];
  const base: Scope = {
    context: outer.context,
    sources: [],
    outer,
    ctes: outer.ctes,
    onOuter: () => {
      correlated = true;
    },
  };
  const from = bindFrom(
    select.from,
    select.where,
    base,
    outer.updating === true ? onlyTable(select) : undefined,
  );
  const where = select.where === undefined ? undefined : bindCondition(select.where, base);
  const orderExpressions = query.orderBy.map(({ expression }) => expression);
  const grouped =
    select.groupBy.length > 0 ||
    select.having !== undefined ||
    [
      ...select.items.flatMap((item) => (item.type === "star" ? [] : [item.expression])),
      ...orderExpressions,
    ].some(hasAggregate);
  const groups = grouped ? groupsOf(select.groupBy, base) : undefined;
  const inner: Scope = groups === undefined ? base : { ...base, grouping: groups.grouping };
  const scope: Scope = { ...inner, window: (call) => bindWindow(call, inner, windows) };

  const items = bindItems(select.items, scope);
  const having = select.having === undefined ? undefined : bindCondition(select.having, inner);
  const order = query.orderBy.map((item) => orderOf(item, items, select, scope));
  const top = bindTop(select, base);
  const skip =
    query.offset === undefined
      ? undefined
      : coerced(bindExpression(query.offset, { ...base, sources: [] }), BIGINT);
  const take =
    query.fetch === undefined
      ? undefined
      : coerced(bindExpression(query.fetch, { ...base, sources: [] }), BIGINT);
  if (top !== undefined && skip !== undefined) throw sqlError(102, "OFFSET");
  const assigned = assignments(select, items);
  const distinct = select.distinct ? items.map(({ column }) => keyMaker(column.type)) : undefined;

  const table = outer.updating === true && groups === undefined ? base.sources[0]?.table : undefined;

  return {
    columns: items.map(({ column }) => column),
    ...(table === undefined
      ? {}
      : { base: { table, ordinals: items.map(({ bound }) => bound.column?.ordinal) } }),
    get correlated() {
      return correlated;
    },
    run(outerEnv) {
      const make = (): Env => ({ rows: [], outer: outerEnv, runtime: outerEnv.runtime });
      const limitEnv = make();
      const offset = skip === undefined ? 0 : rowCount(skip.evaluate(limitEnv));
      const fixed =
        top !== undefined && select.top?.percent !== true && !top.ties
          ? top.count(limitEnv, 0)
          : take === undefined
            ? undefined
            : rowCount(take.evaluate(limitEnv));
      const wanted = fixed === undefined ? undefined : offset + fixed;
      const simple = groups === undefined && windows.length === 0 && distinct === undefined;
      const found = matches(from, where, make());
      // Without an order the first rows will do; with one, rows are locked in that order.
      const enough = simple && (order.length === 0 || from.locking.length > 0) ? wanted : undefined;
      let envs =
        from.locking.length === 0
          ? first(found, enough)
          : lockAll(
              simple && order.length > 0 ? sorted([...found], (env) => env, order) : found,
              from,
              enough,
            );
      if (groups !== undefined) {
        envs = groups.form(envs, make);
        if (having !== undefined) envs = envs.filter((env) => having.test(env) === true);
      }
      if (windows.length > 0) envs = withWindows(envs, windows);
      if (order.length > 0) envs = sorted(envs, (env) => env, order);
      if (assigned !== undefined) {
        envs = envs.slice(offset, wanted);
        for (const env of envs) for (const assign of assigned) assign(env);
        return envs.map(() => []);
      }
      let rows: { env: Env; row: Row }[] = [];
      const seen = new Set<string>();
      for (const env of envs) {
        const row = items.map(({ bound }) => bound.evaluate(env));
        if (distinct !== undefined) {
          const text = keyText(row.map((value, i) => distinct[i]?.(value) ?? null));
          if (seen.has(text)) continue;
          seen.add(text);
        }
        if (table !== undefined) rememberSlot(env, row);
        rows.push({ env, row });
        if (order.length === 0 && wanted !== undefined && rows.length >= wanted) break;
      }
      if (wanted !== undefined) rows = rows.slice(offset, wanted);
      else if (offset > 0) rows = rows.slice(offset);
      else if (top !== undefined) rows = topOf(rows, top, order, limitEnv);
      return rows.map(({ row }) => row);
    },
  };
}

/** The alias of the one table that a changeable query reads. Throws 4405. */
function onlyTable(select: Select): { alias: string; hints: readonly string[] } {
  const [source, other] = select.from;
  if (source?.type !== "table" || other !== undefined) throw sqlError(4405, "the common table expression");
  return { alias: source.alias ?? source.name.at(-1) ?? "", hints: [] };
}

/** The row of the result stands for the row it was made of. */
function rememberSlot(env: Env, row: Row): void {
  const [source] = env.rows;
  const slot = source && env.runtime.slots.get(source);
  if (slot !== undefined) env.runtime.slots.set(row, slot);
}

/** The combinations of rows for which the condition is true, one by one. */
export function* matches(
  from: BoundFrom,
  where: { test(env: Env): boolean | null } | undefined,
  env: Env,
): Iterable<Env> {
  for (const _ of from.node(env)) {
    env.runtime.work();
    if (where === undefined || where.test(env) === true) yield { ...env, rows: [...env.rows] };
  }
}

function first<T>(items: Iterable<T>, count: number | undefined): T[] {
  if (count === undefined) return [...items];
  const found: T[] = [];
  if (count === 0) return found;
  for (const item of items) {
    found.push(item);
    if (found.length >= count) break;
  }
  return found;
}

/** Locks the rows that were read to be locked, in order, until enough are there. */
function lockAll(envs: Iterable<Env>, { locking }: BoundFrom, wanted: number | undefined): Env[] {
  const kept: Env[] = [];
  for (const env of envs) {
    if (kept.length === wanted) break;
    const locked = locking.every(({ source, plan }) => {
      const row = env.rows[source];
      const slot = row && env.runtime.slots.get(row);
      return slot === undefined || lockRow(env.runtime, slot, plan);
    });
    if (locked) kept.push(env);
  }
  return kept;
}

function bindWindow(call: Expression & { type: "call" }, scope: Scope, windows: WindowFunction[]): Bound {
  const over = call.over ?? { partitionBy: [], orderBy: [] };
  const partitionBy = over.partitionBy.map((expression) => bindExpression(expression, scope));
  const order = over.orderBy.map(({ expression, descending }): SortKey => {
    // ORDER BY (SELECT NULL): any order.
    return sortKey(bindExpression(expression, scope), descending);
  });
  const args = call.args.map((arg) => bindExpression(arg, scope));
  const definition = windowFunction(call, args, partitionBy, order);
  const place = windows.push(definition) - 1;
  return { type: definition.type, nullable: true, uses: -1, evaluate: (env) => env.windows?.[place] ?? null };
}

function withWindows(envs: readonly Env[], windows: readonly WindowFunction[]): Env[] {
  const results = windows.map((window) => window.compute(envs));
  return envs.map((env) => ({ ...env, windows: results.map((result) => result.get(env) ?? null) }));
}

/** ORDER BY an alias, a position, or an expression. */
function orderOf(
  { expression, descending }: OrderItem,
  items: readonly BoundItem[],
  select: Select,
  scope: Scope,
): SortKey {
  if (expression.type === "number") {
    const item = items[Number(expression.text) - 1];
    if (item === undefined) throw sqlError(108, expression.text);
    return sortKey(item.bound, descending);
  }
  if (expression.type === "column" && expression.name.length === 1) {
    const name = (expression.name[0] ?? "").toLowerCase();
    const found = items.filter(({ column }) => column.name.toLowerCase() === name);
    const [item, other] = found;
    if (item !== undefined && (other === undefined || select.distinct))
      return sortKey(item.bound, descending);
  }
  if (select.distinct && !inSelectList(expression, items, select, scope)) throw sqlError(145);
  return sortKey(bindExpression(expression, scope), descending);
}

function inSelectList(
  expression: Expression,
  items: readonly BoundItem[],
  select: Select,
  scope: Scope,
): boolean {
  const text = printExpression(expression).toLowerCase();
  const column = expression.type === "column" ? resolveColumn(scope, expression.name).column : undefined;
  return (
    select.items.some(
      (item) => item.type === "item" && printExpression(item.expression).toLowerCase() === text,
    ) ||
    items.some(
      ({ bound }) =>
        column !== undefined &&
        bound.column?.source === column.source &&
        bound.column.ordinal === column.ordinal,
    )
  );
}

/** SELECT @a = …: all items assign, or none. */
function assignments(select: Select, items: readonly BoundItem[]): ((env: Env) => void)[] | undefined {
  const assigning = select.items.filter((item) => item.type === "assign");
  if (assigning.length === 0) return undefined;
  if (assigning.length !== select.items.length) throw sqlError(141);
  return assigning.map((item, i) => {
    const bound = (items[i] as BoundItem).bound;
    return (env) => {
      const variable = env.runtime.session.variables.get(item.variable);
      if (variable?.type === undefined) throw sqlError(137, item.variable);
      variable.value = coerced(bound, variable.type, true).evaluate(env);
    };
  });
}

function topOf(
  rows: { env: Env; row: Row }[],
  top: Limit,
  order: readonly SortKey[],
  env: Env,
): { env: Env; row: Row }[] {
  let count = top.count(env, rows.length);
  if (top.ties) {
    if (order.length === 0) throw unsupported("TOP … WITH TIES without ORDER BY");
    const last = rows[count - 1];
    const keys = (at: { env: Env } | undefined): string =>
      at === undefined ? "" : keyText(order.map(({ key }) => key(at.env)));
    while (last !== undefined && count < rows.length && keys(rows[count]) === keys(last)) count++;
  }
  return rows.slice(0, count);
}
