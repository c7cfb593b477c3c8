import { unsupported } from "../errors/sql-error.ts";
import type { Name } from "../parser/ast.ts";
import type { Database } from "../storage/database.ts";
import { newSlot } from "../storage/slot.ts";
import type { Row, Table } from "../storage/table.ts";
import { BIT, INT, MAX, nvarchar, type SqlType, typeText } from "../types/sql-type.ts";

interface View {
  readonly columns: Readonly<Record<string, SqlType>>;
  rows(database: Database): Row[];
}

const NAME = nvarchar(128);
const schemaId = (database: Database, schema: string): bigint =>
  BigInt([...database.schemas.keys()].indexOf(schema.toLowerCase()) + 1);

/** The few catalog views that guards and tools ask for. */
const VIEWS: Readonly<Record<string, View>> = {
  "sys.schemas": {
    columns: { name: NAME, schema_id: INT },
    rows: (database) => [...database.schemas.values()].map((name) => [name, schemaId(database, name)]),
  },
  "sys.tables": {
    columns: { name: NAME, object_id: INT, schema_id: INT, type: nvarchar(2) },
    rows: (database) =>
      [...database.tables.values()].map((table) => [
        table.name,
        BigInt(table.id),
        schemaId(database, table.schema),
        "U ",
      ]),
  },
  "sys.columns": {
    columns: { object_id: INT, name: NAME, column_id: INT, is_nullable: BIT, is_identity: BIT },
    rows: (database) =>
      [...database.tables.values()].flatMap((table) =>
        table.columns.map(
          (column, i): Row => [
            BigInt(table.id),
            column.name,
            BigInt(i + 1),
            column.nullable ? 1n : 0n,
            column.identity ? 1n : 0n,
          ],
        ),
      ),
  },
  "sys.indexes": {
    columns: {
      object_id: INT,
      name: NAME,
      index_id: INT,
      is_unique: BIT,
      is_primary_key: BIT,
      has_filter: BIT,
    },
    rows: (database) =>
      [...database.tables.values()].flatMap((table) =>
        table.indexes.map(
          (index, i): Row => [
            BigInt(table.id),
            index.name,
            BigInt(i + 1),
            index.unique ? 1n : 0n,
            index.constraint === "PRIMARY KEY" ? 1n : 0n,
            index.where === undefined ? 0n : 1n,
          ],
        ),
      ),
  },
  "sys.database_principals": {
    columns: { name: NAME, principal_id: INT, type: nvarchar(1) },
    rows: ({ principals }) =>
      principals.flatMap(({ kind, name }, i): Row[] =>
        kind === "user" || kind === "role" ? [[name, BigInt(i + 100), kind === "user" ? "S" : "R"]] : [],
      ),
  },
  "information_schema.tables": {
    columns: { TABLE_CATALOG: NAME, TABLE_SCHEMA: NAME, TABLE_NAME: NAME, TABLE_TYPE: nvarchar(10) },
    rows: (database) =>
      [...database.tables.values()].map((table) => [database.name, table.schema, table.name, "BASE TABLE"]),
  },
  "information_schema.columns": {
    columns: {
      TABLE_SCHEMA: NAME,
      TABLE_NAME: NAME,
      COLUMN_NAME: NAME,
      ORDINAL_POSITION: INT,
      IS_NULLABLE: nvarchar(3),
      DATA_TYPE: nvarchar(128),
      CHARACTER_MAXIMUM_LENGTH: INT,
    },
    rows: (database) =>
      [...database.tables.values()].flatMap((table) =>
        table.columns.map(
          (column, i): Row => [
            table.schema,
            table.name,
            column.name,
            BigInt(i + 1),
            column.nullable ? "YES" : "NO",
            typeText(column.type).replace(/\(.*/, ""),
            column.type.length === 0 ? null : column.type.length === MAX ? -1n : BigInt(column.type.length),
          ],
        ),
      ),
  },
};

/** A catalog view as a table of the moment. Throws 40517 for one that is not here. */
export function systemView(database: Database, name: Name): Table {
  const key = `${name.at(-2)}.${name.at(-1)}`.toLowerCase();
  const view = Object.hasOwn(VIEWS, key) ? VIEWS[key] : undefined;
  if (view === undefined) throw unsupported(`The system view ${name.join(".")}`);
  const [schema = "", object = ""] = key.split(".");
  const table: Table = {
    id: 0,
    schema,
    name: object,
    columns: Object.entries(view.columns).map(([column, type]) => ({
      name: column,
      type,
      nullable: true,
      identity: false,
    })),
    indexes: [],
    checks: [],
    foreignKeys: [],
    slots: new Map(),
    nextRow: 1,
  };
  for (const row of view.rows(database)) {
    const slot = newSlot(table, table.nextRow++);
    slot.newest = { values: row, commit: 0, older: undefined };
    table.slots.set(slot.id, slot);
  }
  return table;
}
