const unit = { D: 86_400_000, H: 3_600_000, M: 60_000, S: 1000 } as const;

/**
 * Milliseconds of an ISO 8601 duration in days, hours, minutes and seconds, such as P7D or PT1M30S.
 * @throws RangeError for any other text
 */
export function milliseconds(duration: string): number {
  const match = /^P(?=.)(?:(\d{1,6})D)?(?:T(?=.)(?:(\d{1,6})H)?(?:(\d{1,6})M)?(?:(\d{1,6})S)?)?$/.exec(
    duration,
  );
  if (match === null) {
    throw new RangeError(
      `expected an ISO 8601 duration such as P7D or PT5M, came ${JSON.stringify(duration)}`,
    );
  }
  const [, days = "0", hours = "0", minutes = "0", seconds = "0"] = match;
  return Number(days) * unit.D + Number(hours) * unit.H + Number(minutes) * unit.M + Number(seconds) * unit.S;
}
