import { sqlErrorAt } from "../errors/sql-error.ts";
import type { Isolation, SetClause } from "./ast.ts";
import type { Cursor } from "./cursor.ts";
import type { StatementBody } from "./definition-statements.ts";
import type { Definitions } from "./definitions.ts";
import { FIXED, SETTINGS, SWITCHES } from "./options.ts";
import type { Queries } from "./queries.ts";
import { parseType } from "./types.ts";

/** DECLARE and SET: variables and options. */
export interface SettingStatements {
  declare(): StatementBody;
  set(): StatementBody;
}

export function settingStatementParser(
  c: Cursor,
  q: Queries,
  d: Definitions,
  assignment: () => SetClause["op"],
): SettingStatements {
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

  return { declare, set };
}
