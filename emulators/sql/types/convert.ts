import { sqlError } from "../errors/sql-error.ts";
import type { Convert, ConvertOptions } from "./conversion.ts";
import { toTemporal } from "./convert-temporal.ts";
import { familyOf, type SqlType, type SqlValue, typeName } from "./sql-type.ts";
import { toBinary, toGuid } from "./to-binary.ts";
import { toApproximate, toExact } from "./to-number.ts";
import { toText } from "./to-text.ts";

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
