import { SqlError, sqlError, unsupported } from "../errors/sql-error.ts";
import { decodeCodePage, encodeCodePage, notInCodePage } from "./code-page.ts";
import { toTemporal, toTicks } from "./convert-temporal.ts";
import { decimalText, fits, parseDecimal, rescale } from "./decimal.ts";
import { guidBytes, guidText, parseGuid } from "./guid.ts";
import {
  familyOf,
  isFixed,
  isInteger,
  isMoney,
  isNational,
  type SqlType,
  type SqlValue,
  typeName,
} from "./sql-type.ts";
import { partsOf, STYLES, temporalText } from "./temporal.ts";

export interface ConvertOptions {
  /** CAST or CONVERT: cuts texts to their length, and allows what an assignment does not. */
  readonly explicit?: boolean;
  /** CONVERT's style number. */
  readonly style?: number | undefined;
}

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

/** Whether an assignment converts without CAST ("Implicit conversions" in CAST and CONVERT). */
export function convertsImplicitly(from: SqlType, to: SqlType): boolean {
  const [a, b] = [familyOf(from), familyOf(to)];
  if (a === b || a === "null") return !(a === "temporal" && dateAgainstTime(from, to));
  if (a === "text") return b !== "binary";
  if (b === "text") return true;
  const numeric = (family: string): boolean => family === "exact" || family === "approximate";
  if (numeric(a) && numeric(b)) return true;
  // Old-style datetimes count days; the newer types refuse numbers.
  if (b === "binary") return a === "exact" || a === "guid";
  return a === "binary" && (b === "exact" || b === "guid");
}

const dateAgainstTime = (a: SqlType, b: SqlType): boolean =>
  (a.kind === "date" && b.kind === "time") || (a.kind === "time" && b.kind === "date");

/**
 * The conversion from one type to another, made once per expression. Throws 257 or 529 if there is none, and the
 * conversion throws by value: 245, 8114, 8115, 220, 241, 242, 8169.
 */
export function converter(
  from: SqlType,
  to: SqlType,
  options: ConvertOptions = {},
): (value: SqlValue) => SqlValue {
  if (from.kind === "null") return () => null;
  if (!convertsImplicitly(from, to)) {
    const possible = options.explicit === true && castable(from, to);
    if (!possible) {
      if (options.explicit === true) throw sqlError(529, typeName(from), typeName(to));
      throw familyOf(from) === "temporal" || familyOf(to) === "temporal" || familyOf(to) === "guid"
        ? sqlError(206, typeName(from), typeName(to))
        : sqlError(257, typeName(from), typeName(to));
    }
  }
  const convert = plain(from, to, options);
  return (value) => (value === null ? null : convert(value));
}

const castable = (from: SqlType, to: SqlType): boolean => {
  const pair = `${familyOf(from)}>${familyOf(to)}`;
  return [
    "text>binary",
    "binary>text",
    "guid>binary",
    "binary>guid",
    "exact>binary",
    "binary>exact",
  ].includes(pair);
};

type Convert = (value: NonNullable<SqlValue>) => SqlValue;

function plain(from: SqlType, to: SqlType, options: ConvertOptions): Convert {
  switch (familyOf(to)) {
    case "exact":
      return toExact(from, to);
    case "approximate":
      return toApproximate(from, to);
    case "text":
      return toText(from, to, options);
    case "binary":
      return toBinary(from, to, options);
    case "guid":
      return toGuid(from);
    case "temporal":
      return toTemporal(from, to);
    default:
      return (value) => value;
  }
}

