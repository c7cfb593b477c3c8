import { sqlError, sqlErrorAt, unsupported } from "../errors/sql-error.ts";
import { type Collation, orderOf } from "../types/collation.ts";
import {
  BIGINT,
  BIT,
  binary,
  char,
  DATE,
  DATETIME,
  datetime2,
  datetimeoffset,
  decimal,
  FLOAT,
  familyOf,
  INT,
  MAX,
  MONEY,
  nchar,
  nvarchar,
  REAL,
  ROWVERSION,
  SMALLDATETIME,
  SMALLINT,
  SMALLMONEY,
  type SqlType,
  TINYINT,
  time,
  typeName,
  UNIQUEIDENTIFIER,
  varbinary,
  varchar,
  withCollation,
} from "../types/sql-type.ts";
import type { Cursor } from "./cursor.ts";

/** Types without parameters. */
const SIMPLE: Record<string, SqlType> = {
  BIT,
  TINYINT,
  SMALLINT,
  INT,
  INTEGER: INT,
  BIGINT,
  MONEY,
  SMALLMONEY,
  REAL,
  DATE,
  DATETIME,
  SMALLDATETIME,
  UNIQUEIDENTIFIER,
  ROWVERSION,
  TIMESTAMP: ROWVERSION,
  SYSNAME: nvarchar(128),
};

/** Types with a length: maker, greatest length, and whether (max) exists. */
const SIZED: Record<string, readonly [make: (length: number) => SqlType, limit: number, max: boolean]> = {
  CHAR: [char, 8000, false],
  CHARACTER: [char, 8000, false],
  VARCHAR: [varchar, 8000, true],
  NCHAR: [nchar, 4000, false],
  NVARCHAR: [nvarchar, 4000, true],
  BINARY: [binary, 8000, false],
  VARBINARY: [varbinary, 8000, true],
};

/** Types with digits of a second. */
const SCALED: Record<string, (scale: number) => SqlType> = {
  TIME: time,
  DATETIME2: datetime2,
  DATETIMEOFFSET: datetimeoffset,
};

const REFUSED = new Set([
  "TEXT",
  "NTEXT",
  "IMAGE",
  "XML",
  "SQL_VARIANT",
  "GEOGRAPHY",
  "GEOMETRY",
  "HIERARCHYID",
  "JSON",
  "VECTOR",
]);

/** Reads a collation's name. Throws 40517 for one that is not known here. */
export function parseCollation(c: Cursor): Collation["order"] {
  const name = c.identifier();
  const order = orderOf(name);
  if (order === undefined) throw c.refuse(`COLLATE ${name}`);
  return order;
}

/** A column's type with its COLLATE. Throws 447 if it is no text. */
export function collatedColumn(type: SqlType, order: Collation["order"]): SqlType {
  if (familyOf(type) !== "text") throw sqlError(447, typeName(type));
  return order === "default" ? type : withCollation(type, { order, explicit: false });
}

/** Reads a type. `defaultLength` is 1 in definitions and 30 in CAST and CONVERT. */
export function parseType(c: Cursor, defaultLength = 1): SqlType {
  const { line } = c.peek();
  const written = c.take("NATIONAL") ? `N${c.next().value}` : c.identifier();
  let word = written.toUpperCase();
  if (word === "SYS" && c.take(".")) word = c.identifier().toUpperCase();
  if (c.take("VARYING")) word = `VAR${word.replace("ACTER", "")}`;
  if (word === "DOUBLE" || (word === "DOUBLE" && c.take("PRECISION"))) return FLOAT;
  const simple = SIMPLE[word];
  if (simple !== undefined) return simple;
  if (REFUSED.has(word)) throw unsupported(`The data type ${word.toLowerCase()}`, line);
  const number = (): number => {
    const token = c.next();
    if (token.kind !== "number" || !/^\d{1,9}$/.test(token.value)) throw sqlErrorAt(line, 102, token.text);
    return Number(token.value);
  };
  const sized = SIZED[word];
  if (sized !== undefined) {
    const [make, limit, max] = sized;
    if (!c.take("(")) return make(defaultLength);
    const length = max && c.take("MAX") ? MAX : number();
    c.expect(")");
    if (length === 0) throw sqlErrorAt(line, 1001, line, 0);
    if (length !== MAX && length > limit) throw sqlErrorAt(line, 131, length, word.toLowerCase(), limit);
    return make(length);
  }
  const scaled = SCALED[word];
  if (scaled !== undefined) {
    if (!c.take("(")) return scaled(7);
    const scale = number();
    c.expect(")");
    if (scale > 7) throw sqlErrorAt(line, 1001, line, scale);
    return scaled(scale);
  }
  if (word === "FLOAT") {
    if (!c.take("(")) return FLOAT;
    const bits = number();
    c.expect(")");
    return bits <= 24 ? REAL : FLOAT;
  }
  if (word === "DECIMAL" || word === "DEC" || word === "NUMERIC") {
    if (!c.take("(")) return decimal(18, 0);
    const precision = number();
    const scale = c.take(",") ? number() : 0;
    c.expect(")");
    if (precision < 1 || precision > 38) throw sqlErrorAt(line, 1001, line, precision);
    if (scale > precision) throw sqlErrorAt(line, 192);
    return decimal(precision, scale);
  }
  throw sqlErrorAt(line, 2715, 1, written);
}
