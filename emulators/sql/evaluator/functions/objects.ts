import type { Runtime } from "../../binder/bound.ts";
import { tokenize } from "../../lexer/lexer.ts";
import type { Database } from "../../storage/database.ts";

/** What OBJECT_ID's second argument may ask for, of what exists here. */
const TABLE = /^U$/i;

/** OBJECT_ID: a table's number by its name; NULL if there is none, or none of that kind. */
export function objectId(runtime: Runtime, name: string, kind: string | null): bigint | null {
  const parts = tokenize(name).flatMap((token) =>
    token.kind === "quoted"
      ? [token.value]
      : token.kind === "symbol" || token.kind === "end"
        ? []
        : [token.text],
  );
  const object = (parts.at(-1) ?? "").toLowerCase();
  if (object.startsWith("#")) return runtime.session.temporary.has(object) ? -1n : null;
  const schema = (parts.at(-2) || "dbo").toLowerCase();
  const { tables } = runtime.database;
  if (kind === null || TABLE.test(kind.trim())) {
    const table = tables.get(`${schema}.${object}`);
    if (table !== undefined) return BigInt(table.id);
  }
  // Constraints are objects too.
  const wanted = kind?.trim().toUpperCase();
  for (const table of tables.values()) {
    if (table.schema.toLowerCase() !== schema) continue;
    const named: [string, string][] = [
      ...table.indexes.flatMap((index): [string, string][] =>
        index.constraint === undefined
          ? []
          : [[index.name, index.constraint === "PRIMARY KEY" ? "PK" : "UQ"]],
      ),
      ...table.checks.map((check): [string, string] => [check.name, "C"]),
      ...table.foreignKeys.map((key): [string, string] => [key.name, "F"]),
      ...table.columns.flatMap((column): [string, string][] =>
        column.default === undefined ? [] : [[column.default.name, "D"]],
      ),
    ];
    const index = named.findIndex(
      ([other, type]) => other.toLowerCase() === object && (wanted === undefined || wanted === type),
    );
    if (index !== -1) return BigInt(1_000_000 + table.id * 1000 + index);
  }
  return null;
}

/** DATABASE_PRINCIPAL_ID and USER_ID. */
export function databasePrincipal({ principals }: Database, name: string): bigint | null {
  const fixed = [
    "public",
    "dbo",
    "guest",
    "db_owner",
    "db_datareader",
    "db_datawriter",
    "db_ddladmin",
  ].indexOf(name.toLowerCase());
  if (fixed !== -1) return BigInt(fixed);
  const index = principals.findIndex(
    (principal) =>
      (principal.kind === "user" || principal.kind === "role") &&
      principal.name.toLowerCase() === name.toLowerCase(),
  );
  return index === -1 ? null : BigInt(index + 100);
}
