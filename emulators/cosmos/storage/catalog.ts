import type { DatabaseSync } from "node:sqlite";
import { type ContainerDefinition, compileDefinition } from "../definition.ts";
import type { IndexingPolicy } from "../indexing.ts";
import { containerRid, databaseRid } from "../rids.ts";

/** A database and its containers, as kept in memory. */
export interface Database {
  readonly key: number;
  readonly id: string;
  readonly rid: string;
  readonly etag: string;
  readonly ts: number;
  readonly containers: Map<string, Container>;
}

/** A container as kept in memory. */
export interface Container {
  readonly key: number;
  readonly id: string;
  readonly rid: string;
  readonly database: Database;
  readonly definition: ContainerDefinition;
  readonly partitionPath: readonly string[];
  readonly indexing: IndexingPolicy;
  readonly etag: string;
  readonly ts: number;
  /** Number of the last committed write: one for each transaction, never used twice. */
  lsn: number;
}

/** The databases and containers: few, looked up by every request, so held in memory beside their tables. */
export interface Catalog {
  databases(): Iterable<Database>;
  database(id: string): Database | undefined;
  createDatabase(row: { id: string; etag: string; ts: number }): Database;
  removeDatabase(database: Database): void;
  createContainer(database: Database, row: ContainerRow): Container;
  replaceContainer(container: Container, row: ContainerRow): Container;
  removeContainer(container: Container): void;
  /** Stores the number of the container's last write. */
  saveLsn(container: Container, lsn: number): void;
  /** Reads all anew from the tables. */
  reload(): void;
}

export interface ContainerRow {
  readonly definition: ContainerDefinition;
  readonly etag: string;
  readonly ts: number;
}

/** Opens the catalog over its tables. */
export function openCatalog(db: DatabaseSync): Catalog {
  const allDatabases = db.prepare("SELECT key, id, etag, ts FROM databases ORDER BY key");
  const allContainers = db.prepare(
    "SELECT key, database, definition, lsn, etag, ts FROM containers ORDER BY key",
  );
  const insertDatabase = db.prepare("INSERT INTO databases (id, etag, ts) VALUES (?, ?, ?)");
  const deleteDatabase = db.prepare("DELETE FROM databases WHERE key = ?");
  const insertContainer = db.prepare(
    "INSERT INTO containers (database, id, definition, lsn, etag, ts) VALUES (?, ?, ?, 0, ?, ?)",
  );
  const updateContainer = db.prepare("UPDATE containers SET definition = ?, etag = ?, ts = ? WHERE key = ?");
  const deleteContainer = db.prepare("DELETE FROM containers WHERE key = ?");
  const deleteItems = db.prepare("DELETE FROM items WHERE container = ?");
  const updateLsn = db.prepare("UPDATE containers SET lsn = ? WHERE key = ?");
  const databases = new Map<string, Database>();

  const keep = (database: Database, key: number, lsn: number, row: ContainerRow): Container => {
    const { definition, etag, ts } = row;
    const container: Container = {
      key,
      id: definition.id,
      rid: containerRid(database.key, key),
      database,
      etag,
      ts,
      lsn,
      ...compileDefinition(definition),
    };
    database.containers.set(container.id, container);
    return container;
  };

  const catalog: Catalog = {
    databases: () => databases.values(),
    database: (id) => databases.get(id),
    createDatabase({ id, etag, ts }) {
      const key = Number(insertDatabase.run(id, etag, ts).lastInsertRowid);
      const database = { key, id, rid: databaseRid(key), etag, ts, containers: new Map() };
      databases.set(id, database);
      return database;
    },
    removeDatabase(database) {
      for (const container of database.containers.values()) catalog.removeContainer(container);
      deleteDatabase.run(database.key);
      databases.delete(database.id);
    },
    createContainer(database, row) {
      const { definition, etag, ts } = row;
      const inserted = insertContainer.run(database.key, definition.id, JSON.stringify(definition), etag, ts);
      return keep(database, Number(inserted.lastInsertRowid), 0, row);
    },
    replaceContainer(container, row) {
      updateContainer.run(JSON.stringify(row.definition), row.etag, row.ts, container.key);
      return keep(container.database, container.key, container.lsn, row);
    },
    removeContainer(container) {
      deleteItems.run(container.key);
      deleteContainer.run(container.key);
      container.database.containers.delete(container.id);
    },
    saveLsn: (container, lsn) => void updateLsn.run(lsn, container.key),
    reload() {
      databases.clear();
      const byKey = new Map<number, Database>();
      // Rows as schema.ts declares them (its tables are STRICT).
      for (const row of allDatabases.all() as unknown as Array<Omit<Database, "rid" | "containers">>) {
        const database = { ...row, rid: databaseRid(row.key), containers: new Map<string, Container>() };
        databases.set(row.id, database);
        byKey.set(row.key, database);
      }
      for (const row of allContainers.all() as unknown as StoredContainer[]) {
        const database = byKey.get(row.database);
        const definition = JSON.parse(row.definition) as ContainerDefinition;
        if (database !== undefined)
          keep(database, row.key, row.lsn, { definition, etag: row.etag, ts: row.ts });
      }
    },
  };
  catalog.reload();
  return catalog;
}

interface StoredContainer {
  readonly key: number;
  readonly database: number;
  readonly definition: string;
  readonly lsn: number;
  readonly etag: string;
  readonly ts: number;
}
