import { sqlErrorAt } from "../errors/sql-error.ts";
import type { Expression, Name, Output, SetClause, Source } from "./ast.ts";
import type { Cursor } from "./cursor.ts";
import type { StatementBody } from "./definition-statements.ts";
import type { Queries } from "./queries.ts";

const ASSIGNMENTS = new Set<string>(["=", "+=", "-=", "*=", "/=", "%=", "&=", "|=", "^="]);

/** SELECT, INSERT, UPDATE, DELETE with what may stand before and after them. */
export interface DataStatements {
  dml(): StatementBody;
  /** `=`, `+=` and the like. */
  assignment(): SetClause["op"];
}

export function dataStatementParser(c: Cursor, q: Queries): DataStatements {
  function dml(): StatementBody {
    const ctes = q.ctes();
    if (c.at("INSERT")) return insert(ctes);
    if (c.at("UPDATE")) return update(ctes);
    if (c.at("DELETE")) return remove(ctes);
    if (c.at("MERGE")) throw c.refuse("The statement MERGE");
    const query = q.query();
    if (c.at("FOR")) throw c.refuse(`FOR ${c.peek(1).value}`);
    queryOption();
    return { type: "query", with: ctes, query };
  }

  /** OPTION (...) advises the optimiser; there is none. */
  function queryOption(): void {
    if (!c.take("OPTION")) return;
    c.expect("(");
    let depth = 1;
    while (depth > 0) {
      const token = c.next();
      if (token.kind === "end") throw c.error();
      if (token.value === "(") depth++;
      if (token.value === ")") depth--;
    }
  }

  function output(): { output?: Output } {
    if (!c.take("OUTPUT")) return {};
    const items = q.items();
    if (!c.take("INTO")) return { output: { items, columns: [] } };
    const into = target();
    const columns = c.at("(") ? c.parenthesized(c.identifier) : [];
    return { output: { items, into, columns } };
  }

  /** A table's name, or a table variable. */
  function target(): Name {
    const token = c.peek();
    if (token.kind !== "variable") return c.name();
    c.next();
    c.use(token.value);
    return [token.value];
  }

  const limit = (): Pick<StatementBody & { type: "delete" }, "top"> => {
    const top = q.top();
    return top === undefined ? {} : { top };
  };

  function insert(ctes: ReturnType<Queries["ctes"]>): StatementBody {
    c.expect("INSERT");
    if (c.at("BULK")) throw c.refuse("INSERT BULK (bulk load)");
    const top = limit();
    c.take("INTO");
    const table = target();
    const hints = c.at("WITH") ? q.hints() : [];
    const columns = c.at("(") && c.peek(1).value !== "SELECT" ? c.parenthesized(c.identifier) : [];
    const out = output();
    const base = { type: "insert", with: ctes, ...top, table, hints, columns, ...out } as const;
    if (c.take("DEFAULT", "VALUES")) return { ...base, source: { type: "defaults" } };
    if (c.take("VALUES")) return { ...base, source: { type: "values", rows: q.rows() } };
    if (c.at("EXEC") || c.at("EXECUTE")) throw c.refuse("INSERT … EXEC");
    const query = q.query();
    queryOption();
    return { ...base, source: { type: "query", query } };
  }

  function update(ctes: ReturnType<Queries["ctes"]>): StatementBody {
    c.expect("UPDATE");
    if (c.at("STATISTICS")) throw c.refuse("UPDATE STATISTICS");
    const top = limit();
    const table = target();
    const hints = q.hints();
    c.expect("SET");
    const clauses = c.list(setClause);
    const out = output();
    const tail = fromWhere();
    return { type: "update", with: ctes, ...top, table, hints, set: clauses, ...out, ...tail };
  }

  function remove(ctes: ReturnType<Queries["ctes"]>): StatementBody {
    c.expect("DELETE");
    const top = limit();
    c.take("FROM");
    const table = target();
    const hints = q.hints();
    const out = output();
    const tail = fromWhere();
    return { type: "delete", with: ctes, ...top, table, hints, ...out, ...tail };
  }

  function fromWhere(): { from: Source[]; where?: Expression } {
    const from = c.take("FROM") ? q.sources() : [];
    if (c.at("WHERE", "CURRENT")) throw c.refuse("WHERE CURRENT OF");
    const where = c.take("WHERE") ? q.condition() : undefined;
    queryOption();
    return { from, ...(where === undefined ? {} : { where }) };
  }

  function assignment(): SetClause["op"] {
    const token = c.next();
    if (token.kind !== "symbol" || !ASSIGNMENTS.has(token.value))
      throw sqlErrorAt(token.line, 102, token.text);
    return token.value as SetClause["op"];
  }

  function setClause(): SetClause {
    const token = c.peek();
    if (token.kind === "variable") {
      c.next();
      c.use(token.value);
      const op = assignment();
      if (c.atIdentifier() && c.peek(1).value === "=") throw c.refuse("SET @variable = column = expression");
      return { variable: token.value, op, value: q.value() };
    }
    const column = c.name();
    if (c.at("(")) throw c.refuse("A method in SET");
    const op = assignment();
    return { column, op, value: q.value() };
  }

  return { dml, assignment };
}
