import { sqlError } from "../errors/sql-error.ts";
import type { Comparison, Expression } from "../parser/ast.ts";
import { printExpression } from "../parser/print.ts";
import type { Index, Table } from "../storage/table.ts";
import { type Key, keyMaker } from "../types/compare.ts";
import { converter } from "../types/convert.ts";
import { pow10, rescale } from "../types/decimal.ts";
import { familyOf, type SqlType, type SqlValue } from "../types/sql-type.ts";
import type { Bound, Env } from "./bound.ts";
import { bindExpression, bindQuery, resolveColumn, type Scope } from "./scope.ts";
import { commonType } from "./type-rules.ts";

/** A way into a table: keys of an index between which all rows lie that the conditions can be true for. */
export interface Access {
  readonly index: Index;
  /** Lowest and highest keys, as prefixes; undefined for an open end. */
  ranges(
    env: Env,
  ): readonly { readonly low: readonly Key[] | undefined; readonly high: readonly Key[] | undefined }[];
}

/** The conditions that must all be true. */
export function conjuncts(expression: Expression | undefined): Expression[] {
  if (expression === undefined) return [];
  return expression.type === "and"
    ? [...conjuncts(expression.left), ...conjuncts(expression.right)]
    : [expression];
}

/** Turns a value into a key of a column; null means that no row can match; undefined that the index is no help. */
function keyFor(from: SqlType, to: SqlType): ((value: SqlValue) => Key) | undefined {
  const [a, b] = [familyOf(from), familyOf(to)];
  const make = keyMaker(to);
  if (a === "exact" && b === "exact")
    return (value) => {
      if (value === null) return null;
      const [wide, own] = [value as bigint, to.scale];
      if (from.scale <= own) return rescale(wide, from.scale, own);
      const unit = pow10(from.scale - own);
      return wide % unit === 0n ? wide / unit : null;
    };
  // An index is in its column's own order.
  if (a === "text" && b === "text")
    return commonType(from, to).collation?.order === to.collation?.order ? make : undefined;
  if (a === b && (a === "guid" || a === "binary")) return make;
  if (a === "temporal" && b === "temporal") {
    const days = ["date", "datetime", "datetime2", "smalldatetime"];
    return from.kind === to.kind || (days.includes(from.kind) && days.includes(to.kind)) ? make : undefined;
  }
  if (a === "text" && (b === "guid" || b === "exact")) {
    const convert = converter(from, to, { explicit: true });
    return (value) => make(convert(value));
  }
  return undefined;
}

interface Limit {
  readonly op: Comparison;
  readonly key: (env: Env) => Key;
  /** The value has no more digits than the column: a range may end at it. */
  readonly exact: boolean;
}

interface Limits {
  readonly equal: Map<number, (env: Env) => readonly Key[]>;
  readonly ranges: Map<number, Limit[]>;
}

const MIRRORED: Record<Comparison, Comparison> = {
  "=": "=",
  "<>": "<>",
  "<": ">",
  "<=": ">=",
  ">": "<",
  ">=": "<=",
};

/** What the conditions say of one source's columns, given the sources that are at hand before it. */
function limitsOf(
  conditions: readonly Expression[],
  source: number,
  available: number,
  scope: Scope,
): Limits {
  const limits: Limits = { equal: new Map(), ranges: new Map() };
  const columnOf = (expression: Expression): { ordinal: number; type: SqlType } | undefined => {
    if (expression.type !== "column") return undefined;
    const { column, type } = resolveColumn(scope, expression.name);
    return column?.depth === 0 && column.source === source ? { ordinal: column.ordinal, type } : undefined;
  };
  const value = (expression: Expression): Bound | undefined => {
    const bound = bindExpression(expression, scope);
    return bound.uses !== -1 && (bound.uses & ~available) === 0 ? bound : undefined;
  };
  const add = (op: Comparison, side: Expression, other: Expression): boolean => {
    const column = columnOf(side);
    const bound = column && value(other);
    if (column === undefined || bound === undefined) return false;
    const make = keyFor(bound.type, column.type);
    if (make === undefined || op === "<>") return false;
    const key = (env: Env): Key => make(bound.evaluate(env));
    if (op === "=") limits.equal.set(column.ordinal, (env) => [key(env)]);
    else {
      const list = limits.ranges.get(column.ordinal) ?? [];
      list.push({
        op,
        key,
        exact: bound.type.scale <= column.type.scale || familyOf(bound.type) === "temporal",
      });
      limits.ranges.set(column.ordinal, list);
    }
    return true;
  };

  for (const condition of conditions) {
    if (condition.type === "compare") {
      if (!add(condition.op, condition.left, condition.right))
        add(MIRRORED[condition.op], condition.right, condition.left);
    } else if (condition.type === "between" && !condition.not) {
      add(">=", condition.operand, condition.low);
      add("<=", condition.operand, condition.high);
    } else if ((condition.type === "inList" || condition.type === "inQuery") && !condition.not) {
      const column = columnOf(condition.operand);
      if (column === undefined || limits.equal.has(column.ordinal)) continue;
      const keys =
        condition.type === "inList"
          ? listKeys(condition.list, column.type, value)
          : queryKeys(condition, column.type, scope);
      if (keys !== undefined) limits.equal.set(column.ordinal, keys);
    }
  }
  return limits;
}

