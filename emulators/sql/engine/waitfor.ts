import { sqlError } from "../errors/sql-error.ts";

/** Milliseconds of WAITFOR DELAY's "hh:mm:ss.mmm", below 24 hours. Throws 148. */
export function waitMillis(text: string | null): number {
  const match = /^\s*(?:(\d{1,2}):(\d{1,2})(?::(\d{1,2})(?:[.:](\d{1,3}))?)?)\s*$/.exec(text ?? "");
  if (match === null) throw sqlError(148, text ?? "NULL");
  const [, hours = "0", minutes = "0", seconds = "0", fraction = "0"] = match;
  if (Number(hours) > 23 || Number(minutes) > 59 || Number(seconds) > 59) throw sqlError(148, text ?? "");
  return (
    ((Number(hours) * 60 + Number(minutes)) * 60 + Number(seconds)) * 1000 + Number(fraction.padEnd(3, "0"))
  );
}
