import { sqlError, unsupported } from "../errors/sql-error.ts";
import type { Statement } from "../parser/ast.ts";
import type { SqlValue } from "../types/sql-type.ts";
import type { Execution } from "./execution.ts";
import { resolveTable } from "./names.ts";
import type { Session } from "./session.ts";

type Setting = Statement & { readonly type: "option" | "setting" | "isolation" | "identityInsert" };

const OPTIONS: Record<string, (options: Session["options"], on: boolean) => void> = {
  XACT_ABORT: (options, on) => {
    options.xactAbort = on;
  },
  NOCOUNT: (options, on) => {
    options.nocount = on;
  },
  IMPLICIT_TRANSACTIONS: (options, on) => {
    options.implicitTransactions = on;
  },
};

const PRIORITIES: Record<string, number> = { low: -5, normal: 0, high: 5 };

/** Runs a SET of an option. `value` is the setting's expression, evaluated. */
export function runSetting(
  { session, engine }: Execution,
  statement: Setting,
  value: SqlValue | undefined,
): void {
  switch (statement.type) {
    case "option":
      for (const name of statement.names) OPTIONS[name]?.(session.options, statement.on);
      return;
    case "isolation":
      session.isolation = statement.level;
      return;
    case "identityInsert": {
      const table = resolveTable(engine.database, session, statement.table);
      if (table.identity === undefined) throw sqlError(8106, statement.table.join("."));
      if (statement.on && session.identityInsert !== undefined && session.identityInsert !== table)
        throw sqlError(8107, session.identityInsert.name, table.name);
      if (statement.on) session.identityInsert = table;
      else if (session.identityInsert === table) session.identityInsert = undefined;
      return;
    }
    default:
      setValue(
        session,
        statement.name,
        typeof statement.value === "string" ? statement.value : String(value),
      );
  }
}

function setValue(session: Session, name: string, value: string): void {
  switch (name) {
    case "LOCK_TIMEOUT":
      session.lockTimeout = value === "-1" ? Number.POSITIVE_INFINITY : Number(value);
      return;
    case "DEADLOCK_PRIORITY": {
      const priority = PRIORITIES[value.toLowerCase()] ?? Number(value);
      if (!Number.isInteger(priority) || Math.abs(priority) > 10)
        throw sqlError(155, value, "DEADLOCK_PRIORITY");
      session.deadlockPriority = priority;
      return;
    }
    case "ROWCOUNT":
      session.rowLimit = BigInt(value);
      return;
    case "TEXTSIZE":
      // The largest size is the one there is: nothing is cut.
      return;
    case "DATEFIRST":
      if (value !== "7") throw unsupported(`SET DATEFIRST ${value}`);
      return;
    case "DATEFORMAT":
      if (value.toLowerCase() !== "mdy" && value.toLowerCase() !== "ymd")
        throw unsupported(`SET DATEFORMAT ${value}`);
      return;
    case "LANGUAGE":
      if (!/^(us_english|english)$/i.test(value)) throw unsupported(`SET LANGUAGE ${value}`);
      return;
    default:
      throw unsupported(`SET ${name}`);
  }
}
