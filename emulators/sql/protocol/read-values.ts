import { sqlError } from "../errors/sql-error.ts";
import { decodeCodePage } from "../types/code-page.ts";
import { guidText } from "../types/guid.ts";
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
import { DAYS_TO_1900, RANGES, TICKS_PER_DAY, TICKS_PER_MINUTE } from "../types/temporal.ts";
import type { Reader } from "./reader.ts";
import { NO_LENGTH, PLP_NULL, PLP_UNKNOWN, timeBytes, WIRE } from "./wire.ts";

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
