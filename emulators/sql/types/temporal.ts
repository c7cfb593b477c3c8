import type { Kind, SqlType } from "./sql-type.ts";

/** Times are bigints of ticks: 100 ns since 0001-01-01T00:00:00. */
export const TICKS_PER_SECOND = 10_000_000n;
export const TICKS_PER_MINUTE = 60n * TICKS_PER_SECOND;
export const TICKS_PER_DAY = 86_400n * TICKS_PER_SECOND;
/** Days from 0001-01-01 to 1970-01-01 and to 1900-01-01. */
export const DAYS_TO_1970 = 719_162n;
export const DAYS_TO_1900 = 693_595n;
export const MAX_TICKS = 3_652_059n * TICKS_PER_DAY;

/** Least and first-too-late tick of a type. */
export const RANGES: Partial<Record<Kind, readonly [bigint, bigint]>> = {
  date: [0n, MAX_TICKS],
  datetime2: [0n, MAX_TICKS],
  datetimeoffset: [0n, MAX_TICKS],
  datetime: [639_905n * TICKS_PER_DAY, MAX_TICKS],
  smalldatetime: [DAYS_TO_1900 * TICKS_PER_DAY, 759_131n * TICKS_PER_DAY],
};

export const ticksOfMillis = (millis: number): bigint =>
  DAYS_TO_1970 * TICKS_PER_DAY + BigInt(Math.floor(millis)) * 10_000n;

/** Floor division for the ticks before an epoch. */
export const floorDiv = (value: bigint, unit: bigint): bigint => {
  const quotient = value / unit;
  return value % unit < 0n ? quotient - 1n : quotient;
};

export const dayOf = (ticks: bigint): bigint => floorDiv(ticks, TICKS_PER_DAY);
export const timeOf = (ticks: bigint): bigint => ticks - dayOf(ticks) * TICKS_PER_DAY;

export interface Parts {
  readonly year: number;
  readonly month: number;
  readonly day: number;
  readonly hour: number;
  readonly minute: number;
  readonly second: number;
  /** 100 ns units within the second. */
  readonly fraction: number;
}

/** Calendar parts of a tick. */
export function partsOf(ticks: bigint): Parts {
  const days = dayOf(ticks);
  const date = new Date(Number(days - DAYS_TO_1970) * 86_400_000);
  const time = ticks - days * TICKS_PER_DAY;
  const seconds = Number(time / TICKS_PER_SECOND);
  return {
    year: date.getUTCFullYear(),
    month: date.getUTCMonth() + 1,
    day: date.getUTCDate(),
    hour: Math.floor(seconds / 3600),
    minute: Math.floor(seconds / 60) % 60,
    second: seconds % 60,
    fraction: Number(time % TICKS_PER_SECOND),
  };
}

/** Ticks of a calendar date at midnight, or undefined if there is no such day. */
export function ticksOfDate(year: number, month: number, day: number): bigint | undefined {
  if (year < 1 || year > 9999 || month < 1 || month > 12 || day < 1) return undefined;
  const date = new Date(0);
  date.setUTCFullYear(year, month - 1, day);
  if (date.getUTCMonth() !== month - 1) return undefined;
  return (BigInt(date.getTime() / 86_400_000) + DAYS_TO_1970) * TICKS_PER_DAY;
}

/** Rounds to so many digits of a second, half up. */
export function roundTicks(ticks: bigint, scale: number): bigint {
  const unit = 10n ** BigInt(7 - scale);
  return floorDiv(ticks + unit / 2n, unit) * unit;
}

/** datetime counts 1/300 s and shows .000, .003, .007. */
export function roundDatetime(ticks: bigint): bigint {
  const second = floorDiv(ticks, TICKS_PER_SECOND) * TICKS_PER_SECOND;
  const units = ((ticks - second) * 300n + TICKS_PER_SECOND / 2n) / TICKS_PER_SECOND;
  return second + ((units * 10n + 1n) / 3n) * 10_000n;
}

const DATE_TIME =
  /^\s*(?:(\d{4})-(\d{1,2})-(\d{1,2})|(\d{4})(\d{2})(\d{2}))?(?:(?:T|\s+|^\s*)(\d{1,2}):(\d{2})(?::(\d{2})(?:[.,](\d{1,9}))?)?)?\s*(Z|[+-]\d{2}:\d{2})?\s*$/i;

