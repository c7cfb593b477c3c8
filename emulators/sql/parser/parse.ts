import { tokenize } from "../lexer/lexer.ts";
import type { Expression, Statement } from "./ast.ts";
import { cursorOf } from "./cursor.ts";
import { queryParser } from "./queries.ts";
import { statementParser } from "./statements.ts";

/**
 * Parses a batch whole, before any of it runs. `known` are the variables that exist: a request's parameters.
 * Throws SQL Server's syntax errors (102, 105, 113, 137, 156, …), and 40517 for what is outside the subset.
 */
export function parseBatch(text: string, known: Iterable<string> = []): Statement[] {
  return statementParser(cursorOf(tokenize(text), known))();
}

/** Parses one value or condition: a stored default or check. */
export function parseStored(text: string, kind: "value" | "condition"): Expression {
  const cursor = cursorOf(tokenize(text), []);
  const parsed = queryParser(cursor)[kind]();
  if (cursor.peek().kind !== "end") throw cursor.error();
  return parsed;
}
