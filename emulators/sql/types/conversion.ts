import type { SqlValue } from "./sql-type.ts";

export interface ConvertOptions {
  /** CAST or CONVERT: cuts texts to their length, and allows what an assignment does not. */
  readonly explicit?: boolean;
  /** CONVERT's style number. */
  readonly style?: number | undefined;
}

/** Turns a value of one type into one of another; NULL is not its business. */
export type Convert = (value: NonNullable<SqlValue>) => SqlValue;
