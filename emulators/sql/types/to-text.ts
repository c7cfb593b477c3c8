import { SqlError, sqlError, unsupported } from "../errors/sql-error.ts";
import { decodeCodePage, notInCodePage } from "./code-page.ts";
import type { Convert, ConvertOptions } from "./conversion.ts";
import { toTicks } from "./convert-temporal.ts";
import { decimalText, rescale } from "./decimal.ts";
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

/** To the character types. */
export function toText(from: SqlType, to: SqlType, options: ConvertOptions): Convert {
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

/** The text in which a value is shown: as CAST to nvarchar(max) shows it. */
export function valueText(value: SqlValue, type: SqlType): string {
  return value === null ? "NULL" : textOf(type, {})(value);
}
