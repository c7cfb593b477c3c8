import { UsageError } from "./command.ts";
import type { StoreKind } from "./local-stack.ts";

/**
 * Reads `--stores`.
 * @throws UsageError that says what was expected
 */
export function storeKind(value: string | undefined): StoreKind | undefined {
  if (value === undefined || value === "cosmos" || value === "sql") return value;
  throw new UsageError(`--stores is "${value}"; expected cosmos or sql`);
}

/**
 * Reads an option's value as a whole number.
 * @throws UsageError that says what was expected
 */
export function wholeNumber(option: string, text: string, least: number, most: number): number {
  const value = Number(text);
  if (!/^\d+$/.test(text) || value < least || value > most) {
    throw new UsageError(`${option} is "${text}"; expected a whole number from ${least} to ${most}`);
  }
  return value;
}