/** Reads ISO 8601 and yyyymmdd, with or without time and offset; undefined if it is neither. */
export function parseTemporal(
  text: string,
): { ticks: bigint; hasDate: boolean; offset?: number } | undefined {
  const match = DATE_TIME.exec(text);
  if (match === null) return undefined;
  const [, year1, month1, day1, year2, month2, day2, hour, minute, second = "0", fraction = "", zone] = match;
  const year = year1 ?? year2;
  const hasDate = year !== undefined;
  if (!hasDate && hour === undefined && text.trim() !== "") return undefined;
  const date = hasDate
    ? ticksOfDate(Number(year), Number(month1 ?? month2), Number(day1 ?? day2))
    : DAYS_TO_1900 * TICKS_PER_DAY;
  const seconds = Number(hour ?? 0) * 3600 + Number(minute ?? 0) * 60 + Number(second);
  if (date === undefined || Number(hour ?? 0) > 23 || Number(minute ?? 0) > 59 || Number(second) > 59)
    return undefined;
  const digits = fraction.padEnd(8, "0");
  const hundredNanos = BigInt(digits.slice(0, 7)) + (Number(digits[7]) >= 5 ? 1n : 0n);
  const ticks = date + BigInt(seconds) * TICKS_PER_SECOND + hundredNanos;
  if (zone === undefined) return { ticks, hasDate };
  const minutes = zone.toUpperCase() === "Z" ? 0 : Number(zone.slice(1, 3)) * 60 + Number(zone.slice(4, 6));
  if (minutes > 14 * 60) return undefined;
  return { ticks, hasDate, offset: zone.startsWith("-") ? -minutes : minutes };
}

const pad = (value: number, width = 2): string => String(value).padStart(width, "0");
export const dateText = (p: Parts): string => `${pad(p.year, 4)}-${pad(p.month)}-${pad(p.day)}`;
export const timeText = (p: Parts, scale: number): string =>
  `${pad(p.hour)}:${pad(p.minute)}:${pad(p.second)}${scale === 0 ? "" : `.${pad(p.fraction, 7).slice(0, scale)}`}`;
export const offsetText = (offset: number): string =>
  `${offset < 0 ? "-" : "+"}${pad(Math.floor(Math.abs(offset) / 60))}:${pad(Math.abs(offset) % 60)}`;

const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

/** "Nov 24 2026  6:51AM": how datetime and smalldatetime are shown without a style. */
export function monthText(p: Parts): string {
  const hour = p.hour % 12 === 0 ? 12 : p.hour % 12;
  const day = String(p.day).padStart(2, " ");
  return `${MONTHS[p.month - 1]} ${day} ${pad(p.year, 4)} ${String(hour).padStart(2, " ")}:${pad(p.minute)}${p.hour < 12 ? "AM" : "PM"}`;
}

/** The styles of CONVERT from a date or time, by number (CAST and CONVERT, "Date and time styles"). */
export const STYLES: Record<number, (p: Parts, scale: number, offset: number | undefined) => string> = {
  0: (p) => monthText(p),
  100: (p) => monthText(p),
  20: (p) => `${dateText(p)} ${timeText(p, 0)}`,
  120: (p) => `${dateText(p)} ${timeText(p, 0)}`,
  21: (p, scale) => `${dateText(p)} ${timeText(p, scale)}`,
  25: (p, scale) => `${dateText(p)} ${timeText(p, scale)}`,
  121: (p, scale) => `${dateText(p)} ${timeText(p, scale)}`,
  23: (p) => dateText(p),
  112: (p) => dateText(p).replaceAll("-", ""),
  8: (p) => timeText(p, 0),
  24: (p) => timeText(p, 0),
  108: (p) => timeText(p, 0),
  14: (p) => timeText(p, 3).replace(".", ":"),
  114: (p) => timeText(p, 3).replace(".", ":"),
  126: (p, scale, offset) =>
    `${dateText(p)}T${timeText(p, p.fraction === 0 ? 0 : scale)}${offset === undefined ? "" : offsetText(offset)}`,
  127: (p, scale) => `${dateText(p)}T${timeText(p, p.fraction === 0 ? 0 : scale)}Z`,
};

/** How a temporal type is shown without a style. */
export function temporalText(type: SqlType, ticks: bigint, offset: number | undefined): string {
  const p = partsOf(ticks);
  switch (type.kind) {
    case "date":
      return dateText(p);
    case "time":
      return timeText(p, type.scale);
    case "datetime":
    case "smalldatetime":
      return monthText(p);
    default: {
      const text = `${dateText(p)} ${timeText(p, type.scale)}`;
      return offset === undefined ? text : `${text} ${offsetText(offset)}`;
    }
  }
}