function listKeys(
  list: readonly Expression[],
  type: SqlType,
  value: (expression: Expression) => Bound | undefined,
) {
  const keys: ((env: Env) => Key)[] = [];
  for (const item of list) {
    const bound = value(item);
    const make = bound && keyFor(bound.type, type);
    if (bound === undefined || make === undefined) return undefined;
    keys.push((env) => make(bound.evaluate(env)));
  }
  return (env: Env): readonly Key[] => keys.map((key) => key(env));
}

function queryKeys(condition: Expression & { type: "inQuery" }, type: SqlType, scope: Scope) {
  const query = bindQuery(condition.query, scope);
  const [column] = query.columns;
  if (query.correlated || column === undefined) return undefined;
  const make = keyFor(column.type, type);
  if (make === undefined) return undefined;
  return (env: Env): readonly Key[] => query.run(env).map(([value = null]) => make(value));
}

/** The best index for the conditions: most leading columns by equality, then a range. Undefined: read the table. */
export function chooseAccess(
  table: Table,
  source: number,
  conditions: readonly Expression[],
  available: number,
  scope: Scope,
): Access | undefined {
  if (table.indexes.length === 0 || conditions.length === 0) return undefined;
  const limits = limitsOf(conditions, source, available, scope);
  if (limits.equal.size === 0 && limits.ranges.size === 0) return undefined;
  const texts = new Set(conditions.map((condition) => printExpression(condition).toLowerCase()));
  let best: { index: Index; equal: number; score: number } | undefined;
  for (const index of table.indexes) {
    if (
      index.where !== undefined &&
      !conjuncts(index.where).every((part) => texts.has(printExpression(part).toLowerCase()))
    )
      continue;
    let equal = 0;
    while (equal < index.columns.length && limits.equal.has(index.columns[equal]?.ordinal ?? -1)) equal++;
    const ranged = limits.ranges.has(index.columns[equal]?.ordinal ?? -1);
    const score = equal * 4 + (ranged ? 2 : 0) + (index.unique && equal === index.columns.length ? 1 : 0);
    if (score > (best?.score ?? 0)) best = { index, equal, score };
  }
  if (best === undefined) return undefined;
  const { index, equal } = best;
  const equals = index.columns
    .slice(0, equal)
    .map(({ ordinal }) => limits.equal.get(ordinal) as (env: Env) => readonly Key[]);
  const rest = limits.ranges.get(index.columns[equal]?.ordinal ?? -1) ?? [];
  return {
    index,
    ranges: (env) =>
      rangesOf(
        equals.map((keys) => keys(env)),
        rest,
        env,
      ),
  };
}

function rangesOf(equals: readonly (readonly Key[])[], rest: readonly Limit[], env: Env) {
  let prefixes: Key[][] = [[]];
  for (const keys of equals) {
    const distinct = [...new Set(keys)].filter((key) => key !== null);
    prefixes = prefixes.flatMap((prefix) => distinct.map((key) => [...prefix, key]));
    if (prefixes.length > 100_000) throw sqlError(701, "Too many keys in IN.");
  }
  let low = null as Key;
  let high = null as Key;
  for (const { op, key, exact } of rest) {
    if (!exact) continue;
    const value = key(env);
    // A comparison with NULL is true for no row.
    if (value === null) return [];
    if (op.startsWith(">")) low = low === null || value > low ? value : low;
    else high = high === null || value < high ? value : high;
  }
  return prefixes.map((prefix) => ({
    low: low === null ? (prefix.length === 0 ? undefined : prefix) : [...prefix, low],
    high: high === null ? (prefix.length === 0 ? undefined : prefix) : [...prefix, high],
  }));
}
