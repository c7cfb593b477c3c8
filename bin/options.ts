import { AggregateId } from "../shared/pierogi/messages.ts";
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

/**
 * Reads an order's or a customer's id: "." and ".." would make another path of a URL, and never reach the API.
 * @throws UsageError that says what was expected
 */
export function aggregateId(what: string, text: string): string {
  const { success, error } = AggregateId.safeParse(text);
  if (success) return text;
  throw new UsageError(`${what} is "${text}"; ${error.issues[0]?.message}, the first a letter or digit`);
}
