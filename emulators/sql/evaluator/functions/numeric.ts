import type { Bound } from "../../binder/bound.ts";
import { sqlError } from "../../errors/sql-error.ts";
import { pow10, rescale } from "../../types/decimal.ts";
import {
  decimal,
  FLOAT,
  familyOf,
  INT,
  isInteger,
  isMoney,
  MONEY,
  type SqlType,
  typeName,
} from "../../types/sql-type.ts";
import { checkExact } from "../../types/to-number.ts";
import { argument, type FunctionDefinition, strict } from "./definition.ts";

/** The type that a numeric function works in: the argument's own, widened; texts are floats. */
function numericType(bound: Bound | undefined, name: string): SqlType {
  const type = bound?.type ?? INT;
  switch (familyOf(type)) {
    case "exact":
      return isMoney(type)
        ? MONEY
        : type.kind === "bit" || type.kind === "tinyint" || type.kind === "smallint"
          ? INT
          : type;
    case "approximate":
    case "text":
      return FLOAT;
    case "null":
      return INT;
    default:
      throw sqlError(8116, typeName(type), 1, name);
  }
}

const floats = (compute: (x: number) => number): FunctionDefinition => ({
  arity: [1, 1],
  bind: ([value]) =>
    strict(FLOAT, [argument(value, FLOAT)], ([x]) => {
      const result = compute(x as number);
      if (!Number.isFinite(result)) throw sqlError(8115, "expression", "float");
      return result;
    }),
});

const towards = (
  exact: (value: bigint, unit: bigint) => bigint,
  float: (x: number) => number,
): FunctionDefinition => ({
  arity: [1, 1],
  bind: ([value], { name }) => {
    const type = numericType(value, name);
    const result = type.kind === "decimal" ? decimal(type.precision, 0) : type;
    return strict(result, [argument(value, type)], ([x]) => {
      if (typeof x === "number") return float(x);
      const whole = exact(x as bigint, pow10(type.scale));
      return type.kind === "money" ? whole * 10_000n : whole;
    });
  },
});

const floor = (value: bigint, unit: bigint): bigint =>
  value < 0n && value % unit !== 0n ? value / unit - 1n : value / unit;

export const NUMERIC_FUNCTIONS: Record<string, FunctionDefinition> = {
  ABS: {
    arity: [1, 1],
    bind: ([value], { name }) => {
      const type = numericType(value, name);
      return strict(type, [argument(value, type)], ([x]) =>
        typeof x === "number"
          ? Math.abs(x)
          : checkExact((x as bigint) < 0n ? -(x as bigint) : (x as bigint), type),
      );
    },
  },
  SIGN: {
    arity: [1, 1],
    bind: ([value], { name }) => {
      const type = numericType(value, name);
      return strict(type, [argument(value, type)], ([x]) =>
        typeof x === "number"
          ? Math.sign(x)
          : (x as bigint) === 0n
            ? 0n
            : (x as bigint) < 0n
              ? -pow10(type.scale)
              : pow10(type.scale),
      );
    },
  },
  FLOOR: towards(floor, Math.floor),
  CEILING: towards((value, unit) => -floor(-value, unit), Math.ceil),
  ROUND: {
    arity: [2, 3],
    bind: ([value, digits, cut], { name }) => {
      const type = numericType(value, name);
      const cutBy = cut === undefined ? () => 0n : argument(cut, INT);
      return strict(type, [argument(value, type), argument(digits, INT), cutBy], ([x, n, truncate]) => {
        const length = Number(n);
        if (typeof x === "number") {
          const unit = 10 ** length;
          const scaled = x * unit;
          return (
            (truncate !== 0n ? Math.trunc(scaled) : Math.sign(scaled) * Math.round(Math.abs(scaled))) / unit
          );
        }
        if (length >= type.scale) return x ?? null;
        const dropped = rescale(x as bigint, type.scale - length, 0, truncate !== 0n);
        return checkExact(dropped * pow10(type.scale - length), type);
      });
    },
  },
  POWER: {
    arity: [2, 2],
    bind: ([value, exponent], { name }) => {
      const type = numericType(value, name);
      return strict(type, [argument(value, type), argument(exponent, FLOAT)], ([x, y]) => {
        if (typeof x === "number") {
          const result = x ** (y as number);
          if (!Number.isFinite(result)) throw sqlError(8115, "expression", "float");
          return result;
        }
        const n = y as number;
        if (Number.isInteger(n) && n >= 0 && n < 10_000 && isInteger(type))
          return checkExact((x as bigint) ** BigInt(n), type);
        const result = (Number(x) / 10 ** type.scale) ** n;
        if (!Number.isFinite(result)) throw sqlError(8115, "expression", typeName(type));
        return checkExact(BigInt(Math.trunc(result * 10 ** type.scale)), type);
      });
    },
  },
  SQRT: floats((x) => {
    if (x < 0) throw sqlError(8115, "expression", "float");
    return Math.sqrt(x);
  }),
  SQUARE: floats((x) => x * x),
  EXP: floats(Math.exp),
  LOG: floats(Math.log),
  LOG10: floats(Math.log10),
  RAND: {
    arity: [0, 1],
    bind: ([seed]) => {
      if (seed !== undefined) throw sqlError(174, "rand", 0);
      return { type: FLOAT, nullable: false, uses: 0, evaluate: ({ runtime }) => runtime.session.random() };
    },
  },
};
