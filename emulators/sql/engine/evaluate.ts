import { emptyEnv } from "../binder/bound.ts";
import { coerced } from "../binder/expressions.ts";
import { binder } from "../binder/query.ts";
import { type BoundCte, bindCondition, bindExpression, type Scope } from "../binder/scope.ts";
import type { Cte, Expression } from "../parser/ast.ts";
import type { SqlType, SqlValue } from "../types/sql-type.ts";
import { attempt } from "./attempt.ts";
import type { Execution } from "./execution.ts";
import { resolveTable } from "./names.ts";

/** The scope of a statement: variables and tables, no rows. */
export function scopeOf({ engine, session }: Execution, ctes: readonly Cte[] = []): Scope {
  const bound: BoundCte[] = [];
  for (const cte of ctes) bound.push({ cte, before: [...bound] });
  return {
    context: {
      binder,
      session,
      database: engine.database,
      resolveTable: (name) => resolveTable(engine.database, session, name),
    },
    sources: [],
    outer: undefined,
    ctes: bound,
  };
}

/** Evaluates an expression outside a query, as a value of a type. */
export function evaluate(execution: Execution, expression: Expression, type: SqlType): Promise<SqlValue> {
  const { engine, session, waiting } = execution;
  return attempt(engine, session, waiting, (runtime) =>
    coerced(bindExpression(expression, scopeOf(execution)), type, true).evaluate(emptyEnv(runtime)),
  );
}

/** Whether a condition of IF or WHILE is true. */
export function isTrue(execution: Execution, expression: Expression): Promise<boolean> {
  const { engine, session, waiting } = execution;
  return attempt(
    engine,
    session,
    waiting,
    (runtime) => bindCondition(expression, scopeOf(execution)).test(emptyEnv(runtime)) === true,
  );
}
