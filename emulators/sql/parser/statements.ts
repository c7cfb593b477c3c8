import { sqlErrorAt } from "../errors/sql-error.ts";
import type { Statement } from "./ast.ts";
import { type CallStatements, callStatementParser } from "./call-statements.ts";
import type { Cursor } from "./cursor.ts";
import { type DataStatements, dataStatementParser } from "./data-statements.ts";
import {
  type DefinitionStatements,
  definitionStatementParser,
  type StatementBody,
} from "./definition-statements.ts";
import { type Definitions, definitionParser } from "./definitions.ts";
import { type Queries, queryParser } from "./queries.ts";
import { type SettingStatements, settingStatementParser } from "./setting-statements.ts";

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

/** Parses the statements of a batch up to its end. */
export function statementParser(c: Cursor): () => Statement[] {
  const q: Queries = queryParser(c);
  const d: Definitions = definitionParser(c, q);
  const definitions: DefinitionStatements = definitionStatementParser(c, d);
  const data: DataStatements = dataStatementParser(c, q);
  const settings: SettingStatements = settingStatementParser(c, q, d, data.assignment);
  const calls: CallStatements = callStatementParser(c, q);
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
    SELECT: data.dml,
    "(": data.dml,
    WITH: data.dml,
    INSERT: data.dml,
    UPDATE: data.dml,
    DELETE: data.dml,
    TRUNCATE() {
      c.expect("TRUNCATE", "TABLE");
      return { type: "truncate", table: c.name() };
    },
    DECLARE: settings.declare,
    SET: settings.set,
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
    RETURN: calls.returns,
    BEGIN: begin,
    COMMIT: () => calls.ending("commit"),
    ROLLBACK: () => calls.ending("rollback"),
    SAVE() {
      c.next();
      if (!c.take("TRAN")) c.expect("TRANSACTION");
      return { type: "save", name: calls.transactionName() ?? "" };
    },
    THROW: () => calls.throwError(catches > 0),
    RAISERROR: calls.raiserror,
    PRINT() {
      c.next();
      return { type: "print", value: q.value() };
    },
    WAITFOR() {
      c.next();
      if (!c.take("DELAY")) throw c.refuse(`WAITFOR ${c.peek().value}`);
      return { type: "waitfor", delay: q.value() };
    },
    EXEC: calls.execute,
    EXECUTE: calls.execute,
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

  function begin(): StatementBody {
    c.next();
    if (c.at("DISTRIBUTED")) throw c.refuse("BEGIN DISTRIBUTED TRANSACTION");
    if (c.take("TRAN") || c.take("TRANSACTION")) {
      const name = calls.transactionName();
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

  return () => statements(() => c.peek().kind === "end");
}
