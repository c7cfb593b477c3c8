import { SqlError, sqlError, unsupported } from "../errors/sql-error.ts";
import type { Convert } from "./conversion.ts";
import { decimalText, fits, parseDecimal, rescale } from "./decimal.ts";
import { familyOf, isInteger, isMoney, type SqlType, typeName } from "./sql-type.ts";

/** Ranges of the integer types. */
const INTEGERS: Partial<Record<SqlType["kind"], readonly [bigint, bigint]>> = {
  tinyint: [0n, 255n],
  smallint: [-32_768n, 32_767n],
  int: [-2_147_483_648n, 2_147_483_647n],
  bigint: [-(2n ** 63n), 2n ** 63n - 1n],
};

/** Checks that an exact value fits its type; `from` is what the message names as its source. */
export function checkExact(value: bigint, type: SqlType, from = "expression"): bigint {
  if (type.kind === "bit") return value === 0n ? 0n : 1n;
  const range = INTEGERS[type.kind];
  if (range !== undefined) {
    if (value >= range[0] && value <= range[1]) return value;
    if (type.kind === "tinyint" || type.kind === "smallint") throw sqlError(220, type.kind, value);
    throw sqlError(8115, from === "numeric" ? "expression" : from, type.kind);
  }
  const limit = type.kind === "money" ? 2n ** 63n : type.kind === "smallmoney" ? 2n ** 31n : undefined;
  if (limit === undefined ? fits(value, type.precision) : value < limit && value >= -limit) return value;
  throw sqlError(8115, from, typeName(type));
}

/** To bit, the integers, decimal and money. */
export function toExact(from: SqlType, to: SqlType): Convert {
  switch (familyOf(from)) {
    case "exact": {
      if (from.kind === to.kind && from.precision === to.precision && from.scale === to.scale)
        return (v) => v;
      const name = isInteger(from) ? "expression" : typeName(from);
      // A decimal's fraction is cut on the way to an integer; money's is rounded.
      const cut = from.kind === "decimal" && isInteger(to);
      const source = isInteger(from) && !isInteger(to) ? from.kind : name;
      return (v) =>
        to.kind === "bit"
          ? v === 0n
            ? 0n
            : 1n
          : checkExact(rescale(v as bigint, from.scale, to.scale, cut), to, source);
    }
    case "approximate":
      return (v) => {
        const number = v as number;
        if (to.kind === "bit") return number === 0 ? 0n : 1n;
        if (isInteger(to)) {
          const whole = BigInt(Math.trunc(number));
          const range = INTEGERS[to.kind];
          if (range !== undefined && (whole < range[0] || whole > range[1]))
            throw sqlError(232, to.kind, number.toFixed(6));
          return whole;
        }
        const parsed = parseDecimal(
          Math.abs(number) >= 1e21 ? BigInt(number).toString() : number.toPrecision(17),
        );
        if (parsed === undefined) throw sqlError(8115, "float", typeName(to));
        return checkExact(rescale(parsed.value, parsed.scale, to.scale), to, "float");
      };
    case "text":
      return (v) => textToExact(v as string, from, to);
    case "binary":
      return (v) => {
        const bytes = v as Buffer;
        const size = to.kind === "bigint" ? 8 : to.kind === "int" ? 4 : to.kind === "smallint" ? 2 : 1;
        if (!isInteger(to)) throw unsupported(`Conversion from ${typeName(from)} to ${typeName(to)}`);
        const hex = bytes.subarray(Math.max(0, bytes.length - size)).toString("hex");
        if (to.kind === "bit") return hex === "" || /^0*$/.test(hex) ? 0n : 1n;
        return BigInt.asIntN(to.kind === "tinyint" ? 64 : size * 8, BigInt(`0x${hex || "0"}`));
      };
    default:
      throw sqlError(206, typeName(from), typeName(to));
  }
}

function textToExact(text: string, from: SqlType, to: SqlType): bigint {
  const trimmed = text.trim();
  if (to.kind === "bit" && /^(true|false)$/i.test(trimmed)) return trimmed.toLowerCase() === "true" ? 1n : 0n;
  if (isInteger(to)) {
    if (trimmed === "") return 0n;
    if (!/^[+-]?\s*\d+$/.test(trimmed)) {
      if (to.kind === "bigint") throw sqlError(8114, typeName(from), "bigint");
      throw sqlError(245, typeName(from), text, to.kind);
    }
    const value = BigInt(trimmed.replace(/[\s+]/g, ""));
    const range = INTEGERS[to.kind];
    if (range === undefined || (value >= range[0] && value <= range[1])) return checkExact(value, to);
    if (to.kind === "int") throw sqlError(248, typeName(from), text);
    if (to.kind === "bigint") throw sqlError(8115, "expression", "bigint");
    throw sqlError(244, typeName(from), text, to.kind === "tinyint" ? "INT1" : "INT2");
  }
  const parsed = isMoney(to)
    ? parseDecimal(trimmed === "" ? "0" : trimmed.replace(/^([+-]?)\s*\$/, "$1").replaceAll(",", ""))
    : /e/i.test(trimmed)
      ? undefined
      : parseDecimal(trimmed);
  if (parsed === undefined) {
    if (isMoney(to))
      throw new SqlError(235, "Cannot convert a char value to money. The char value has incorrect syntax.");
    throw sqlError(8114, typeName(from), typeName(to));
  }
  return checkExact(rescale(parsed.value, parsed.scale, to.scale), to, typeName(from));
}

/** To float and real. */
export function toApproximate(from: SqlType, to: SqlType): Convert {
  const round = to.kind === "real" ? Math.fround : (n: number) => n;
  switch (familyOf(from)) {
    case "approximate":
      return (v) => {
        const number = round(v as number);
        if (!Number.isFinite(number)) throw sqlError(232, to.kind, String(v));
        return number;
      };
    case "exact":
      return (v) => round(Number(decimalText(v as bigint, from.scale)));
    case "text":
      return (v) => {
        const trimmed = (v as string).trim();
        const number =
          trimmed === ""
            ? 0
            : /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(trimmed)
              ? Number(trimmed)
              : Number.NaN;
        if (Number.isNaN(number)) throw sqlError(8114, typeName(from), to.kind);
        if (!Number.isFinite(number)) throw sqlError(232, to.kind, trimmed);
        return round(number);
      };
    default:
      throw sqlError(206, typeName(from), typeName(to));
  }
}
