import type { Bound, Env } from "../binder/bound.ts";
import { commonType } from "../binder/type-rules.ts";
import { compareKeys, keyMaker } from "../types/compare.ts";
import { converter } from "../types/convert.ts";
import type { SqlType, SqlValue } from "../types/sql-type.ts";

/** Reads an expression in another type, as an assignment converts. */
export function coercedTo(bound: Bound, type: SqlType): (env: Env) => SqlValue {
  const convert = converter(bound.type, type);
  return (env) => convert(bound.evaluate(env));
}

/** Whether two expressions are equal; unknown is not. */
export function comparableValues(left: Bound, right: Bound): (env: Env) => boolean {
  const type = commonType(left.type, right.type);
  const [a, b, key] = [coercedTo(left, type), coercedTo(right, type), keyMaker(type)];
  return (env) => {
    const x = key(a(env));
    return x !== null && compareKeys(x, key(b(env))) === 0;
  };
}

/** The greatest (1) or least (-1) value; NULL does not count. */
export function extremeOf(values: readonly SqlValue[], type: SqlType, sign: 1 | -1): SqlValue {
  const key = keyMaker(type);
  let best: SqlValue = null;
  for (const value of values)
    if (value !== null && (best === null || compareKeys(key(value), key(best)) * sign > 0)) best = value;
  return best;
}
