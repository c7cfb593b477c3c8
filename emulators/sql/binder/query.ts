import { sqlError } from "../errors/sql-error.ts";
import type { Query, QueryBody, SetOperation } from "../parser/ast.ts";
import type { Row } from "../storage/table.ts";
import { compareKeys, keyMaker, keyText } from "../types/compare.ts";
import { converter } from "../types/convert.ts";
import { BIGINT, INT, type SqlType } from "../types/sql-type.ts";
import type { Bound, Env } from "./bound.ts";
import { conditionOf } from "./conditions.ts";
import { coerced, expressionOf } from "./expressions.ts";
import { type Binder, type BoundQuery, bindExpression, type Scope } from "./scope.ts";
import { selectOf } from "./select.ts";
import { commonType } from "./type-rules.ts";

/** Binds a query within the scope around it. */
export function queryOf(query: Query, outer: Scope): BoundQuery {
  if (query.body.type === "select") {
    if (query.body.into !== undefined && outer.outer !== undefined) throw sqlError(156, "INTO");
    return selectOf(query.body, query, outer);
  }
  const result = bodyOf(query.body, outer);
  if (query.orderBy.length === 0) return result;
  const order = query.orderBy.map(({ expression, descending }) => {
    const position =
      expression.type === "number"
        ? Number(expression.text) - 1
        : expression.type === "column" && expression.name.length === 1
          ? result.columns.findIndex(({ name }) => name.toLowerCase() === expression.name[0]?.toLowerCase())
          : -1;
    const column = result.columns[position];
    if (column === undefined) throw sqlError(104);
    return { position, descending, key: keyMaker(column.type) };
  });
  const bound = (expression: Query["offset"]): Bound | undefined =>
    expression === undefined
      ? undefined
      : coerced(bindExpression(expression, { ...outer, sources: [] }), BIGINT);
  const [skip, take] = [bound(query.offset), bound(query.fetch)];
  return {
    columns: result.columns,
    get correlated() {
      return result.correlated;
    },
    run(env) {
      const rows = [...result.run(env)].sort((a, b) => {
        for (const { position, descending, key } of order) {
          const difference = compareKeys(key(a[position] ?? null), key(b[position] ?? null));
          if (difference !== 0) return descending ? -difference : difference;
        }
        return 0;
      });
      const from = Number(skip?.evaluate(env) ?? 0);
      return rows.slice(from, take === undefined ? undefined : from + Number(take.evaluate(env)));
    },
  };
}

function bodyOf(body: QueryBody, outer: Scope): BoundQuery {
  if (body.type === "nested") return queryOf(body.query, outer);
  if (body.type === "select") return queryOf({ body, orderBy: [] }, outer);
  return setOperation(body, outer);
}

function setOperation(body: SetOperation, outer: Scope): BoundQuery {
  const left = bodyOf(body.left, outer);
  const right = bodyOf(body.right, outer);
  if (left.columns.length !== right.columns.length) throw sqlError(205);
  const columns = left.columns.map((column, i) => {
    const other = right.columns[i] ?? column;
    const type = commonType(column.type, other.type);
    return {
      name: column.name,
      type: type.kind === "null" ? INT : type,
      nullable: column.nullable || other.nullable,
    };
  });
  const types = columns.map(({ type }) => type);
  const converted = (query: BoundQuery): ((env: Env) => Row[]) => {
    const converters = query.columns.map(({ type }, i) => converter(type, types[i] as SqlType));
    return (env) => query.run(env).map((row) => row.map((value, i) => converters[i]?.(value) ?? null));
  };
  const [first, second] = [converted(left), converted(right)];
  const keys = types.map((type) => keyMaker(type));
  const text = (row: Row): string => keyText(row.map((value, i) => keys[i]?.(value) ?? null));
  const distinct = (rows: readonly Row[]): Row[] => {
    const seen = new Map<string, Row>();
    for (const row of rows) if (!seen.has(text(row))) seen.set(text(row), row);
    return [...seen.values()];
  };
  return {
    columns,
    get correlated() {
      return left.correlated || right.correlated;
    },
    run(env) {
      const [a, b] = [first(env), second(env)];
      if (body.type === "unionAll") return [...a, ...b];
      if (body.type === "union") return distinct([...a, ...b]);
      const others = new Set(b.map(text));
      return distinct(a).filter((row) => others.has(text(row)) === (body.type === "intersect"));
    },
  };
}

/** The binder's three parts, which call each other through the scope. */
export const binder: Binder = { expression: expressionOf, condition: conditionOf, query: queryOf };
