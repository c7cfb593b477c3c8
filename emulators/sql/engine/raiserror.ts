import type { SqlValue } from "../types/sql-type.ts";

/** Fills RAISERROR's text: %s, %d, %i, %u, %x with flags and width, and %%. */
export function formatMessage(text: string, args: readonly SqlValue[]): string {
  let next = 0;
  return text.replace(
    /%([-+0# ]*)(\d*)(?:\.\d+)?(?:ll|l|h|I64)?([sdiuxXo%])/g,
    (whole, flags: string, width: string, kind: string) => {
      if (kind === "%") return "%";
      if (next >= args.length) return whole;
      const value = args[next++] ?? null;
      const shown = value === null ? "(null)" : kind === "s" ? String(value) : number(value, kind);
      return flags.includes("-")
        ? shown.padEnd(Number(width))
        : shown.padStart(Number(width), flags.includes("0") && kind !== "s" ? "0" : " ");
    },
  );
}

function number(value: SqlValue, kind: string): string {
  const whole = BigInt(String(value));
  return kind === "x"
    ? whole.toString(16)
    : kind === "X"
      ? whole.toString(16).toUpperCase()
      : kind === "o"
        ? whole.toString(8)
        : whole.toString();
}
