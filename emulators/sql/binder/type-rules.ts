import { sqlError, unsupported } from "../errors/sql-error.ts";
import type { Arithmetic } from "../parser/ast.ts";
import { type Collation, collationName } from "../types/collation.ts";
import {
  decimal,
  FLOAT,
  familyOf,
  isInteger,
  isMoney,
  isNational,
  MAX,
  MONEY,
  NULL,
  nvarchar,
  precedenceOf,
  type SqlType,
  typeName,
  varbinary,
  varchar,
  withCollation,
} from "../types/sql-type.ts";

/** Types of results: "Data type precedence", "Precision, scale, and length". */

const asDecimal = (type: SqlType): SqlType => decimal(type.precision, type.scale);

/** The collation in which two texts meet. Throws 468 if they have different ones with the same right. */
function commonCollation({ collation: a }: SqlType, { collation: b }: SqlType): Collation | undefined {
  if (a === undefined || b === undefined) return a ?? b;
  if (a.explicit !== b.explicit) return a.explicit ? a : b;
  if (a.order !== b.order) throw sqlError(468, collationName(a.order), collationName(b.order), "equal to");
  return a;
}

/** The type in which values of both types meet: in comparisons, CASE, COALESCE, UNION. Throws 206 if there is none. */
export function commonType(a: SqlType, b: SqlType): SqlType {
  if (a.kind === "null") return b;
  if (b.kind === "null") return a;
  const [high, low] = precedenceOf(a) >= precedenceOf(b) ? [a, b] : [b, a];
  const [family, lower] = [familyOf(high), familyOf(low)];
  if (family === lower) {
    switch (family) {
      case "exact": {
        if (high.kind !== "decimal") return high;
        const scale = Math.max(a.scale, b.scale);
        return decimal(Math.min(38, Math.max(a.precision - a.scale, b.precision - b.scale) + scale), scale);
      }
      case "text":
        return withCollation({ ...high, length: Math.max(a.length, b.length) }, commonCollation(a, b));
      case "binary":
        return { ...high, length: Math.max(a.length, b.length) };
      case "temporal":
        if ((high.kind === "date" && low.kind === "time") || (high.kind === "time" && low.kind === "date"))
          throw sqlError(206, typeName(a), typeName(b));
        return { ...high, scale: Math.max(a.scale, b.scale) };
      default:
        return high;
    }
  }
  if (lower === "text" && family !== "binary") return high;
  if (family === "text" && lower === "binary") return high;
  if (family === "approximate" && lower === "exact") return high;
  if (family === "exact" && lower === "binary") return high;
  if (family === "guid" && lower === "binary") return high;
  throw sqlError(206, typeName(a), typeName(b));
}

export const commonTypeOf = (types: readonly SqlType[]): SqlType => types.reduce(commonType, NULL);

/** Precision and scale past 38 digits: the fraction gives way, but keeps six digits. */
function limited(precision: number, scale: number): SqlType {
  if (precision <= 38) return decimal(precision, scale);
  const whole = precision - scale;
  return decimal(38, whole < 32 ? Math.min(scale, 38 - whole) : Math.min(scale, 6));
}

/** The type of an arithmetic operation on types that have one. Throws 402 or 8117. */
export function arithmeticType(op: Arithmetic, a: SqlType, b: SqlType): SqlType {
  const [left, right] = a.kind === "null" ? [b, b] : b.kind === "null" ? [a, a] : [a, b];
  const families = [familyOf(left), familyOf(right)];
  const names: Record<Arithmetic, string> = {
    "+": "add",
    "-": "subtract",
    "*": "multiply",
    "/": "divide",
    "%": "modulo",
    "&": "&",
    "|": "|",
    "^": "^",
  };
  if (families.includes("temporal")) {
    if (families.every((family) => family === "temporal"))
      throw sqlError(402, typeName(left), typeName(right), names[op]);
    throw unsupported(
      `Arithmetic on ${typeName(families[0] === "temporal" ? left : right)} with ${op} (DATEADD does it)`,
    );
  }
  if (op === "+" && families.every((family) => family === "text")) return concatType(left, right);
  if (op === "+" && families.every((family) => family === "binary"))
    return varbinary(bounded(left.length + right.length, 8000));
  if (families.every((family) => family === "text")) throw sqlError(8117, typeName(left), names[op]);
  if (families.includes("guid")) throw sqlError(402, typeName(left), typeName(right), names[op]);
  const type = commonType(left, right);
  const family = familyOf(type);
  if (family !== "exact" && family !== "approximate")
    throw sqlError(402, typeName(left), typeName(right), names[op]);
  if (op === "&" || op === "|" || op === "^") {
    if (!isInteger(type)) throw sqlError(402, typeName(left), typeName(right), op);
    return type;
  }
  if (family === "approximate") {
    if (op === "%") throw sqlError(402, typeName(left), typeName(right), "modulo");
    return type.kind === "real" && families.every((f) => f === "approximate") ? type : FLOAT;
  }
  if (type.kind === "bit") throw sqlError(8117, "bit", names[op]);
  if (type.kind !== "decimal") return isMoney(type) ? MONEY : type;
  return decimalType(
    op,
    familyOf(left) === "text" ? type : asDecimal(left),
    familyOf(right) === "text" ? type : asDecimal(right),
  );
}

const bounded = (length: number, limit: number): number => (length > limit ? MAX : length);

export function concatType(a: SqlType, b: SqlType): SqlType {
  const national = isNational(a) || isNational(b);
  const type = national
    ? nvarchar(bounded(a.length + b.length, 4000))
    : varchar(bounded(a.length + b.length, 8000));
  return withCollation(type, commonCollation(a, b));
}

function decimalType(
  op: Arithmetic,
  { precision: p1, scale: s1 }: SqlType,
  { precision: p2, scale: s2 }: SqlType,
): SqlType {
  switch (op) {
    case "*":
      return limited(p1 + p2 + 1, s1 + s2);
    case "/": {
      const scale = Math.max(6, s1 + p2 + 1);
      return limited(p1 - s1 + s2 + scale, scale);
    }
    case "%": {
      const scale = Math.max(s1, s2);
      return decimal(Math.min(38, Math.min(p1 - s1, p2 - s2) + scale), scale);
    }
    default: {
      const scale = Math.max(s1, s2);
      const whole = Math.max(p1 - s1, p2 - s2) + 1;
      return whole + scale > 38
        ? decimal(38, Math.max(Math.min(scale, 38 - whole), Math.min(scale, 6)))
        : decimal(whole + scale, scale);
    }
  }
}
