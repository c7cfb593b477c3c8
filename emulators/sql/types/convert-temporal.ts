import { sqlError } from "../errors/sql-error.ts";
import { familyOf, type OffsetTime, type SqlType, type SqlValue, typeName } from "./sql-type.ts";
import {
  DAYS_TO_1900,
  dayOf,
  parseTemporal,
  RANGES,
  roundDatetime,
  roundTicks,
  TICKS_PER_DAY,
  TICKS_PER_MINUTE,
  timeOf,
} from "./temporal.ts";

/** The wall-clock ticks of a temporal value, and its offset if it has one. */
export function toTicks(value: SqlValue): [ticks: bigint, offset: number | undefined] {
  if (typeof value === "bigint") return [value, undefined];
  const { utc, offset } = value as OffsetTime;
  return [utc + BigInt(offset) * TICKS_PER_MINUTE, offset];
}

/** Brings wall-clock ticks into a type: cut to a day, to a time of day, or rounded. 242 if out of its range. */
export function intoTemporal(
  ticks: bigint,
  offset: number | undefined,
  to: SqlType,
  from: SqlType,
): SqlValue {
  const rounded =
    to.kind === "date"
      ? dayOf(ticks) * TICKS_PER_DAY
      : to.kind === "time"
        ? roundTicks(timeOf(ticks), to.scale) % TICKS_PER_DAY
        : to.kind === "datetime"
          ? roundDatetime(ticks)
          : to.kind === "smalldatetime"
            ? ((ticks + 30n * 10_000_000n) / TICKS_PER_MINUTE) * TICKS_PER_MINUTE
            : roundTicks(ticks, to.scale);
  const range = RANGES[to.kind];
  if (range !== undefined && (rounded < range[0] || rounded >= range[1]))
    throw sqlError(242, typeName(from), typeName(to));
  if (to.kind !== "datetimeoffset") return rounded;
  return { utc: rounded - BigInt(offset ?? 0) * TICKS_PER_MINUTE, offset: offset ?? 0 };
}

/** The conversion to a date or time. A time alone falls on 1900-01-01. */
export function toTemporal(from: SqlType, to: SqlType): (value: NonNullable<SqlValue>) => SqlValue {
  switch (familyOf(from)) {
    case "temporal":
      if (from.kind === to.kind && from.scale === to.scale) return (v) => v;
      return (v) => {
        const [ticks, offset] = toTicks(v);
        return intoTemporal(
          from.kind === "time" ? DAYS_TO_1900 * TICKS_PER_DAY + ticks : ticks,
          offset,
          to,
          from,
        );
      };
    case "text":
      return (v) => {
        const parsed = parseTemporal(v as string);
        if (parsed === undefined) throw sqlError(241);
        // The old types know no offset, and no more than milliseconds.
        const old = to.kind === "datetime" || to.kind === "smalldatetime";
        if (old && (/[.,]\d{4,}/.test(v as string) || parsed.offset !== undefined)) {
          if (!(parsed.offset === 0 && /z\s*$/i.test(v as string))) throw sqlError(241);
        }
        return intoTemporal(parsed.ticks, parsed.offset, to, from);
      };
    default:
      throw sqlError(206, typeName(from), typeName(to));
  }
}
