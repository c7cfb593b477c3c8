import type { Bound, Env } from "../binder/bound.ts";
import { compareSortKeys, type SortKey, sorted } from "../binder/ordering.ts";
import { sqlError, unsupported } from "../errors/sql-error.ts";
import type { Expression } from "../parser/ast.ts";
import { keyMaker, keyText } from "../types/compare.ts";
import { BIGINT, type SqlType, type SqlValue } from "../types/sql-type.ts";
import { aggregateOf, isAggregate } from "./aggregates.ts";

/** A window function: its type, and its value for each of the query's rows. */
export interface WindowFunction {
  readonly type: SqlType;
  compute(rows: readonly Env[]): Map<Env, SqlValue>;
}

/** The function of a call with OVER; its parts are bound already. */
export function windowFunction(
  call: Expression & { type: "call" },
  args: readonly Bound[],
  partitionBy: readonly Bound[],
  order: readonly SortKey[],
): WindowFunction {
  const makers = partitionBy.map(({ type }) => keyMaker(type));
  const { type, values } = valuesOf(call, args, order);
  return {
    type,
    compute(rows) {
      const partitions = new Map<string, Env[]>();
      for (const env of rows) {
        const text = keyText(partitionBy.map((bound, i) => makers[i]?.(bound.evaluate(env)) ?? null));
        const members = partitions.get(text);
        if (members === undefined) partitions.set(text, [env]);
        else members.push(env);
      }
      const result = new Map<Env, SqlValue>();
      for (const members of partitions.values()) {
        const inOrder = sorted(members, (env) => env, order);
        const found = values(inOrder);
        inOrder.forEach((env, i) => {
          result.set(env, found[i] ?? null);
        });
      }
      return result;
    },
  };
}

type Values = (rows: readonly Env[]) => SqlValue[];

function valuesOf(
  call: Expression & { type: "call" },
  args: readonly Bound[],
  order: readonly SortKey[],
): { type: SqlType; values: Values } {
  const name = call.name.toLowerCase();
  if (isAggregate(call)) {
    const aggregate = aggregateOf(call, args);
    return {
      type: aggregate.type,
      values(rows) {
        if (order.length > 0) return peersOf(rows, order).map((end) => aggregate.compute(rows.slice(0, end)));
        const whole = aggregate.compute(rows);
        return rows.map(() => whole);
      },
    };
  }
  if (order.length === 0) throw sqlError(4112, name);
  switch (call.name) {
    case "ROW_NUMBER":
      return { type: BIGINT, values: (rows) => rows.map((_, i) => BigInt(i + 1)) };
    case "RANK":
    case "DENSE_RANK":
      return { type: BIGINT, values: (rows) => ranks(rows, order, call.name === "DENSE_RANK") };
    case "LAG":
    case "LEAD": {
      const [value, offset, fallback] = args;
      if (value === undefined) throw sqlError(174, name, 1);
      const sign = call.name === "LAG" ? -1 : 1;
      return {
        type: value.type,
        values: (rows) =>
          rows.map((env, i) => {
            const other = rows[i + sign * Number(offset?.evaluate(env) ?? 1)];
            return other === undefined ? (fallback?.evaluate(env) ?? null) : value.evaluate(other);
          }),
      };
    }
    default:
      throw unsupported(`The function ${call.name}`);
  }
}

/** For each row the end of its peers: rows that are equal in the order. */
function peersOf(rows: readonly Env[], order: readonly SortKey[]): number[] {
  const keys = rows.map((env) => order.map(({ key }) => key(env)));
  const ends: number[] = new Array(rows.length).fill(rows.length);
  for (let i = rows.length - 2; i >= 0; i--)
    ends[i] = compareSortKeys(keys[i] ?? [], keys[i + 1] ?? [], order) === 0 ? (ends[i + 1] ?? 0) : i + 1;
  return ends;
}

function ranks(rows: readonly Env[], order: readonly SortKey[], dense: boolean): SqlValue[] {
  const ends = peersOf(rows, order);
  let rank = 0;
  return rows.map((_, i) => {
    if (i === 0 || ends[i - 1] === i) rank = dense ? rank + 1 : i + 1;
    return BigInt(rank);
  });
}
