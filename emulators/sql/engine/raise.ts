import { emptyEnv } from "../binder/bound.ts";
import { bindExpression } from "../binder/scope.ts";
import { SqlError, sqlError, unsupported } from "../errors/sql-error.ts";
import type { Statement } from "../parser/ast.ts";
import { INT, nvarchar, type SqlValue } from "../types/sql-type.ts";
import { attempt } from "./attempt.ts";
import { evaluate, scopeOf } from "./evaluate.ts";
import type { Execution } from "./execution.ts";
import { formatMessage } from "./raiserror.ts";

/** The error of a THROW: its own, or the one that CATCH handles. */
export async function thrown(
  execution: Execution,
  statement: Statement & { type: "throw" },
): Promise<SqlError> {
  const { number, message, state } = statement;
  if (number === undefined || message === undefined || state === undefined) {
    const caught = execution.session.caught.at(-1);
    if (caught === undefined) return sqlError(10704);
    return new SqlError(caught.number, caught.message, {
      severity: caught.severity,
      state: caught.state,
      line: caught.line,
      raisedBy: "throw",
      cause: caught,
    });
  }
  const value = (await evaluate(execution, number, INT)) as bigint | null;
  if (value === null || value < 50_000n) return sqlError(35100, value ?? 0n);
  const text = (await evaluate(execution, message, nvarchar(2048))) as string | null;
  const code = (await evaluate(execution, state, INT)) as bigint | null;
  return new SqlError(Number(value), text ?? "", {
    state: Number(code ?? 1n) & 255,
    line: statement.line,
    raisedBy: "throw",
  });
}

/** RAISERROR: throws, or only tells a severity of 10 or less. */
export async function raise(
  execution: Execution,
  statement: Statement & { type: "raiserror" },
): Promise<void> {
  const { args, line } = statement;
  const values: SqlValue[] = [];
  for (const arg of args) {
    values.push(
      await attempt(execution.engine, execution.session, execution.waiting, (runtime) =>
        bindExpression(arg, scopeOf(execution)).evaluate(emptyEnv(runtime)),
      ),
    );
  }
  const [message = null, severity = null, state = null, ...rest] = values;
  if (typeof message === "bigint") throw unsupported("RAISERROR with a message number");
  const error = new SqlError(50_000, formatMessage(String(message ?? ""), rest), {
    severity: Math.min(18, Number(severity ?? 0)),
    state: Number(state ?? 1) & 255,
    line,
    raisedBy: "raiserror",
  });
  if (error.severity > 10) throw error;
  execution.sink.message(50_000, error.message, line);
}
