import { encodeCodePage } from "../types/code-page.ts";
import { toTicks } from "../types/convert-temporal.ts";
import { guidBytes } from "../types/guid.ts";
import { MAX, type OffsetTime, type SqlType, type SqlValue } from "../types/sql-type.ts";
import { DAYS_TO_1900, dayOf, TICKS_PER_MINUTE, timeOf } from "../types/temporal.ts";
import { COLLATION } from "./constants.ts";
import { decimalBytes, NO_LENGTH, PLP_NULL, timeBytes, WIRE } from "./wire.ts";
import type { Writer } from "./writer.ts";

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
