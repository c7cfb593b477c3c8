import { sqlErrorAt } from "../errors/sql-error.ts";
import type {
  ExecuteArgument,
  Expression,
  Isolation,
  Name,
  Output,
  SetClause,
  Source,
  Statement,
} from "./ast.ts";
import type { Cursor } from "./cursor.ts";
import {
  type DefinitionStatements,
  definitionStatementParser,
  type StatementBody,
} from "./definition-statements.ts";
import { type Definitions, definitionParser } from "./definitions.ts";
import { FIXED, SETTINGS, SWITCHES } from "./options.ts";
import { type Queries, queryParser } from "./queries.ts";
import { parseType } from "./types.ts";

/** Statements that SQL Server has and this server has not, by the word they begin with. */
const REFUSED = new Set([
  "MERGE",
  "BACKUP",
  "RESTORE",
  "BULK",
  "DBCC",
  "KILL",
  "GOTO",
  "OPEN",
  "CLOSE",
  "FETCH",
  "DEALLOCATE",
  "CHECKPOINT",
  "RECONFIGURE",
  "SHUTDOWN",
  "REVERT",
  "READTEXT",
  "WRITETEXT",
  "UPDATETEXT",
  "DISABLE",
  "ENABLE",
  "SEND",
  "RECEIVE",
]);
const ASSIGNMENTS = new Set<string>(["=", "+=", "-=", "*=", "/=", "%=", "&=", "|=", "^="]);

