import { sqlError } from "../errors/sql-error.ts";
import { decodeCodePage, encodeCodePage } from "../types/code-page.ts";
import { toTicks } from "../types/convert-temporal.ts";
import { guidBytes, guidText } from "../types/guid.ts";
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
  INT,
  MAX,
  MONEY,
  nchar,
  nvarchar,
  type OffsetTime,
  REAL,
  SMALLDATETIME,
  SMALLINT,
  SMALLMONEY,
  type SqlType,
  type SqlValue,
  TINYINT,
  time,
  UNIQUEIDENTIFIER,
  varbinary,
  varchar,
} from "../types/sql-type.ts";
import { DAYS_TO_1900, dayOf, RANGES, TICKS_PER_DAY, TICKS_PER_MINUTE, timeOf } from "../types/temporal.ts";
import { COLLATION } from "./constants.ts";
import type { Reader } from "./reader.ts";
import type { Writer } from "./writer.ts";

/** Numbers of the types on the wire ("Data Type Definitions"). */
const WIRE = {
  null: 0x1f,
  guid: 0x24,
  intn: 0x26,
  date: 0x28,
  time: 0x29,
  datetime2: 0x2a,
  datetimeoffset: 0x2b,
  tinyint: 0x30,
  bit: 0x32,
  smallint: 0x34,
  int: 0x38,
  smalldatetime: 0x3a,
  real: 0x3b,
  money: 0x3c,
  datetime: 0x3d,
  float: 0x3e,
  bitn: 0x68,
  decimaln: 0x6a,
  numericn: 0x6c,
  floatn: 0x6d,
  moneyn: 0x6e,
  datetimen: 0x6f,
  smallmoney: 0x7a,
  bigint: 0x7f,
  varbinary: 0xa5,
  varchar: 0xa7,
  binary: 0xad,
  char: 0xaf,
  nvarchar: 0xe7,
  nchar: 0xef,
} as const;

const NO_LENGTH = 0xffff;
const PLP_NULL = 0xffff_ffff_ffff_ffffn;
const PLP_UNKNOWN = 0xffff_ffff_ffff_fffen;

/** A type that is read off the wire, and the way to read its values. */
export interface WireType {
  readonly type: SqlType;
  read(reader: Reader): SqlValue;
}

const wrong = (): Error => sqlError(17836, "A value's length does not fit its type.");

/** Reads TYPE_INFO of a parameter; undefined for a type this server does not know. */
export function readType(reader: Reader): WireType | { readonly unknown: number } {
  const id = reader.u8();
  switch (id) {
    case WIRE.intn: {
      const type = { 1: TINYINT, 2: SMALLINT, 4: INT, 8: BIGINT }[reader.u8()];
      if (type === undefined) throw wrong();
      return { type, read: (r) => readInteger(r, r.u8()) };
    }
    case WIRE.bitn:
      reader.u8();
      return { type: BIT, read: (r) => (r.u8() === 0 ? null : r.u8() === 0 ? 0n : 1n) };
    case WIRE.floatn: {
      const type = reader.u8() === 4 ? REAL : FLOAT;
      return {
        type,
        read(r) {
          const size = r.u8();
          if (size === 0) return null;
          if (size !== 4 && size !== 8) throw wrong();
          const bytes = r.bytes(size);
          const value = size === 4 ? bytes.readFloatLE(0) : bytes.readDoubleLE(0);
          if (!Number.isFinite(value)) throw sqlError(17836, "A float is not a number.");
          return value;
        },
      };
    }
    case WIRE.moneyn: {
      const type = reader.u8() === 4 ? SMALLMONEY : MONEY;
      return { type, read: readMoney };
    }
    case WIRE.decimaln:
    case WIRE.numericn: {
      reader.u8();
      const [precision, scale] = [reader.u8(), reader.u8()];
      if (precision < 1 || precision > 38 || scale > precision) throw wrong();
      return { type: decimal(precision, scale), read: readDecimal };
    }
    case WIRE.guid:
      reader.u8();
      return {
        type: UNIQUEIDENTIFIER,
        read(r) {
          const size = r.u8();
          if (size !== 0 && size !== 16) throw wrong();
          return size === 0 ? null : guidText(r.bytes(16));
        },
      };
    case WIRE.datetimen:
      return datetimeType(reader.u8());
    case WIRE.date:
      return {
        type: DATE,
        read: (r) => (length(r, [0, 3]) === 0 ? null : inRange(DATE, days(r) * TICKS_PER_DAY)),
      };
    case WIRE.time:
    case WIRE.datetime2:
    case WIRE.datetimeoffset:
      return scaledType(id, reader.u8());
    case WIRE.varchar:
    case WIRE.char:
    case WIRE.nvarchar:
    case WIRE.nchar:
    case WIRE.varbinary:
    case WIRE.binary:
      return lengthType(id, reader);
    default:
      return fixedType(id) ?? { unknown: id };
  }
}

