import { emptyEnv, type Runtime } from "../binder/bound.ts";
import { bindQuery } from "../binder/scope.ts";
import { sqlError, unsupported } from "../errors/sql-error.ts";
import type { Statement } from "../parser/ast.ts";
import { attempt } from "./attempt.ts";
import { runDelete, runUpdate } from "./change.ts";
import type { Changed } from "./changed.ts";
import { scopeOf } from "./evaluate.ts";
import type { Execution } from "./execution.ts";
import { runInsert } from "./insert.ts";
import type { Command } from "./sink.ts";
import { beginTransaction } from "./transactions.ts";

const COMMANDS = {
  query: "select",
  insert: "insert",
  update: "update",
  delete: "delete",
} as const satisfies Record<string, Command>;

/** Runs a query or a change, and tells its rows and count. */
export async function runData(
  execution: Execution,
  statement: Statement & { type: "query" | "insert" | "update" | "delete" },
): Promise<void> {
  const { engine, session, sink, waiting } = execution;
  if (session.doomed && statement.type !== "query") throw sqlError(3930);
  if (session.options.implicitTransactions && session.transaction === undefined)
    beginTransaction(session, sink);
  const changed = await attempt(engine, session, waiting, (runtime) =>
    perform(execution, statement, runtime),
  );
  session.rowcount = BigInt(changed.count);
  if (changed.output !== undefined) sink.result(changed.output.columns, changed.output.rows);
  sink.done(
    COMMANDS[statement.type],
    session.options.nocount && changed.output === undefined ? undefined : session.rowcount,
  );
}

function perform(
  execution: Execution,
  statement: Statement & { type: "query" | "insert" | "update" | "delete" },
  runtime: Runtime,
): Changed {
  const scope = scopeOf(execution, statement.with);
  switch (statement.type) {
    case "insert":
      return runInsert(statement, scope, runtime);
    case "update":
      return runUpdate(statement, scope, runtime);
    case "delete":
      return runDelete(statement, scope, runtime);
    default: {
      const { query } = statement;
      if (query.body.type === "select" && query.body.into !== undefined)
        throw unsupported("SELECT … INTO (CREATE TABLE and INSERT … SELECT do it)");
      const bound = bindQuery(query, scope);
      const rows = bound.run(emptyEnv(runtime));
      const { rowLimit } = execution.session;
      const shown = rowLimit > 0n ? rows.slice(0, Number(rowLimit)) : rows;
      const assigns = query.body.type === "select" && query.body.items.some((item) => item.type === "assign");
      return { count: shown.length, output: assigns ? undefined : { columns: bound.columns, rows: shown } };
    }
  }
}
