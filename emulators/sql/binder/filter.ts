import { newSession } from "../engine/session.ts";
import { unsupported } from "../errors/sql-error.ts";
import type { Expression } from "../parser/ast.ts";
import type { Database } from "../storage/database.ts";
import type { Column, Row } from "../storage/table.ts";
import type { Runtime } from "./bound.ts";
import { binder } from "./query.ts";
import type { Scope } from "./scope.ts";

const nothing = (): never => {
  throw unsupported("A function of the session in a filter or constraint");
};
const session = newSession(0, "sa", "", { random: nothing, newId: nothing, hash: nothing });

/** A scope with one table's columns and nothing else: for filters, checks and defaults. */
export function tableScope(columns: readonly Column[], name: string): Scope {
  return {
    context: { binder, session, database: undefined as unknown as Database, resolveTable: nothing },
    sources: [{ alias: name, name: [name], columns, nullable: false }],
    outer: undefined,
    ctes: [],
  };
}

/** Compiles a filtered index's condition: the rows for which it is true belong to the index. */
export function compileFilter(
  condition: Expression | undefined,
  columns: readonly Column[],
  table: string,
): (row: Row) => boolean {
  if (condition === undefined) return () => true;
  const bound = binder.condition(condition, tableScope(columns, table));
  const runtime = { session } as unknown as Runtime;
  return (row) => bound.test({ rows: [row], outer: undefined, runtime }) === true;
}
