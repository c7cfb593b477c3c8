import { Cron } from "croner";
import { ConfigurationError } from "../config/errors.ts";
import { parseTimeSpan } from "../config/time-span.ts";

export interface Schedule {
  /** The first occurrence after a time. */
  next(after: Date): Date;
}

const DAY = 86_400_000;
const NAMES = /^(JAN|FEB|MAR|APR|MAY|JUN|JUL|AUG|SEP|OCT|NOV|DEC|SUN|MON|TUE|WED|THU|FRI|SAT)$/i;

/**
 * Reads a timer's schedule: NCRONTAB with six fields (or five, without seconds), or a TimeSpan under a day.
 * Other than classic cron, NCRONTAB wants both day fields to match where both are restricted.
 * @param timeZone an IANA name; the machine's zone without one
 * @throws ConfigurationError
 */
export function parseSchedule(expression: string, timeZone: string | undefined, where: string): Schedule {
  const fail = (problem: string, cause?: unknown): never => {
    throw new ConfigurationError(
      `${where}: schedule "${expression}" ${problem}; expected six NCRONTAB fields ("0 */5 * * * *") or a TimeSpan ("00:00:30")`,
      { cause },
    );
  };
  const interval = parseTimeSpan(expression);
  if (interval !== undefined) {
    if (interval === 0 || interval > DAY) fail("is not between a second and a day");
    return { next: (after) => new Date(after.getTime() + interval) };
  }
  const fields = expression.trim().split(/\s+/);
  if (fields.length !== 5 && fields.length !== 6) fail(`has ${fields.length} fields`);
  // croner knows more than NCRONTAB (L, W, #, ?, @daily): what the cloud would refuse is refused here.
  const foreign = fields
    .flatMap((field) => field.split(/[\d*,/-]+/))
    .find((word) => word !== "" && !NAMES.test(word));
  if (foreign !== undefined) fail(`has "${foreign}", which NCRONTAB does not know`);
  let cron: Cron;
  try {
    cron = new Cron(expression.trim(), {
      paused: true,
      mode: "5-or-6-parts",
      domAndDow: true,
      ...(timeZone === undefined ? {} : { timezone: timeZone }),
    });
    cron.nextRun();
  } catch (cause) {
    return fail(`can't be read (${cause instanceof Error ? cause.message : cause})`, cause);
  }
  return { next: (after) => cron.nextRun(after) ?? fail("has no next occurrence") };
}
