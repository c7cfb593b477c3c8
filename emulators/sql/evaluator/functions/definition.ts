import type { Bound, Env } from "../../binder/bound.ts";
import { converter } from "../../types/convert.ts";
import type { SqlType, SqlValue } from "../../types/sql-type.ts";

/** A scalar function: how many arguments it takes, and what it is for arguments of given types. */
export interface FunctionDefinition {
  readonly arity: readonly [least: number, most: number];
  /** Its first argument is the name of a date's part. */
  readonly datepart?: true;
  bind(args: readonly Bound[], call: { readonly name: string; readonly part: string | undefined }): Bound;
}

/** The argument converted to a type, as an assignment converts. */
export function argument(bound: Bound | undefined, type: SqlType): (env: Env) => SqlValue {
  if (bound === undefined) return () => null;
  const convert = converter(bound.type, type, { explicit: true });
  return (env) => convert(bound.evaluate(env));
}

/** A result that is NULL when an argument is. */
export function strict(
  type: SqlType,
  args: readonly ((env: Env) => SqlValue)[],
  compute: (values: readonly NonNullable<SqlValue>[], env: Env) => SqlValue,
): Bound {
  return {
    type,
    nullable: true,
    uses: 0,
    evaluate(env) {
      const values: NonNullable<SqlValue>[] = [];
      for (const arg of args) {
        const value = arg(env);
        if (value === null) return null;
        values.push(value);
      }
      return compute(values, env);
    },
  };
}

/** A value of the session or the clock. */
export const ambient = (
  type: SqlType,
  evaluate: (env: Env) => SqlValue,
  nullable = true,
): FunctionDefinition => ({
  arity: [0, 0],
  bind: () => ({ type, nullable, uses: 0, evaluate }),
});
