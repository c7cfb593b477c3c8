/**
 * Newtonsoft.Json's form of a DateTime, which the real host sends: without a zone when it has none, the
 * fraction of a second without trailing zeros.
 */
export function dotNetTime(time: Date, zone: "" | "+00:00" | "Z"): string {
  return time.toISOString().replace(/\.?0*Z$/, zone);
}

/** .NET's `default(DateTime)`. */
export const DOT_NET_NEVER = "0001-01-01T00:00:00";
