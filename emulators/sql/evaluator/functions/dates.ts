import type { Bound } from "../../binder/bound.ts";
import { sqlError, unsupported } from "../../errors/sql-error.ts";
import { converter } from "../../types/convert.ts";
import { intoTemporal, toTicks } from "../../types/convert-temporal.ts";
import {
  BIGINT,
  DATE,
  DATETIME,
  datetime2,
  datetimeoffset,
  familyOf,
  INT,
  nvarchar,
  type SqlType,
  type SqlValue,
  typeName,
} from "../../types/sql-type.ts";
import {
  dayOf,
  floorDiv,
  MAX_TICKS,
  type Parts,
  partsOf,
  roundDatetime,
  TICKS_PER_DAY,
  TICKS_PER_MINUTE,
  TICKS_PER_SECOND,
  ticksOfDate,
} from "../../types/temporal.ts";
import { ambient, argument, type FunctionDefinition, strict } from "./definition.ts";

/** Parts of dates by all their names. */
const PARTS: Record<string, string> = Object.fromEntries(
  [
    "year yy yyyy",
    "quarter qq q",
    "month mm m",
    "dayofyear dy y",
    "day dd d",
    "week wk ww",
    "weekday dw w",
    "hour hh",
    "minute mi n",
    "second ss s",
    "millisecond ms",
    "microsecond mcs",
    "nanosecond ns",
    "iso_week isowk isoww",
    "tzoffset tz",
  ].flatMap((names) => names.split(" ").map((name) => [name, names.split(" ")[0] ?? ""])),
);

/** Ticks of parts with a fixed length. */
const UNITS: Record<string, bigint> = {
  week: 7n * TICKS_PER_DAY,
  day: TICKS_PER_DAY,
  dayofyear: TICKS_PER_DAY,
  weekday: TICKS_PER_DAY,
  hour: 60n * TICKS_PER_MINUTE,
  minute: TICKS_PER_MINUTE,
  second: TICKS_PER_SECOND,
  millisecond: 10_000n,
  microsecond: 10n,
};
const MONTHS: Record<string, number> = { year: 12, quarter: 3, month: 1 };

function partOf(part: string | undefined, name: string): string {
  const found = PARTS[part?.toLowerCase() ?? ""];
  if (found === undefined) throw sqlError(155, part ?? "", name);
  return found;
}

/** The argument as a date: a text is read as datetime2, and datetimeoffset if it has an offset. */
function asDate(
  bound: Bound | undefined,
  name: string,
  position: number,
): { type: SqlType; read: Bound["evaluate"] } {
  const type = bound?.type ?? DATETIME;
  if (bound === undefined || familyOf(type) === "null") return { type: DATETIME, read: () => null };
  if (familyOf(type) === "temporal") return { type, read: (env) => bound.evaluate(env) };
  if (familyOf(type) !== "text") throw sqlError(8116, typeName(type), position, name);
  const convert = converter(type, datetime2(7), { explicit: true });
  return { type: datetime2(7), read: (env) => convert(bound.evaluate(env)) };
}

const daysInMonth = (year: number, month: number): number =>
  new Date(Date.UTC(2000 + (year % 400), month, 0)).getUTCDate();

function addMonths(ticks: bigint, months: number, type: SqlType): bigint {
  const { year, month, day } = partsOf(ticks);
  const total = year * 12 + month - 1 + months;
  const [toYear, toMonth] = [Math.floor(total / 12), (((total % 12) + 12) % 12) + 1];
  const date = ticksOfDate(
    toYear,
    toMonth,
    Math.min(day, toYear > 0 && toYear < 10_000 ? daysInMonth(toYear, toMonth) : 1),
  );
  if (date === undefined) throw sqlError(517, typeName(type));
  return date + (ticks - dayOf(ticks) * TICKS_PER_DAY);
}

function dateAdd(part: string, count: bigint, value: SqlValue, type: SqlType): SqlValue {
  const [ticks, offset] = toTicks(value);
  const months = MONTHS[part];
  const moved =
    months !== undefined
      ? addMonths(ticks, months * Number(count), type)
      : part === "nanosecond"
        ? ticks + floorDiv(count + 50n, 100n)
        : ticks + count * (UNITS[part] ?? 0n);
  if (type.kind === "time") return ((moved % TICKS_PER_DAY) + TICKS_PER_DAY) % TICKS_PER_DAY;
  if (moved < 0n || moved >= MAX_TICKS) throw sqlError(517, typeName(type));
  return type.kind === "datetime" ? roundDatetime(moved) : intoTemporal(moved, offset, type, type);
}

