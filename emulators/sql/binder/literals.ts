import { sqlError } from "../errors/sql-error.ts";
import { parseDecimal } from "../types/decimal.ts";
import {
  decimal,
  FLOAT,
  INT,
  MAX,
  nvarchar,
  type SqlType,
  type SqlValue,
  varbinary,
  varchar,
} from "../types/sql-type.ts";
import type { Bound } from "./bound.ts";

export const constant = (type: SqlType, value: SqlValue): Bound => ({
  type,
  nullable: value === null,
  uses: 0,
  literal: true,
  evaluate: () => value,
});

/** A number's type is by its form: int, else decimal of its digits; with an exponent float. */
export function numberLiteral(text: string): Bound {
  if (/e/i.test(text)) return constant(FLOAT, Number(text));
  const parsed = parseDecimal(text);
  if (parsed === undefined) throw sqlError(102, text);
  const { value, scale } = parsed;
  if (!text.includes(".") && value <= 2_147_483_647n)
    return constant({ ...INT, precision: Math.max(1, parsed.digits) }, value);
  const precision = Math.max(parsed.digits, scale, 1);
  if (precision > 38) throw sqlError(1007, text);
  return constant(decimal(precision, scale), value);
}

export function textLiteral(value: string, national: boolean): Bound {
  const length = Math.max(1, value.length);
  if (national) return constant(nvarchar(length > 4000 ? MAX : length), value);
  return constant(varchar(length > 8000 ? MAX : length), value);
}

export const binaryLiteral = (hex: string): Bound =>
  constant(varbinary(Math.max(1, hex.length / 2)), Buffer.from(hex, "hex"));
