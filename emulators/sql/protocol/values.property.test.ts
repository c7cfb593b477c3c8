import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  BIGINT,
  BIT,
  DATE,
  DATETIME,
  datetime2,
  datetimeoffset,
  decimal,
  FLOAT,
  INT,
  MAX,
  MONEY,
  nvarchar,
  SMALLINT,
  type SqlType,
  type SqlValue,
  TINYINT,
  time,
  UNIQUEIDENTIFIER,
  varbinary,
  varchar,
} from "../types/sql-type.ts";
import { roundDatetime, TICKS_PER_DAY } from "../types/temporal.ts";
import { readType } from "./read-values.ts";
import { readerOf } from "./reader.ts";
import { writeType, writeValue } from "./write-values.ts";
import { writer } from "./writer.ts";

const ticks = (from: bigint, days: bigint, scale: number): fc.Arbitrary<bigint> =>
  fc
    .bigInt({ min: 0n, max: days * TICKS_PER_DAY - 1n })
    .map((t) => from + (t / 10n ** BigInt(7 - scale)) * 10n ** BigInt(7 - scale));
const integer = (bits: number): fc.Arbitrary<bigint> =>
  fc.bigInt({ min: -(2n ** BigInt(bits - 1)), max: 2n ** BigInt(bits - 1) - 1n });

/** Every type with values of all its range. */
const CASES: readonly (readonly [SqlType, fc.Arbitrary<SqlValue>])[] = [
  [TINYINT, fc.bigInt({ min: 0n, max: 255n })],
  [SMALLINT, integer(16)],
  [INT, integer(32)],
  [BIGINT, integer(64)],
  [BIT, fc.constantFrom(0n, 1n)],
  [MONEY, integer(64)],
  [decimal(38, 10), fc.bigInt({ min: -(10n ** 38n) + 1n, max: 10n ** 38n - 1n })],
  [decimal(9, 2), fc.bigInt({ min: -999_999_999n, max: 999_999_999n })],
  [FLOAT, fc.double({ noNaN: true, noDefaultInfinity: true })],
  [UNIQUEIDENTIFIER, fc.uuid().map((id) => id.toUpperCase())],
  [DATE, fc.bigInt({ min: 0n, max: 3_652_058n }).map((day) => day * TICKS_PER_DAY)],
  [time(7), ticks(0n, 1n, 7)],
  [datetime2(7), ticks(0n, 3_652_059n, 7)],
  [datetime2(0), ticks(0n, 3_652_059n, 0)],
  [DATETIME, ticks(639_905n * TICKS_PER_DAY, 3_000_000n, 7).map(roundDatetime)],
  [
    datetimeoffset(3),
    fc.record({ utc: ticks(0n, 3_652_059n, 3), offset: fc.integer({ min: -840, max: 840 }) }),
  ],
  [nvarchar(50), fc.string({ maxLength: 25, unit: "grapheme" }).filter((text) => text.length <= 50)],
  [nvarchar(MAX), fc.string({ unit: "grapheme" })],
  [varchar(50), fc.string({ maxLength: 50 })],
  [varbinary(MAX), fc.uint8Array().map((bytes) => Buffer.from(bytes))],
];

describe("values on the wire", () => {
  it.each(
    CASES.map(
      ([type, values]) =>
        [`${type.kind}(${type.precision},${type.scale},${type.length})`, type, values] as const,
    ),
  )("%s comes back as it was", (_, type, values) => {
    fc.assert(
      fc.property(fc.option(values), (value) => {
        const out = writer();
        writeType(out, type);
        writeValue(out, value, type);
        const reader = readerOf(out.finish());
        const read = readType(reader);
        if ("unknown" in read) throw new Error(`Type ${read.unknown} is unknown.`);
        expect(read.type).toEqual(type);
        expect(read.read(reader)).toEqual(value);
        expect(reader.left()).toBe(0);
      }),
      { numRuns: 50 },
    );
  });
});
