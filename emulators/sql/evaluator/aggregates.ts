import type { Bound, Env } from "../binder/bound.ts";
import { sqlError, unsupported } from "../errors/sql-error.ts";
import type { Expression } from "../parser/ast.ts";
import { compareKeys, keyMaker, keyText } from "../types/compare.ts";
import { converter } from "../types/convert.ts";
import {
  BIGINT,
  decimal,
  FLOAT,
  familyOf,
  INT,
  isMoney,
  isNational,
  MAX,
  MONEY,
  nvarchar,
  type SqlType,
  type SqlValue,
  typeName,
  varchar,
} from "../types/sql-type.ts";
import { checkExact } from "../types/to-number.ts";

/** An aggregate over a group's rows. */
export interface Aggregate {
  readonly type: SqlType;
  readonly nullable: boolean;
  compute(rows: readonly Env[]): SqlValue;
}

const AGGREGATES = new Set(["COUNT", "COUNT_BIG", "SUM", "AVG", "MIN", "MAX", "STRING_AGG"]);
const REFUSED = new Set([
  "STDEV",
  "STDEVP",
  "VAR",
  "VARP",
  "GROUPING",
  "CHECKSUM_AGG",
  "APPROX_COUNT_DISTINCT",
]);
const WINDOW_ONLY = new Set([
  "ROW_NUMBER",
  "RANK",
  "DENSE_RANK",
  "LAG",
  "LEAD",
  "FIRST_VALUE",
  "LAST_VALUE",
  "NTILE",
]);

export const isAggregate = ({ name }: Expression & { type: "call" }): boolean => {
  if (REFUSED.has(name)) throw unsupported(`The function ${name}`);
  return AGGREGATES.has(name);
};
export const isWindowFunction = (name: string): boolean => WINDOW_ONLY.has(name);

/** The aggregate of a call, its argument bound already (none for COUNT(*)). */
export function aggregateOf(
  call: Expression & { type: "call" },
  args: readonly Bound[],
  order?: (rows: readonly Env[]) => readonly Env[],
): Aggregate {
  const name = call.name.toLowerCase();
  const [argument, separator] = args;
  if (call.star === true && /^COUNT/.test(call.name)) return counter(call.name, (rows) => rows.length);
  if (argument === undefined || args.length !== (call.name === "STRING_AGG" ? 2 : 1))
    throw sqlError(174, name, call.name === "STRING_AGG" ? 2 : 1);
  const distinct = call.distinct === true;
  const values = (rows: readonly Env[]): NonNullable<SqlValue>[] => {
    const all = rows.map((env) => argument.evaluate(env)).filter((value) => value !== null);
    if (!distinct) return all;
    const key = keyMaker(argument.type);
    return [...new Map(all.map((value) => [keyText([key(value)]), value])).values()];
  };
  switch (call.name) {
    case "COUNT":
    case "COUNT_BIG":
      return counter(call.name, (rows) => values(rows).length);
    case "SUM":
      return sum(argument.type, values);
    case "AVG":
      return average(argument.type, values);
    case "STRING_AGG":
      return stringAgg(argument, separator, order);
    default: {
      const sign = call.name === "MIN" ? -1 : 1;
      if (argument.type.kind === "bit") throw sqlError(8117, "bit", name);
      const key = keyMaker(argument.type);
      return {
        type: argument.type,
        nullable: true,
        compute: (rows) =>
          values(rows).reduce<SqlValue>(
            (best, value) => (best === null || compareKeys(key(value), key(best)) * sign > 0 ? value : best),
            null,
          ),
      };
    }
  }
}

const counter = (name: string, count: (rows: readonly Env[]) => number): Aggregate => ({
  type: name === "COUNT" ? INT : BIGINT,
  nullable: false,
  compute: (rows) => BigInt(count(rows)),
});

function summable(type: SqlType, name: string): SqlType {
  const family = familyOf(type);
  if (type.kind === "bit" || (family !== "exact" && family !== "approximate" && family !== "null"))
    throw sqlError(8117, typeName(type), name);
  if (family === "approximate") return FLOAT;
  if (isMoney(type)) return MONEY;
  if (type.kind === "decimal") return decimal(38, type.scale);
  return type.kind === "bigint" ? BIGINT : INT;
}

function sum(from: SqlType, values: (rows: readonly Env[]) => NonNullable<SqlValue>[]): Aggregate {
  const type = summable(from, "sum");
  return {
    type,
    nullable: true,
    compute(rows) {
      const all = values(rows);
      if (all.length === 0) return null;
      if (type.kind === "float") return all.reduce<number>((total, value) => total + (value as number), 0);
      return checkExact(
        all.reduce<bigint>((total, value) => total + (value as bigint), 0n),
        type,
      );
    },
  };
}

function average(from: SqlType, values: (rows: readonly Env[]) => NonNullable<SqlValue>[]): Aggregate {
  const summed = summable(from, "avg");
  const type = summed.kind === "decimal" ? decimal(38, Math.max(from.scale, 6)) : summed;
  return {
    type,
    nullable: true,
    compute(rows) {
      const all = values(rows);
      if (all.length === 0) return null;
      if (type.kind === "float")
        return all.reduce<number>((total, value) => total + (value as number), 0) / all.length;
      const total = checkExact(
        all.reduce<bigint>((so, value) => so + (value as bigint), 0n),
        summed,
      );
      return (total * 10n ** BigInt(type.scale - from.scale)) / BigInt(all.length);
    },
  };
}

function stringAgg(
  argument: Bound,
  separator: Bound | undefined,
  order: ((rows: readonly Env[]) => readonly Env[]) | undefined,
): Aggregate {
  const type =
    familyOf(argument.type) === "text" && !isNational(argument.type) ? varchar(MAX) : nvarchar(MAX);
  const convert = converter(argument.type, type, { explicit: true });
  return {
    type,
    nullable: true,
    compute(rows) {
      const texts = (order?.(rows) ?? rows)
        .map((env) => convert(argument.evaluate(env)))
        .filter((text) => text !== null);
      const [first] = rows;
      return texts.length === 0 || first === undefined
        ? null
        : texts.join(String(separator?.evaluate(first) ?? ""));
    },
  };
}