function length(reader: Reader, allowed: readonly number[]): number {
  const size = reader.u8();
  if (!allowed.includes(size)) throw wrong();
  return size;
}

function inRange(type: SqlType, ticks: bigint): bigint {
  const range = RANGES[type.kind];
  if (range !== undefined && (ticks < range[0] || ticks >= range[1]))
    throw sqlError(17836, `A ${type.kind} is out of range.`);
  return ticks;
}

function fixedType(id: number): WireType | undefined {
  switch (id) {
    case WIRE.tinyint:
      return { type: TINYINT, read: (r) => readInteger(r, 1) };
    case WIRE.smallint:
      return { type: SMALLINT, read: (r) => readInteger(r, 2) };
    case WIRE.int:
      return { type: INT, read: (r) => readInteger(r, 4) };
    case WIRE.bigint:
      return { type: BIGINT, read: (r) => readInteger(r, 8) };
    case WIRE.bit:
      return { type: BIT, read: (r) => (r.u8() === 0 ? 0n : 1n) };
    case WIRE.null:
      return { type: nvarchar(1), read: () => null };
    default:
      return undefined;
  }
}

function readInteger(reader: Reader, size: number): SqlValue {
  switch (size) {
    case 0:
      return null;
    case 1:
      return BigInt(reader.u8());
    case 2:
      return BigInt(reader.bytes(2).readInt16LE(0));
    case 4:
      return BigInt(reader.i32());
    case 8:
      return reader.bytes(8).readBigInt64LE(0);
    default:
      throw wrong();
  }
}

function readMoney(reader: Reader): SqlValue {
  const size = length(reader, [0, 4, 8]);
  if (size === 0) return null;
  if (size === 4) return BigInt(reader.i32());
  const high = BigInt(reader.i32());
  return high * 4_294_967_296n + BigInt(reader.u32());
}

function readDecimal(reader: Reader): SqlValue {
  const size = reader.u8();
  if (size === 0) return null;
  const positive = reader.u8() === 1;
  const bytes = reader.bytes(size - 1);
  let value = 0n;
  for (let i = bytes.length - 1; i >= 0; i--) value = value * 256n + BigInt(bytes[i] ?? 0);
  return positive ? value : -value;
}

function datetimeType(size: number): WireType {
  const type = size === 4 ? SMALLDATETIME : DATETIME;
  return {
    type,
    read(r) {
      const actual = length(r, [0, 4, 8]);
      if (actual === 0) return null;
      if (actual === 4)
        return inRange(
          type,
          (DAYS_TO_1900 + BigInt(r.u16())) * TICKS_PER_DAY + BigInt(r.u16()) * TICKS_PER_MINUTE,
        );
      const day = DAYS_TO_1900 + BigInt(r.i32());
      const units = BigInt(r.u32());
      const second = units / 300n;
      return inRange(
        type,
        day * TICKS_PER_DAY + second * 10_000_000n + (((units % 300n) * 10n + 1n) / 3n) * 10_000n,
      );
    },
  };
}

const timeBytes = (scale: number): number => (scale <= 2 ? 3 : scale <= 4 ? 4 : 5);
const little = (bytes: Buffer): bigint => bytes.reduceRight((value, byte) => value * 256n + BigInt(byte), 0n);
const days = (reader: Reader): bigint => little(reader.bytes(3));

function scaledType(id: number, scale: number): WireType {
  if (scale > 7) throw wrong();
  const type =
    id === WIRE.time ? time(scale) : id === WIRE.datetime2 ? datetime2(scale) : datetimeoffset(scale);
  const size = timeBytes(scale) + (id === WIRE.time ? 0 : id === WIRE.datetime2 ? 3 : 5);
  return {
    type,
    read(r) {
      if (length(r, [0, size]) === 0) return null;
      const ticks = little(r.bytes(timeBytes(scale))) * 10n ** BigInt(7 - scale);
      if (ticks >= TICKS_PER_DAY) throw sqlError(17836, "A time is out of range.");
      if (id === WIRE.time) return ticks;
      const value = inRange(type, days(r) * TICKS_PER_DAY + ticks);
      return id === WIRE.datetime2 ? value : { utc: value, offset: r.bytes(2).readInt16LE(0) };
    },
  };
}