/** Boundaries of the part crossed between two times. */
function dateDiff(part: string, from: bigint, to: bigint): bigint {
  const [a, b] = [partsOf(from), partsOf(to)];
  switch (part) {
    case "year":
      return BigInt(b.year - a.year);
    case "quarter":
      return BigInt(
        b.year * 4 + Math.floor((b.month - 1) / 3) - (a.year * 4 + Math.floor((a.month - 1) / 3)),
      );
    case "month":
      return BigInt(b.year * 12 + b.month - (a.year * 12 + a.month));
    case "week": {
      // Weeks begin on Sunday; 0001-01-01 was a Monday.
      const week = (ticks: bigint): bigint => floorDiv(dayOf(ticks) + 1n, 7n);
      return week(to) - week(from);
    }
    case "nanosecond":
      return (to - from) * 100n;
    default: {
      const unit = UNITS[part] ?? TICKS_PER_DAY;
      return floorDiv(to, unit) - floorDiv(from, unit);
    }
  }
}

function datePart(part: string, value: SqlValue): bigint {
  const [ticks, offset] = toTicks(value);
  const p: Parts = partsOf(ticks);
  const dayOfYear = (): number => Number(dayOf(ticks) - dayOf(ticksOfDate(p.year, 1, 1) ?? 0n)) + 1;
  switch (part) {
    case "quarter":
      return BigInt(Math.floor((p.month - 1) / 3) + 1);
    case "dayofyear":
      return BigInt(dayOfYear());
    case "weekday":
      return ((dayOf(ticks) + 1n) % 7n) + 1n;
    case "week": {
      const first = Number((dayOf(ticksOfDate(p.year, 1, 1) ?? 0n) + 1n) % 7n);
      return BigInt(Math.floor((dayOfYear() - 1 + first) / 7) + 1);
    }
    case "iso_week": {
      const thursday = dayOf(ticks) - (dayOf(ticks) % 7n) + 3n;
      const year = partsOf(thursday * TICKS_PER_DAY).year;
      return (thursday - dayOf(ticksOfDate(year, 1, 1) ?? 0n)) / 7n + 1n;
    }
    case "millisecond":
      return BigInt(Math.floor(p.fraction / 10_000));
    case "microsecond":
      return BigInt(Math.floor(p.fraction / 10));
    case "nanosecond":
      return BigInt(p.fraction) * 100n;
    case "tzoffset":
      return BigInt(offset ?? 0);
    default:
      return BigInt(p[part as "year" | "month" | "day" | "hour" | "minute" | "second"]);
  }
}

const partFunction = (part: string): FunctionDefinition => ({
  arity: [1, 1],
  bind: ([value], { name }) =>
    strict(INT, [asDate(value, name, 1).read], ([date]) => datePart(part, date ?? null)),
});

const difference = (type: SqlType): FunctionDefinition => ({
  arity: [3, 3],
  datepart: true,
  bind: ([, from, to], { name, part: word }) => {
    const part = partOf(word, name);
    return strict(type, [asDate(from, name, 2).read, asDate(to, name, 3).read], ([a, b]) => {
      const result = dateDiff(part, toTicks(a ?? null)[0], toTicks(b ?? null)[0]);
      if (type.kind === "int" && (result > 2_147_483_647n || result < -2_147_483_648n))
        throw sqlError(535, name);
      return result;
    });
  },
});

const fromParts = (type: SqlType, arity: number): FunctionDefinition => ({
  arity: [arity, arity],
  bind: (args, { name }) => {
    const scaled = arity === 8 ? datetime2(Number(args[7]?.evaluate({} as never) ?? 7)) : type;
    return strict(
      scaled,
      args.map((arg) => argument(arg, INT)),
      (values) => {
        const [year = 1, month = 1, day = 1, hour = 0, minute = 0, second = 0, fraction = 0] =
          values.map(Number);
        const date = ticksOfDate(year, month, day);
        const unit = arity === 7 ? 10_000n : 10n ** BigInt(7 - scaled.scale);
        const ticks =
          date === undefined
            ? undefined
            : date +
              (BigInt(hour) * 3600n + BigInt(minute) * 60n + BigInt(second)) * TICKS_PER_SECOND +
              BigInt(fraction) * unit;
        if (ticks === undefined || hour > 23 || minute > 59 || second > 59) throw sqlError(517, name);
        return intoTemporal(ticks, undefined, scaled, scaled);
      },
    );
  },
});

const inDatetime = (ticks: bigint): bigint => roundDatetime(ticks);

