import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";

const VERSION = 1;

const TABLES = `
CREATE TABLE databases (
  key INTEGER PRIMARY KEY AUTOINCREMENT,
  id TEXT NOT NULL UNIQUE,
  etag TEXT NOT NULL,
  ts INTEGER NOT NULL
) STRICT;
CREATE TABLE containers (
  key INTEGER PRIMARY KEY AUTOINCREMENT,
  database INTEGER NOT NULL,
  id TEXT NOT NULL,
  definition TEXT NOT NULL,
  lsn INTEGER NOT NULL,
  etag TEXT NOT NULL,
  ts INTEGER NOT NULL,
  UNIQUE (database, id)
) STRICT;
CREATE TABLE items (
  container INTEGER NOT NULL,
  pk TEXT NOT NULL,
  id TEXT NOT NULL,
  rid TEXT NOT NULL,
  lsn INTEGER NOT NULL,
  ordinal INTEGER NOT NULL,
  ts INTEGER NOT NULL,
  ttl INTEGER,
  expires INTEGER,
  size INTEGER NOT NULL,
  terms INTEGER NOT NULL,
  etag TEXT NOT NULL,
  body TEXT NOT NULL
) STRICT;
CREATE UNIQUE INDEX items_by_key ON items (container, pk, id);
CREATE INDEX items_by_id ON items (container, id, pk);
CREATE INDEX items_by_change ON items (container, lsn, ordinal);
CREATE INDEX items_by_expiry ON items (expires) WHERE expires IS NOT NULL;
PRAGMA user_version = ${VERSION};
`;

/**
 * Opens the data file in a folder (made if missing), or a database in memory without one.
 * Throws if another process has it open, or if its version is not this program's.
 */
export function openDatabase(dataFolder: string | undefined): DatabaseSync {
  if (dataFolder !== undefined) mkdirSync(dataFolder, { recursive: true });
  const file = dataFolder === undefined ? ":memory:" : join(dataFolder, "cosmos.sqlite");
  const database = new DatabaseSync(file);
  try {
    // Exclusive: a second server on the same file would not see this one's cached catalog.
    // FULL: acknowledged means on disk, not only handed to the operating system.
    database.exec("PRAGMA locking_mode = EXCLUSIVE; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;");
    const version = database.prepare("PRAGMA user_version").get()?.["user_version"];
    if (version === 0) database.exec(`BEGIN; ${TABLES} COMMIT;`);
    else if (version !== VERSION)
      throw new Error(
        `it has version ${version}, and this server reads version ${VERSION}; delete it to begin anew`,
      );
    return database;
  } catch (cause) {
    database.close();
    const reason = cause instanceof Error ? cause.message : String(cause);
    const locked = reason.includes("locked") ? " (another server has it open)" : "";
    throw new Error(`Cannot use ${file}: ${reason}${locked}`, { cause });
  }
}
