import type { Collation } from "./collation.ts";

/** SQL Server's data types that this server knows, and what the type rules need to know of each. */
export type Kind = keyof typeof KINDS;

export type Family = "exact" | "approximate" | "text" | "binary" | "temporal" | "guid" | "null";

interface KindInfo {
  readonly family: Family;
  /** "Data type precedence (Transact-SQL)": the operand of the lower one is converted. */
  readonly precedence: number;
}

export const KINDS = {
  datetimeoffset: { family: "temporal", precedence: 30 },
  datetime2: { family: "temporal", precedence: 29 },
  datetime: { family: "temporal", precedence: 28 },
  smalldatetime: { family: "temporal", precedence: 27 },
  date: { family: "temporal", precedence: 26 },
  time: { family: "temporal", precedence: 25 },
  float: { family: "approximate", precedence: 24 },
  real: { family: "approximate", precedence: 23 },
  decimal: { family: "exact", precedence: 22 },
  money: { family: "exact", precedence: 21 },
  smallmoney: { family: "exact", precedence: 20 },
  bigint: { family: "exact", precedence: 19 },
  int: { family: "exact", precedence: 18 },
  smallint: { family: "exact", precedence: 17 },
  tinyint: { family: "exact", precedence: 16 },
  bit: { family: "exact", precedence: 15 },
  rowversion: { family: "binary", precedence: 14 },
  uniqueidentifier: { family: "guid", precedence: 13 },
  nvarchar: { family: "text", precedence: 12 },
  nchar: { family: "text", precedence: 11 },
  varchar: { family: "text", precedence: 10 },
  char: { family: "text", precedence: 9 },
  varbinary: { family: "binary", precedence: 8 },
  binary: { family: "binary", precedence: 7 },
  null: { family: "null", precedence: 0 },
} as const satisfies Record<string, KindInfo>;

/** The length of (max) types. */
export const MAX = Number.POSITIVE_INFINITY;

/** A data type with its parameters. */
export interface SqlType {
  readonly kind: Kind;
  /** Characters, or bytes of a binary type; MAX for (max). */
  readonly length: number;
  /** Decimal digits, for exact numerics. */
  readonly precision: number;
  /** Digits after the point: of an exact numeric, or of the seconds of a temporal type. */
  readonly scale: number;
  /** Of texts that a column or COLLATE gave one; literals and variables take that of what they meet. */
  readonly collation?: Collation;
}

/** An instant with the offset it was written in (minutes east of UTC). Ticks are 100 ns since 0001-01-01. */
export interface OffsetTime {
  readonly utc: bigint;
  readonly offset: number;
}

/**
 * A value by its type's family: exact numerics are a bigint of the type's scale (1.50 of decimal(5,2) is 150n),
 * approximate ones a number, texts a string, binaries a Buffer, identifiers upper-case text, temporal ones a bigint
 * of 100 ns ticks since 0001-01-01 (time: since midnight) or an OffsetTime.
 */
export type SqlValue = null | bigint | number | string | Buffer | OffsetTime;

export const withCollation = (type: SqlType, collation: Collation | undefined): SqlType =>
  collation === undefined ? type : { ...type, collation };

const make = (kind: Kind, length = 0, precision = 0, scale = 0): SqlType => ({
  kind,
  length,
  precision,
  scale,
});

export const NULL = make("null");
export const BIT = make("bit", 0, 1);
export const TINYINT = make("tinyint", 0, 3);
export const SMALLINT = make("smallint", 0, 5);
export const INT = make("int", 0, 10);
export const BIGINT = make("bigint", 0, 19);
export const MONEY = make("money", 0, 19, 4);
export const SMALLMONEY = make("smallmoney", 0, 10, 4);
export const FLOAT = make("float");
export const REAL = make("real");
export const DATE = make("date");
export const DATETIME = make("datetime", 0, 0, 3);
export const SMALLDATETIME = make("smalldatetime");
export const UNIQUEIDENTIFIER = make("uniqueidentifier");
export const ROWVERSION = make("rowversion", 8);
export const decimal = (precision: number, scale: number): SqlType => make("decimal", 0, precision, scale);
export const time = (scale: number): SqlType => make("time", 0, 0, scale);
export const datetime2 = (scale: number): SqlType => make("datetime2", 0, 0, scale);
export const datetimeoffset = (scale: number): SqlType => make("datetimeoffset", 0, 0, scale);
export const nvarchar = (length: number): SqlType => make("nvarchar", length);
export const varchar = (length: number): SqlType => make("varchar", length);
export const nchar = (length: number): SqlType => make("nchar", length);
export const char = (length: number): SqlType => make("char", length);
export const varbinary = (length: number): SqlType => make("varbinary", length);
export const binary = (length: number): SqlType => make("binary", length);

export const familyOf = (type: SqlType): Family => KINDS[type.kind].family;
export const precedenceOf = (type: SqlType): number => KINDS[type.kind].precedence;
export const isInteger = (type: SqlType): boolean =>
  familyOf(type) === "exact" && type.kind !== "decimal" && !isMoney(type);
export const isMoney = (type: SqlType): boolean => type.kind === "money" || type.kind === "smallmoney";
export const isNational = (type: SqlType): boolean => type.kind === "nvarchar" || type.kind === "nchar";
/** char, nchar and binary are filled up to their length. */
export const isFixed = (type: SqlType): boolean =>
  type.kind === "char" || type.kind === "nchar" || type.kind === "binary";

/** The name SQL Server uses in messages: "numeric" for decimals, "timestamp" for rowversion. */
export function typeName({ kind }: SqlType): string {
  if (kind === "decimal") return "numeric";
  if (kind === "rowversion") return "timestamp";
  return kind === "null" ? "NULL" : kind;
}

/** The type as written in a definition. */
export function typeText(type: SqlType): string {
  const { kind, length, precision, scale } = type;
  if (kind === "decimal") return `decimal(${precision},${scale})`;
  if (kind === "time" || kind === "datetime2" || kind === "datetimeoffset") return `${kind}(${scale})`;
  const family = familyOf(type);
  if (kind !== "rowversion" && (family === "text" || family === "binary"))
    return `${kind}(${length === MAX ? "max" : length})`;
  return kind;
}