/** The clock stands still within a statement. The server's zone is UTC, as in Azure. */
export const DATE_FUNCTIONS: Record<string, FunctionDefinition> = {
  SYSUTCDATETIME: ambient(datetime2(7), ({ runtime }) => runtime.now, false),
  SYSDATETIME: ambient(datetime2(7), ({ runtime }) => runtime.now, false),
  SYSDATETIMEOFFSET: ambient(datetimeoffset(7), ({ runtime }) => ({ utc: runtime.now, offset: 0 }), false),
  GETUTCDATE: ambient(DATETIME, ({ runtime }) => inDatetime(runtime.now), false),
  GETDATE: ambient(DATETIME, ({ runtime }) => inDatetime(runtime.now), false),
  CURRENT_TIMESTAMP: ambient(DATETIME, ({ runtime }) => inDatetime(runtime.now), false),
  DATEADD: {
    arity: [3, 3],
    datepart: true,
    bind: ([, count, value], { name, part: word }) => {
      const part = partOf(word, name);
      if (part === "iso_week" || part === "tzoffset") throw sqlError(155, part, name);
      const { type, read } = asDate(value, name, 3);
      if (
        type.kind === "date" &&
        ["hour", "minute", "second", "millisecond", "microsecond", "nanosecond"].includes(part)
      )
        throw unsupported(`DATEADD(${part}, …) on a date`);
      return strict(type, [argument(count, BIGINT), read], ([n, date]) =>
        dateAdd(part, n as bigint, date ?? null, type),
      );
    },
  },
  DATEDIFF: difference(INT),
  DATEDIFF_BIG: difference(BIGINT),
  DATEPART: {
    arity: [2, 2],
    datepart: true,
    bind: ([, value], { name, part: word }) => {
      const part = partOf(word, name);
      return strict(INT, [asDate(value, name, 2).read], ([date]) => datePart(part, date ?? null));
    },
  },
  DATENAME: {
    arity: [2, 2],
    datepart: true,
    bind: ([, value], { name, part: word }) => {
      const part = partOf(word, name);
      return strict(nvarchar(30), [asDate(value, name, 2).read], ([date]) => {
        const number = Number(datePart(part, date ?? null));
        const names = (options: Intl.DateTimeFormatOptions, day: number): string =>
          new Intl.DateTimeFormat("en-US", { ...options, timeZone: "UTC" }).format(new Date(day));
        if (part === "month") return names({ month: "long" }, Date.UTC(2000, number - 1, 1));
        if (part === "weekday") return names({ weekday: "long" }, Date.UTC(2000, 0, 1 + number));
        return String(number);
      });
    },
  },
  YEAR: partFunction("year"),
  MONTH: partFunction("month"),
  DAY: partFunction("day"),
  EOMONTH: {
    arity: [1, 2],
    bind: ([value, months], { name }) => {
      const { read } = asDate(value, name, 1);
      return strict(
        DATE,
        [read, months === undefined ? () => 0n : argument(months, INT)],
        ([date, count]) => {
          const p = partsOf(addMonths(toTicks(date ?? null)[0], Number(count), DATE));
          return ticksOfDate(p.year, p.month, daysInMonth(p.year, p.month)) ?? null;
        },
      );
    },
  },
  DATEFROMPARTS: fromParts(DATE, 3),
  DATETIMEFROMPARTS: fromParts(DATETIME, 7),
  DATETIME2FROMPARTS: fromParts(datetime2(7), 8),
  ISDATE: {
    arity: [1, 1],
    bind: ([value]) => {
      const read = argument(value, nvarchar(4000));
      const convert = converter(nvarchar(4000), DATETIME, { explicit: true });
      return {
        type: INT,
        nullable: false,
        uses: 0,
        evaluate: (env) => {
          try {
            return convert(read(env)) === null ? 0n : 1n;
          } catch {
            return 0n;
          }
        },
      };
    },
  },
  SWITCHOFFSET: {
    arity: [2, 2],
    bind: ([value, to], { name }) => {
      const { type, read } = asDate(value, name, 1);
      if (type.kind !== "datetimeoffset") throw sqlError(8116, typeName(type), 1, name);
      return strict(type, [read, argument(to, nvarchar(10))], ([date, zone]) => {
        const match = /^([+-])(\d{2}):(\d{2})$/.exec(zone as string);
        if (match === null) throw sqlError(241);
        const minutes = Number(match[2]) * 60 + Number(match[3]);
        return { utc: (date as { utc: bigint }).utc, offset: match[1] === "-" ? -minutes : minutes };
      });
    },
  },
};