const LENGTH_TYPES: Record<number, (length: number) => SqlType> = {
  [WIRE.varchar]: varchar,
  [WIRE.char]: char,
  [WIRE.nvarchar]: nvarchar,
  [WIRE.nchar]: nchar,
  [WIRE.varbinary]: varbinary,
  [WIRE.binary]: binary,
};

function lengthType(id: number, reader: Reader): WireType {
  const bytes = reader.u16();
  const isText = id !== WIRE.varbinary && id !== WIRE.binary;
  const isWide = id === WIRE.nvarchar || id === WIRE.nchar;
  if (isText) reader.skip(5);
  const max = bytes === NO_LENGTH;
  const make = LENGTH_TYPES[id] ?? varbinary;
  const type = make(max ? MAX : Math.max(1, isWide ? bytes / 2 : bytes));
  const decode = (data: Buffer): SqlValue =>
    isWide ? data.toString("utf16le") : isText ? decodeCodePage(data) : Buffer.from(data);
  return {
    type,
    read(r) {
      if (max) {
        const data = readPlp(r);
        return data === null ? null : decode(data);
      }
      const size = r.u16();
      if (size === NO_LENGTH) return null;
      if (size > bytes || (isWide && size % 2 !== 0)) throw wrong();
      return decode(r.bytes(size));
    },
  };
}

/** "Partially length-prefixed bytes": chunks, as (max) values are sent. */
function readPlp(reader: Reader): Buffer | null {
  const total = reader.u64();
  if (total === PLP_NULL) return null;
  const chunks: Buffer[] = [];
  for (;;) {
    const size = reader.u32();
    if (size === 0) break;
    chunks.push(reader.bytes(size));
  }
  const data = Buffer.concat(chunks);
  if (total !== PLP_UNKNOWN && total !== BigInt(data.length)) throw wrong();
  return data;
}

/** Writes TYPE_INFO of a column. */
export function writeType(out: Writer, type: SqlType): void {
  switch (type.kind) {
    case "bit":
      out.u8(WIRE.bitn).u8(1);
      return;
    case "tinyint":
      out.u8(WIRE.intn).u8(1);
      return;
    case "smallint":
      out.u8(WIRE.intn).u8(2);
      return;
    case "int":
    case "null":
      out.u8(WIRE.intn).u8(4);
      return;
    case "bigint":
      out.u8(WIRE.intn).u8(8);
      return;
    case "decimal":
      out.u8(WIRE.numericn).u8(decimalBytes(type.precision)).u8(type.precision).u8(type.scale);
      return;
    case "money":
      out.u8(WIRE.moneyn).u8(8);
      return;
    case "smallmoney":
      out.u8(WIRE.moneyn).u8(4);
      return;
    case "float":
      out.u8(WIRE.floatn).u8(8);
      return;
    case "real":
      out.u8(WIRE.floatn).u8(4);
      return;
    case "uniqueidentifier":
      out.u8(WIRE.guid).u8(16);
      return;
    case "date":
      out.u8(WIRE.date);
      return;
    case "datetime":
      out.u8(WIRE.datetimen).u8(8);
      return;
    case "smalldatetime":
      out.u8(WIRE.datetimen).u8(4);
      return;
    case "time":
    case "datetime2":
    case "datetimeoffset":
      out.u8(WIRE[type.kind]).u8(type.scale);
      return;
    case "rowversion":
      out.u8(WIRE.binary).u16(8);
      return;
    case "binary":
    case "varbinary":
      out.u8(WIRE[type.kind]).u16(type.length === MAX ? NO_LENGTH : type.length);
      return;
    default: {
      const wide = type.kind === "nvarchar" || type.kind === "nchar";
      out
        .u8(WIRE[type.kind])
        .u16(type.length === MAX ? NO_LENGTH : Math.max(1, type.length) * (wide ? 2 : 1))
        .bytes(COLLATION);
    }
  }
}

const decimalBytes = (precision: number): number =>
  precision <= 9 ? 5 : precision <= 19 ? 9 : precision <= 28 ? 13 : 17;

