import { unsupported } from "../errors/sql-error.ts";
import type { IndexDefinition, SecurityAction, Statement } from "./ast.ts";
import type { Cursor } from "./cursor.ts";
import type { Definitions } from "./definitions.ts";

type Body = Statement extends infer S ? (S extends Statement ? Omit<S, "line"> : never) : never;

export interface DefinitionStatements {
  create(): Body;
  alter(): Body;
  drop(): Body;
  permission(verb: "grant" | "revoke" | "deny"): Body;
}

export function definitionStatementParser(c: Cursor, d: Definitions): DefinitionStatements {
  function create(): Body {
    c.expect("CREATE");
    if (c.take("TABLE")) return createTable();
    if (c.take("SCHEMA")) {
      const name = c.identifier();
      if (c.take("AUTHORIZATION")) c.identifier();
      return { type: "createSchema", name };
    }
    const unique = c.take("UNIQUE");
    if (!c.take("CLUSTERED")) c.take("NONCLUSTERED");
    if (c.take("INDEX")) return createIndex(unique);
    if (c.at("USER") || c.at("ROLE") || c.at("LOGIN")) return principal("create");
    throw c.refuse(`CREATE ${c.peek().value}`);
  }

  function createTable(): Body {
    const name = c.name();
    c.expect("(");
    const body = d.elements();
    c.expect(")");
    if (c.at("WITH")) throw c.refuse("A table option (CREATE TABLE … WITH)");
    if (c.at("ON") || c.at("TEXTIMAGE_ON")) {
      c.next();
      c.next();
    }
    return { type: "createTable", name, ...body };
  }

  function createIndex(unique: boolean): Body {
    const name = c.identifier();
    c.expect("ON");
    const table = c.name();
    const index: IndexDefinition = { ...d.index(unique), name };
    return { type: "createIndex", table, index };
  }

  function alter(): Body {
    c.expect("ALTER");
    if (c.at("ROLE") || c.at("USER")) return principal("alter");
    if (!c.take("TABLE")) throw c.refuse(`ALTER ${c.peek().value}`);
    const name = c.name();
    if (c.take("WITH")) {
      if (c.at("NOCHECK")) throw c.refuse("ALTER TABLE … WITH NOCHECK");
      c.expect("CHECK");
    }
    if (c.take("ADD")) {
      const { columns, constraints, indexes } = d.elements();
      if (indexes.length > 0) throw c.refuse("ALTER TABLE … ADD INDEX");
      return { type: "alterTable", name, action: { type: "add", columns, constraints } };
    }
    if (c.take("DROP")) {
      const column = c.take("COLUMN");
      if (!column) c.take("CONSTRAINT");
      const ifExists = c.take("IF", "EXISTS");
      const names = c.list(c.identifier);
      return {
        type: "alterTable",
        name,
        action: { type: column ? "dropColumn" : "dropConstraint", names, ifExists },
      };
    }
    throw c.refuse(`ALTER TABLE … ${c.peek().value}`);
  }

  function drop(): Body {
    c.expect("DROP");
    if (c.at("USER") || c.at("ROLE") || c.at("LOGIN")) return principal("drop");
    if (c.take("TABLE")) {
      const ifExists = c.take("IF", "EXISTS");
      return { type: "dropTable", names: c.list(c.name), ifExists };
    }
    if (c.take("INDEX")) {
      const ifExists = c.take("IF", "EXISTS");
      const name = c.identifier();
      c.expect("ON");
      return { type: "dropIndex", name, table: c.name(), ifExists };
    }
    if (c.take("SCHEMA")) {
      const ifExists = c.take("IF", "EXISTS");
      return { type: "dropSchema", name: c.identifier(), ifExists };
    }
    throw c.refuse(`DROP ${c.peek().value}`);
  }

  /** Principals and permissions are kept as text; what they say matters to nobody here. */
  function principal(verb: "create" | "alter" | "drop"): Body {
    const word = c.next().value;
    if (word === "LOGIN") throw unsupported(`${verb.toUpperCase()} LOGIN`, c.line());
    const kind = word === "USER" ? "user" : "role";
    const ifExists = c.take("IF", "EXISTS");
    const name = c.identifier();
    let member: { member?: string } = {};
    const tail: string[] = [];
    if (kind === "role" && verb === "alter") {
      const add = c.take("ADD");
      if (!add) c.expect("DROP");
      c.expect("MEMBER");
      member = { member: c.identifier() };
      tail.push(add ? "ADD" : "DROP", "MEMBER", `[${member.member}]`);
    } else if (c.take("FROM", "EXTERNAL", "PROVIDER")) tail.push("FROM EXTERNAL PROVIDER");
    else if (c.take("WITHOUT", "LOGIN")) tail.push("WITHOUT LOGIN");
    else if (c.take("AUTHORIZATION")) tail.push("AUTHORIZATION", c.identifier());
    else if ((c.at("FOR", "LOGIN") || c.at("FROM", "LOGIN")) && verb === "create") {
      c.next();
      c.next();
      tail.push("FOR LOGIN", c.identifier());
    }
    if (kind === "user" && c.take("WITH"))
      c.list(() => {
        const option = c.identifier();
        c.expect("=");
        const token = c.next();
        // A password is not kept.
        tail.push(`${option}=${/PASSWORD/i.test(option) ? "…" : token.text}`);
      });
    const action: SecurityAction = { verb, kind, name, ...member };
    return {
      type: "security",
      action,
      text: [verb.toUpperCase(), word, ...(ifExists ? ["IF EXISTS"] : []), `[${name}]`, ...tail].join(" "),
    };
  }

  function permission(verb: "grant" | "revoke" | "deny"): Body {
    c.next();
    const words: string[] = [verb.toUpperCase()];
    const take = (): void => {
      words.push(c.next().text);
    };
    while (!c.at("TO") && !c.at("FROM")) {
      if (c.peek().kind === "end" || c.at(";")) throw c.error();
      take();
    }
    take();
    const grantee = c.at("PUBLIC") ? c.next().text : c.identifier();
    words.push(`[${grantee}]`);
    if (c.take("WITH", "GRANT", "OPTION")) words.push("WITH GRANT OPTION");
    return { type: "security", action: { verb, kind: "permission", name: grantee }, text: words.join(" ") };
  }

  return { create, alter, drop, permission };
}

export type { Body as StatementBody };
