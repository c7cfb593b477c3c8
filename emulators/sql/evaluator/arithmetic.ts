import { sqlError } from "../errors/sql-error.ts";
import type { Arithmetic } from "../parser/ast.ts";
import { converter } from "../types/convert.ts";
import { pow10, rescale } from "../types/decimal.ts";
import { familyOf, type SqlType, type SqlValue } from "../types/sql-type.ts";
import { checkExact } from "../types/to-number.ts";

type Operate = (left: SqlValue, right: SqlValue) => SqlValue;

/** The operation on values of these types, with a result of that type. NULL in, NULL out. Throws 8115, 8134. */
export function arithmetic(op: Arithmetic, left: SqlType, right: SqlType, type: SqlType): Operate {
  const operate = operationFor(op, left, right, type);
  return (a, b) => (a === null || b === null ? null : operate(a, b));
}

function operationFor(op: Arithmetic, left: SqlType, right: SqlType, type: SqlType): Operate {
  switch (familyOf(type)) {
    case "text":
      return (x, y) => `${x as string}${y as string}`;
    case "binary":
      return (x, y) => Buffer.concat([x as Buffer, y as Buffer]);
    case "approximate":
      return approximate(op, converter(left, type), converter(right, type), type);
    default:
      return exact(op, left, right, type);
  }
}

function approximate(
  op: Arithmetic,
  a: (v: SqlValue) => SqlValue,
  b: (v: SqlValue) => SqlValue,
  type: SqlType,
): Operate {
  return (x, y) => {
    const [left, right] = [a(x) as number, b(y) as number];
    if (op === "/" && right === 0) throw sqlError(8134);
    const result =
      op === "+" ? left + right : op === "-" ? left - right : op === "*" ? left * right : left / right;
    if (!Number.isFinite(result)) throw sqlError(8115, "expression", type.kind);
    return type.kind === "real" ? Math.fround(result) : result;
  };
}

function exact(op: Arithmetic, left: SqlType, right: SqlType, type: SqlType): Operate {
  // Texts become numbers of the result's type first.
  const asExact = (from: SqlType): [(v: SqlValue) => bigint, number] => {
    if (familyOf(from) === "exact") return [(v) => v as bigint, from.scale];
    const convert = converter(from, type);
    return [(v) => convert(v) as bigint, type.scale];
  };
  const [a, s1] = asExact(left);
  const [b, s2] = asExact(right);
  const scale = Math.max(s1, s2);
  const check = (value: bigint, from: number): bigint => {
    const scaled = from === type.scale ? value : rescale(value, from, type.scale);
    return checkExact(scaled, type);
  };
  switch (op) {
    case "+":
      return (x, y) => check(rescale(a(x), s1, scale) + rescale(b(y), s2, scale), scale);
    case "-":
      return (x, y) => check(rescale(a(x), s1, scale) - rescale(b(y), s2, scale), scale);
    case "*":
      return (x, y) => check(a(x) * b(y), s1 + s2);
    case "/":
      return (x, y) => {
        const divisor = b(y);
        if (divisor === 0n) throw sqlError(8134);
        // Cut at the result's scale, as SQL Server does.
        const shift = type.scale + s2 - s1;
        const dividend = shift >= 0 ? a(x) * pow10(shift) : a(x) / pow10(-shift);
        return check(dividend / divisor, type.scale);
      };
    case "%":
      return (x, y) => {
        const divisor = rescale(b(y), s2, scale);
        if (divisor === 0n) throw sqlError(8134);
        return check(rescale(a(x), s1, scale) % divisor, scale);
      };
    case "&":
      return (x, y) => a(x) & b(y);
    case "|":
      return (x, y) => a(x) | b(y);
    default:
      return (x, y) => a(x) ^ b(y);
  }
}
