import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import type { Database, Principal } from "./database.ts";
import { decodeRow, encodeRow } from "./row-codec.ts";
import { addToIndexes, newSlot } from "./slot.ts";
import type { Table } from "./table.ts";
import { type CompileFilter, readTable, type StoredTable, storedTable } from "./table-codec.ts";
import type { Transaction } from "./transaction.ts";

/** What is stored beside tables and rows. */
export interface Meta {
  readonly schemas: Iterable<string>;
  readonly principals: readonly Principal[];
  readonly rowversion: bigint;
  readonly lastTable: number;
}

/** Where commits go. */
export interface Durable {
  /** Whether anything outlives the process. */
  readonly persistent: boolean;
  /** Writes committed transactions: all of them, or none (it throws). */
  write(transactions: readonly Transaction[], meta: Meta): void;
  /** Fills an empty database with what is stored. */
  load(database: Database, compileFilter: CompileFilter): { rowversion: bigint; lastTable: number };
  close(): void;
}

/** No store: everything is gone with the process. */
export const inMemory: Durable = {
  persistent: false,
  write() {},
  load: () => ({ rowversion: 0n, lastTable: 0 }),
  close() {},
};

const FORMAT = 1;
const TABLES = `
CREATE TABLE IF NOT EXISTS tables (id INTEGER PRIMARY KEY, definition TEXT NOT NULL) STRICT;
CREATE TABLE IF NOT EXISTS rows (table_id INTEGER NOT NULL, row_id INTEGER NOT NULL, image TEXT NOT NULL,
  PRIMARY KEY (table_id, row_id)) STRICT, WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID;
`;

/** Opens (or makes) the store in a folder: one SQLite file, one writer. */
export function inFolder(folder: string): Durable {
  mkdirSync(folder, { recursive: true });
  const file = join(folder, "sql.db");
  const db = new DatabaseSync(file);
  // One process owns the file; a second one fails at its start and not at its first commit.
  db.exec("PRAGMA locking_mode = EXCLUSIVE; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;");
  const found = db.prepare("PRAGMA user_version").get() as { user_version: number };
  if (found.user_version > FORMAT)
    throw new Error(
      `${file} has format ${found.user_version}, but this version knows ${FORMAT}: delete the folder or use a newer version.`,
    );
  db.exec(`BEGIN IMMEDIATE; ${TABLES} PRAGMA user_version = ${FORMAT}; COMMIT;`);

  const begin = db.prepare("BEGIN IMMEDIATE");
  const commit = db.prepare("COMMIT");
  const rollback = db.prepare("ROLLBACK");
  const putRow = db.prepare("INSERT OR REPLACE INTO rows (table_id, row_id, image) VALUES (?, ?, ?)");
  const deleteRow = db.prepare("DELETE FROM rows WHERE table_id = ? AND row_id = ?");
  const putTable = db.prepare("INSERT OR REPLACE INTO tables (id, definition) VALUES (?, ?)");
  const deleteTable = db.prepare("DELETE FROM tables WHERE id = ?");
  const deleteRows = db.prepare("DELETE FROM rows WHERE table_id = ?");
  const putMeta = db.prepare("INSERT OR REPLACE INTO meta (key, value) VALUES (?, ?)");
  const allMeta = db.prepare("SELECT key, value FROM meta");
  const allTables = db.prepare("SELECT id, definition FROM tables ORDER BY id");
  const allRows = db.prepare("SELECT row_id AS row, image FROM rows WHERE table_id = ? ORDER BY row_id");

  const writeOne = (transaction: Transaction): void => {
    for (const slot of transaction.touched) {
      if (slot.pending?.owner !== transaction) continue;
      // Temporary tables and table variables have no number.
      if (slot.table.id === 0) continue;
      const { values } = slot.pending;
      if (values === null) deleteRow.run(slot.table.id, slot.id);
      else putRow.run(slot.table.id, slot.id, encodeRow(values));
    }
    for (const table of transaction.definitions)
      if (table.id !== 0 && !transaction.dropped.has(table.id))
        putTable.run(table.id, JSON.stringify(storedTable(table)));
    for (const id of transaction.dropped) {
      deleteTable.run(id);
      deleteRows.run(id);
    }
  };

  return {
    persistent: true,
    write(transactions, { schemas, principals, rowversion, lastTable }) {
      begin.run();
      try {
        for (const transaction of transactions) writeOne(transaction);
        putMeta.run("counters", JSON.stringify({ rowversion: rowversion.toString(), lastTable }));
        if (transactions.some(({ catalogChanged }) => catalogChanged))
          putMeta.run("catalog", JSON.stringify({ schemas: [...schemas], principals }));
        commit.run();
      } catch (error) {
        if (db.isTransaction) rollback.run();
        throw error;
      }
    },
    load(database, compileFilter) {
      // Rows as TABLES declares them (STRICT).
      const meta = new Map(
        (allMeta.all() as { key: string; value: string }[]).map(({ key, value }) => [key, value]),
      );
      const catalog = JSON.parse(meta.get("catalog") ?? "{}") as {
        schemas?: string[];
        principals?: Principal[];
      };
      for (const schema of catalog.schemas ?? []) database.schemas.set(schema.toLowerCase(), schema);
      database.principals.push(...(catalog.principals ?? []));
      const tables: Table[] = [];
      for (const { id, definition } of allTables.all() as { id: number; definition: string }[]) {
        const table = readTable(id, JSON.parse(definition) as StoredTable, compileFilter);
        database.tables.set(`${table.schema}.${table.name}`.toLowerCase(), table);
        tables.push(table);
      }
      for (const table of tables) loadRows(table);
      const counters = JSON.parse(meta.get("counters") ?? "{}") as {
        rowversion?: string;
        lastTable?: number;
      };
      return { rowversion: BigInt(counters.rowversion ?? 0), lastTable: counters.lastTable ?? 0 };
    },
    close: () => db.close(),
  };

  function loadRows(table: Table): void {
    const types = table.columns.map(({ type }) => type);
    for (const { row, image } of allRows.iterate(table.id) as Iterable<{ row: number; image: string }>) {
      const values = decodeRow(image, types);
      const slot = newSlot(table, row);
      slot.newest = { values, commit: 0, older: undefined };
      table.slots.set(row, slot);
      table.nextRow = row + 1;
      addToIndexes(slot, values);
    }
  }
}