function writeLittle(out: Writer, value: bigint, bytes: number): void {
  let rest = value;
  for (let i = 0; i < bytes; i++) {
    out.u8(Number(rest & 0xffn));
    rest >>= 8n;
  }
}

/** Writes a value of a column's type. */
export function writeValue(out: Writer, value: SqlValue, type: SqlType): void {
  switch (type.kind) {
    case "bit":
    case "tinyint":
      writeInteger(out, value, 1);
      return;
    case "smallint":
      writeInteger(out, value, 2);
      return;
    case "int":
    case "null":
    case "smallmoney":
      writeInteger(out, value, 4);
      return;
    case "bigint":
      writeInteger(out, value, 8);
      return;
    case "money":
      if (value === null) out.u8(0);
      else {
        const bits = BigInt.asUintN(64, value as bigint);
        out
          .u8(8)
          .u32(Number(bits >> 32n))
          .u32(Number(bits & 0xffff_ffffn));
      }
      return;
    case "decimal": {
      if (value === null) {
        out.u8(0);
        return;
      }
      const size = decimalBytes(type.precision);
      const number = value as bigint;
      out.u8(size).u8(number < 0n ? 0 : 1);
      writeLittle(out, number < 0n ? -number : number, size - 1);
      return;
    }
    case "float":
    case "real": {
      if (value === null) {
        out.u8(0);
        return;
      }
      const bytes = Buffer.alloc(type.kind === "float" ? 8 : 4);
      if (type.kind === "float") bytes.writeDoubleLE(value as number);
      else bytes.writeFloatLE(value as number);
      out.u8(bytes.length).bytes(bytes);
      return;
    }
    case "uniqueidentifier":
      if (value === null) out.u8(0);
      else out.u8(16).bytes(guidBytes(value as string));
      return;
    case "date":
    case "time":
    case "datetime2":
    case "datetimeoffset":
    case "datetime":
    case "smalldatetime":
      writeTemporal(out, value, type);
      return;
    default:
      writeText(out, value, type);
  }
}

function writeInteger(out: Writer, value: SqlValue, size: number): void {
  if (value === null) {
    out.u8(0);
    return;
  }
  out.u8(size);
  writeLittle(out, BigInt.asUintN(size * 8, value as bigint), size);
}

function writeTemporal(out: Writer, value: SqlValue, type: SqlType): void {
  if (value === null) {
    out.u8(0);
    return;
  }
  // datetimeoffset is sent in UTC with its offset.
  const ticks = type.kind === "datetimeoffset" ? (value as OffsetTime).utc : toTicks(value)[0];
  switch (type.kind) {
    case "date":
      out.u8(3);
      writeLittle(out, dayOf(ticks), 3);
      return;
    case "datetime": {
      out.u8(8).u32(Number(BigInt.asUintN(32, dayOf(ticks) - DAYS_TO_1900)));
      out.u32(Number((timeOf(ticks) * 300n + 5_000_000n) / 10_000_000n));
      return;
    }
    case "smalldatetime":
      out
        .u8(4)
        .u16(Number(dayOf(ticks) - DAYS_TO_1900))
        .u16(Number(timeOf(ticks) / TICKS_PER_MINUTE));
      return;
    default: {
      const size = timeBytes(type.scale);
      out.u8(size + (type.kind === "time" ? 0 : type.kind === "datetime2" ? 3 : 5));
      writeLittle(out, timeOf(ticks) / 10n ** BigInt(7 - type.scale), size);
      if (type.kind === "time") return;
      writeLittle(out, dayOf(ticks), 3);
      if (type.kind === "datetimeoffset") out.u16((value as OffsetTime).offset & 0xffff);
    }
  }
}

function writeText(out: Writer, value: SqlValue, type: SqlType): void {
  const max = type.length === MAX;
  if (value === null) {
    if (max) out.u64(PLP_NULL);
    else out.u16(NO_LENGTH);
    return;
  }
  const bytes = Buffer.isBuffer(value)
    ? value
    : type.kind === "nvarchar" || type.kind === "nchar"
      ? Buffer.from(value as string, "utf16le")
      : encodeCodePage(value as string);
  if (!max) {
    out.u16(bytes.length).bytes(bytes);
    return;
  }
  out.u64(BigInt(bytes.length));
  if (bytes.length > 0) out.u32(bytes.length).bytes(bytes);
  out.u32(0);
}
