import { sqlErrorAt } from "../errors/sql-error.ts";
import type { ExecuteArgument } from "./ast.ts";
import type { Cursor } from "./cursor.ts";
import type { StatementBody } from "./definition-statements.ts";
import type { Queries } from "./queries.ts";

/** EXEC, THROW, RAISERROR, RETURN, and the ends of transactions: statements whose arguments may be missing. */
export interface CallStatements {
  execute(): StatementBody;
  /** `inCatch`: THROW may stand alone. */
  throwError(inCatch: boolean): StatementBody;
  raiserror(): StatementBody;
  returns(): StatementBody;
  ending(type: "commit" | "rollback"): StatementBody;
  transactionName(): string | undefined;
}

export function callStatementParser(c: Cursor, q: Queries): CallStatements {
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

  function returns(): StatementBody {
    c.next();
    const value = startsValue() ? q.value() : undefined;
    return { type: "return", ...(value === undefined ? {} : { value }) };
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

  function throwError(inCatch: boolean): StatementBody {
    c.next();
    if (!startsValue()) {
      if (!inCatch) throw sqlErrorAt(c.line(), 10704);
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

  return { execute, throwError, raiserror, returns, ending, transactionName };
}
