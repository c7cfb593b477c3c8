import { sqlError } from "../errors/sql-error.ts";
import type { Name } from "../parser/ast.ts";
import type { Database } from "../storage/database.ts";
import type { Table } from "../storage/table.ts";
import type { Session } from "./session.ts";
import { systemView } from "./system-views.ts";

/** Schema and object of a name; the database, if one is named, must be this one (911). */
export function splitName(database: Database, name: Name): { schema: string; object: string } {
  const object = name.at(-1) ?? "";
  const own = name.length === 3 ? (name[0] ?? "") : database.name;
  if (own !== "" && own.toLowerCase() !== database.name.toLowerCase()) throw sqlError(911, own);
  return { schema: name.at(-2) || "dbo", object };
}

export const tableKey = (schema: string, object: string): string => `${schema}.${object}`.toLowerCase();

/** The table of a name, or undefined. */
export function findTable(database: Database, session: Session, name: Name): Table | undefined {
  const { schema, object } = splitName(database, name);
  if (object.startsWith("@")) {
    const variable = session.variables.get(object.toLowerCase());
    if (variable?.table === undefined) throw sqlError(1087, object);
    return variable.table;
  }
  if (object.startsWith("#")) return session.temporary.get(object.toLowerCase());
  return database.tables.get(tableKey(schema, object));
}

/** The table of a name. Throws 208. */
export function resolveTable(database: Database, session: Session, name: Name): Table {
  const table = findTable(database, session, name);
  if (table === undefined) {
    if (name.length > 1 && /^(sys|INFORMATION_SCHEMA)$/i.test(name.at(-2) ?? ""))
      return systemView(database, name);
    throw sqlError(208, name.join("."));
  }
  return table;
}