/** Parses the statements of a batch up to its end. */
export function statementParser(c: Cursor): () => Statement[] {
  const q: Queries = queryParser(c);
  const d: Definitions = definitionParser(c, q);
  const definitions: DefinitionStatements = definitionStatementParser(c, d);
  let loops = 0;
  let catches = 0;

  function statements(ends: () => boolean): Statement[] {
    const list: Statement[] = [];
    for (;;) {
      while (c.take(";"));
      if (ends()) return list;
      list.push(statement());
    }
  }

  function statement(): Statement {
    const { line } = c.peek();
    const body = c.nested(statementBody);
    c.take(";");
    return { ...body, line } as Statement;
  }

  const PRODUCTIONS: Record<string, () => StatementBody> = {
    SELECT: () => dml(),
    "(": () => dml(),
    WITH: () => dml(),
    INSERT: () => dml(),
    UPDATE: () => dml(),
    DELETE: () => dml(),
    TRUNCATE() {
      c.expect("TRUNCATE", "TABLE");
      return { type: "truncate", table: c.name() };
    },
    DECLARE: declare,
    SET: set,
    IF() {
      c.next();
      const condition = q.condition();
      const yes = statement();
      const otherwise = c.take("ELSE") ? statement() : undefined;
      return { type: "if", condition, yes, ...(otherwise === undefined ? {} : { no: otherwise }) };
    },
    WHILE() {
      c.next();
      const condition = q.condition();
      loops++;
      const body = statement();
      loops--;
      return { type: "while", condition, body };
    },
    BREAK: () => jump("break"),
    CONTINUE: () => jump("continue"),
    RETURN() {
      c.next();
      const value = startsValue() ? q.value() : undefined;
      return { type: "return", ...(value === undefined ? {} : { value }) };
    },
    BEGIN: begin,
    COMMIT: () => ending("commit"),
    ROLLBACK: () => ending("rollback"),
    SAVE() {
      c.next();
      if (!c.take("TRAN")) c.expect("TRANSACTION");
      return { type: "save", name: transactionName() ?? "" };
    },
    THROW: throwError,
    RAISERROR: raiserror,
    PRINT() {
      c.next();
      return { type: "print", value: q.value() };
    },
    WAITFOR() {
      c.next();
      if (!c.take("DELAY")) throw c.refuse(`WAITFOR ${c.peek().value}`);
      return { type: "waitfor", delay: q.value() };
    },
    EXEC: execute,
    EXECUTE: execute,
    USE() {
      c.next();
      return { type: "use", database: c.identifier() };
    },
    CREATE: definitions.create,
    ALTER: definitions.alter,
    DROP: definitions.drop,
    GRANT: () => definitions.permission("grant"),
    REVOKE: () => definitions.permission("revoke"),
    DENY: () => definitions.permission("deny"),
  };

  function statementBody(): StatementBody {
    const token = c.peek();
    if (token.kind === "quoted" || token.kind === "string" || token.kind === "end") throw c.error();
    const production = Object.hasOwn(PRODUCTIONS, token.value) ? PRODUCTIONS[token.value] : undefined;
    if (production !== undefined) return production();
    if (REFUSED.has(token.value)) throw c.refuse(`The statement ${token.value}`);
    throw c.error();
  }

  function jump(type: "break" | "continue"): StatementBody {
    if (loops === 0) throw sqlErrorAt(c.line(), type === "break" ? 135 : 136);
    c.next();
    return { type };
  }

  const startsValue = (): boolean => {
    const { kind, value } = c.peek();
    return (
      kind === "number" ||
      kind === "variable" ||
      kind === "global" ||
      kind === "string" ||
      (kind === "symbol" && (value === "(" || value === "-"))
    );
  };

  // --- Data ---

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

  // --- Variables and options ---

  function declare(): StatementBody {
    c.next();
    const variables = c.list(() => {
      const token = c.next();
      if (token.kind !== "variable") {
        if (c.at("CURSOR")) throw c.refuse("A cursor");
        throw sqlErrorAt(token.line, 102, token.text);
      }
      c.take("AS");
      if (c.take("TABLE")) {
        c.expect("(");
        const body = d.elements();
        c.expect(")");
        c.declare(token.value);
        return { type: "table" as const, name: token.value, ...body };
      }
      if (c.at("CURSOR")) throw c.refuse("A cursor");
      const variableType = parseType(c);
      c.declare(token.value);
      const value = c.take("=") ? q.value() : undefined;
      return {
        type: "scalar" as const,
        name: token.value,
        variableType,
        ...(value === undefined ? {} : { value }),
      };
    });
    return { type: "declare", variables };
  }

  function set(): StatementBody {
    c.next();
    const token = c.peek();
    if (token.kind === "variable") {
      c.next();
      c.use(token.value);
      return { type: "set", variable: token.value, op: assignment(), value: q.value() };
    }
    if (c.take("TRANSACTION", "ISOLATION", "LEVEL")) return { type: "isolation", level: isolation() };
    if (c.take("IDENTITY_INSERT")) {
      const table = c.name();
      const on = c.take("ON");
      if (!on) c.expect("OFF");
      return { type: "identityInsert", table, on };
    }
    if (SETTINGS.has(token.value)) {
      c.next();
      const value = c.peek().kind === "name" ? c.next().text : q.value();
      return { type: "setting", name: token.value, value };
    }
    const names = c.list(() => {
      const word = c.next();
      if (!SWITCHES.has(word.value) && FIXED[word.value] === undefined) {
        if (word.value === "STATISTICS" || word.value === "SHOWPLAN_TEXT")
          throw c.refuse(`SET ${word.value}`);
        throw sqlErrorAt(word.line, 195, word.text, "SET option");
      }
      return word.value;
    });
    const on = c.take("ON");
    if (!on) c.expect("OFF");
    const wrong = names.find((name) => FIXED[name] === !on);
    if (wrong !== undefined) throw c.refuse(`SET ${wrong} ${on ? "ON" : "OFF"}`);
    return { type: "option", names, on };
  }

  function isolation(): Isolation {
    if (c.take("READ", "UNCOMMITTED")) return "read uncommitted";
    if (c.take("READ", "COMMITTED")) return "read committed";
    if (c.take("REPEATABLE", "READ")) return "repeatable read";
    if (c.take("SERIALIZABLE")) return "serializable";
    c.expect("SNAPSHOT");
    return "snapshot";
  }

  // --- Control of flow ---

  function begin(): StatementBody {
    c.next();
    if (c.at("DISTRIBUTED")) throw c.refuse("BEGIN DISTRIBUTED TRANSACTION");
    if (c.take("TRAN") || c.take("TRANSACTION")) {
      const name = transactionName();
      if (c.take("WITH", "MARK") && c.peek().kind === "string") c.next();
      return { type: "begin", ...(name === undefined ? {} : { name }) };
    }
    if (c.take("TRY")) {
      const body = statements(() => c.at("END"));
      c.expect("END", "TRY");
      while (c.at(";")) throw c.error();
      c.expect("BEGIN", "CATCH");
      catches++;
      const handler = statements(() => c.at("END"));
      catches--;
      c.expect("END", "CATCH");
      return { type: "try", body, catch: handler };
    }
    if (c.at("CATCH")) throw c.error();
    if (c.at("ATOMIC") || c.at("DIALOG") || c.at("CONVERSATION")) throw c.refuse(`BEGIN ${c.peek().value}`);
    const body = statements(() => c.at("END"));
    if (body.length === 0) throw c.error();
    c.expect("END");
    return { type: "block", body };
  }

  function ending(type: "commit" | "rollback"): StatementBody {
    c.next();
    if (!c.take("TRAN") && !c.take("TRANSACTION")) {
      c.take("WORK");
      return { type };
    }
    const name = transactionName();
    if (type === "commit" && c.take("WITH")) {
      c.expect("(", "DELAYED_DURABILITY", "=", "OFF", ")");
    }
    return { type, ...(name === undefined ? {} : { name }) };
  }

  /** A name may follow on the next line: what looks like a statement there is one, apart from a trap that is SQL Server's own. */
  function transactionName(): string | undefined {
    const token = c.peek();
    if (token.kind === "variable") {
      c.next();
      c.use(token.value);
      return token.value;
    }
    return c.atIdentifier() ? c.identifier() : undefined;
  }

  function throwError(): StatementBody {
    c.next();
    if (!startsValue()) {
      if (catches === 0) throw sqlErrorAt(c.line(), 10704);
      return { type: "throw" };
    }
    const number = q.value();
    c.expect(",");
    const message = q.value();
    c.expect(",");
    return { type: "throw", number, message, state: q.value() };
  }

  function raiserror(): StatementBody {
    c.next();
    const args = c.parenthesized(q.value);
    if (args.length < 3) throw c.error();
    const options = c.take("WITH") ? c.list(() => c.next().value) : [];
    return { type: "raiserror", args, options };
  }

  function execute(): StatementBody {
    c.next();
    if (c.take("(")) {
      const text = q.value();
      c.expect(")");
      return { type: "executeText", text };
    }
    let result: string | undefined;
    if (c.peek().kind === "variable" && c.peek(1).value === "=") {
      result = c.next().value;
      c.use(result);
      c.expect("=");
    }
    const name = c.name();
    const args = startsArgument() ? c.list(argument) : [];
    return { type: "execute", ...(result === undefined ? {} : { result }), name, args };
  }

  const startsArgument = (): boolean =>
    startsValue() || c.at("NULL") || c.peek().kind === "binary" || c.at("DEFAULT");

  function argument(): ExecuteArgument {
    const token = c.peek();
    const named = token.kind === "variable" && c.peek(1).kind === "symbol" && c.peek(1).value === "=";
    if (named) {
      c.next();
      c.expect("=");
    }
    const value = c.atIdentifier()
      ? ({ type: "string", value: c.identifier(), national: true } as const)
      : q.value();
    const out = c.take("OUTPUT") || c.take("OUT");
    return { ...(named ? { name: token.value } : {}), value, output: out };
  }

  return () => statements(() => c.peek().kind === "end");
}