function toExact(from: SqlType, to: SqlType): Convert {
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

function toApproximate(from: SqlType, to: SqlType): Convert {
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

/** Shows a float as SQL Server does without a style: six significant digits. */
function floatText(value: number, digits: number): string {
  if (value === 0) return "0";
  const exponent = Math.floor(Math.log10(Math.abs(value)));
  if (exponent < -5 || exponent >= digits) {
    const [mantissa = "0", power = "0"] = value.toExponential(digits - 1).split("e");
    const short = mantissa.includes(".") ? mantissa.replace(/0+$/, "").replace(/\.$/, "") : mantissa;
    return `${short}e${power.startsWith("-") ? "-" : "+"}${power.replace(/[+-]/, "").padStart(3, "0")}`;
  }
  return String(Number(value.toPrecision(digits)));
}

function toText(from: SqlType, to: SqlType, options: ConvertOptions): Convert {
  const { style } = options;
  const text = textOf(from, options);
  const fitted = fitText(from, to, options);
  if (style === undefined || familyOf(from) !== "temporal") return (v) => fitted(text(v));
  const shape = STYLES[style];
  if (shape === undefined) throw sqlError(281, style, typeName(from));
  return (v) => {
    const [ticks, offset] = toTicks(v);
    return fitted(shape(partsOf(ticks), from.scale, offset));
  };
}

function textOf(from: SqlType, { style }: ConvertOptions): (value: NonNullable<SqlValue>) => string {
  switch (familyOf(from)) {
    case "text":
      return (v) => v as string;
    case "exact":
      // Money shows two digits, unless style 2 asks for all four.
      return isMoney(from) && style !== 2
        ? (v) => decimalText(rescale(v as bigint, 4, 2), 2)
        : (v) => decimalText(v as bigint, from.scale);
    case "approximate":
      return (v) => (style === 3 ? String(v) : floatText(v as number, 6));
    case "guid":
      return (v) => v as string;
    case "temporal":
      return (v) => temporalText(from, ...toTicks(v));
    case "binary":
      return (v) => {
        const hex = (v as Buffer).toString("hex").toUpperCase();
        return style === 1 ? `0x${hex}` : style === 2 ? hex : decodeCodePage(v as Buffer);
      };
    default:
      return () => "";
  }
}

function fitText(from: SqlType, to: SqlType, { explicit }: ConvertOptions): (text: string) => string {
  const isText = familyOf(from) === "text";
  return (text) => {
    if (!isNational(to)) {
      const missing = notInCodePage(text);
      // SQL Server stores "?" or a look-alike here without a word.
      if (missing !== undefined)
        throw unsupported(
          `The character '${missing}' in ${to.kind} (code page 1252 lacks it; use n${to.kind})`,
        );
    }
    if (text.length <= to.length) return isFixed(to) ? text.padEnd(to.length, " ") : text;
    // A number that does not fit is an error; a text is cut by CAST, and by assignment to a variable.
    if (familyOf(from) === "exact" || familyOf(from) === "approximate")
      throw sqlError(8115, isInteger(from) ? "expression" : typeName(from), to.kind);
    if (familyOf(from) === "guid")
      throw new SqlError(8170, "Insufficient result space to convert uniqueidentifier value to char.");
    const cut = text.slice(0, to.length);
    if (!isText && familyOf(from) === "temporal" && explicit !== true) throw sqlError(8152);
    return cut;
  };
}

function toBinary(from: SqlType, to: SqlType, { style }: ConvertOptions): Convert {
  const fitted = (bytes: Buffer): Buffer => {
    if (bytes.length > to.length) return bytes.subarray(0, to.length);
    return to.kind === "binary" && bytes.length < to.length
      ? Buffer.concat([bytes, Buffer.alloc(to.length - bytes.length)])
      : bytes;
  };
  switch (familyOf(from)) {
    case "binary":
      return (v) => fitted(v as Buffer);
    case "text":
      return (v) => {
        const text = v as string;
        if (style === 1 || style === 2) {
          const hex = style === 1 ? (/^0x([0-9a-f]*)$/i.exec(text)?.[1] ?? "!") : text;
          if (hex.length % 2 !== 0 || !/^[0-9a-f]*$/i.test(hex))
            throw sqlError(8114, typeName(from), typeName(to));
          return fitted(Buffer.from(hex, "hex"));
        }
        return fitted(isNational(from) ? Buffer.from(text, "utf16le") : encodeCodePage(text));
      };
    case "guid":
      return (v) => fitted(guidBytes(v as string));
    case "exact": {
      if (!isInteger(from)) throw unsupported(`Conversion from ${typeName(from)} to ${typeName(to)}`);
      const size = from.kind === "bigint" ? 8 : from.kind === "int" ? 4 : from.kind === "smallint" ? 2 : 1;
      return (v) => {
        const width =
          to.length === Number.POSITIVE_INFINITY
            ? size
            : to.kind === "binary"
              ? to.length
              : Math.min(size, to.length);
        const hex = BigInt.asUintN(width * 8, v as bigint)
          .toString(16)
          .padStart(width * 2, "0");
        return Buffer.from(hex, "hex");
      };
    }
    default:
      throw sqlError(529, typeName(from), typeName(to));
  }
}

function toGuid(from: SqlType): Convert {
  switch (familyOf(from)) {
    case "guid":
      return (v) => v;
    case "text":
      return (v) => {
        const guid = parseGuid(v as string);
        if (guid === undefined) throw sqlError(8169);
        return guid;
      };
    case "binary":
      return (v) => guidText(Buffer.concat([v as Buffer, Buffer.alloc(16)]).subarray(0, 16));
    default:
      throw sqlError(206, typeName(from), "uniqueidentifier");
  }
}

/** The text in which a value is shown: as CAST to nvarchar(max) shows it. */
export function valueText(value: SqlValue, type: SqlType): string {
  return value === null ? "NULL" : textOf(type, {})(value);
}
