import { UsageError } from "./command.ts";

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
