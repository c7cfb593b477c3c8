import type { DatabaseSync, SQLInputValue } from "node:sqlite";
import type { PartitionKey } from "../partition-key.ts";

/** One item as stored. */
export interface StoredItem {
  readonly pk: PartitionKey;
  readonly id: string;
  readonly rid: string;
  /** Number of the write that made this version; the operations of one batch share it. */
  readonly lsn: number;
  /** Place within that batch. */
  readonly ordinal: number;
  /** Seconds since 1970. */
  readonly ts: number;
  /** The item's own ttl in seconds, or null. */
  readonly ttl: number | null;
  /** Second since 1970 from which the item is gone, or null. */
  readonly expires: number | null;
  /** Bytes of the item's JSON without the system properties. */
  readonly size: number;
  /** Scalars that the indexing policy indexes. */
  readonly terms: number;
  readonly etag: string;
  /** JSON text with the system properties. */
  readonly body: string;
}

/** Where a scan goes: all of a container, one partition, ids from a prefix on; and where it goes on. */
export interface Scan {
  readonly pk?: PartitionKey | undefined;
  readonly idPrefix?: string | undefined;
  readonly after?: { readonly pk: PartitionKey; readonly id: string } | undefined;
}

/** Where a change feed read begins and what it is about. */
export interface FeedScan {
  readonly afterLsn: number;
  readonly pk?: PartitionKey | undefined;
  /** Only versions written in this second (since 1970) or later. */
  readonly since?: number | undefined;
}

/** Every read takes the second it happens in, and sees nothing that has expired by then. */
export interface ItemTable {
  get(container: number, pk: PartitionKey, id: string, second: number): StoredItem | undefined;
  put(container: number, item: StoredItem): void;
  remove(container: number, pk: PartitionKey, id: string): void;
  scan(container: number, scan: Scan, second: number): Iterable<StoredItem>;
  feed(container: number, feed: FeedScan, second: number): Iterable<StoredItem>;
  /** Sets anew when each item expires, after the container's default changed. */
  setDefaultTtl(container: number, defaultTtl: number | undefined): void;
  /** Deletes at most `limit` expired items; returns what they were. */
  removeExpired(second: number, limit: number): Array<{ container: number; pk: string; id: string }>;
}

const COLUMNS = "pk, id, rid, lsn, ordinal, ts, ttl, expires, size, terms, etag, body";
const ALIVE = "(expires IS NULL OR expires > ?)";

/** The second from which an item is gone (null: never), by its own ttl and the container's default. */
export function expiryOf(ts: number, ttl: number | null, defaultTtl: number | undefined): number | null {
  if (defaultTtl === undefined) return null;
  const effective = ttl ?? defaultTtl;
  return effective === -1 ? null : ts + effective;
}

/** The least text (by code points, as SQLite compares) that is greater than all that begin with the prefix. */
function prefixEnd(prefix: string): string | undefined {
  const points = [...prefix].map((character) => character.codePointAt(0) ?? 0);
  while (points.at(-1) === 0x10ffff) points.pop();
  const last = points.pop();
  if (last === undefined) return undefined;
  // The code points of surrogates are no characters.
  return String.fromCodePoint(...points, last === 0xd7ff ? 0xe000 : last + 1);
}

/** Opens the items over their table. */
export function openItems(db: DatabaseSync): ItemTable {
  const get = db.prepare(
    `SELECT ${COLUMNS} FROM items WHERE container = ? AND pk = ? AND id = ? AND ${ALIVE}`,
  );
  const put = db.prepare(
    `INSERT INTO items (container, ${COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
     ON CONFLICT (container, pk, id) DO UPDATE SET rid = excluded.rid, lsn = excluded.lsn, ordinal = excluded.ordinal,
       ts = excluded.ts, ttl = excluded.ttl, expires = excluded.expires, size = excluded.size,
       terms = excluded.terms, etag = excluded.etag, body = excluded.body`,
  );
  const remove = db.prepare("DELETE FROM items WHERE container = ? AND pk = ? AND id = ?");
  const setExpiry = db.prepare(
    `UPDATE items SET expires = CASE WHEN ?2 IS NULL OR coalesce(ttl, ?2) = -1 THEN NULL ELSE ts + coalesce(ttl, ?2) END
     WHERE container = ?1`,
  );
  const removeExpired = db.prepare(
    `DELETE FROM items WHERE rowid IN (SELECT rowid FROM items WHERE expires <= ? LIMIT ?) RETURNING container, pk, id`,
  );

  // Scans differ in their conditions; SQLite compiles each form once.
  const prepared = new Map<string, ReturnType<DatabaseSync["prepare"]>>();
  const iterate = (where: string[], order: string, values: SQLInputValue[]): Iterable<StoredItem> => {
    const text = `SELECT ${COLUMNS} FROM items WHERE ${where.join(" AND ")} ORDER BY ${order}`;
    let statement = prepared.get(text);
    if (statement === undefined) {
      statement = db.prepare(text);
      prepared.set(text, statement);
    }
    // Rows as schema.ts declares them (its tables are STRICT).
    return statement.iterate(...values) as unknown as Iterable<StoredItem>;
  };

  return {
    get: (container, pk, id, second) =>
      get.get(container, pk, id, second) as unknown as StoredItem | undefined,
    put(container, item) {
      const { pk, id, rid, lsn, ordinal, ts, ttl, expires, size, terms, etag, body } = item;
      put.run(container, pk, id, rid, lsn, ordinal, ts, ttl, expires, size, terms, etag, body);
    },
    remove: (container, pk, id) => void remove.run(container, pk, id),
    scan(container, { pk, idPrefix, after }, second) {
      const where = ["container = ?", ALIVE];
      const values: SQLInputValue[] = [container, second];
      if (pk !== undefined) {
        where.push("pk = ?");
        values.push(pk);
      }
      if (idPrefix !== undefined) {
        where.push("id >= ?");
        values.push(idPrefix);
        const end = prefixEnd(idPrefix);
        if (end !== undefined) {
          where.push("id < ?");
          values.push(end);
        }
      }
      const byId = idPrefix !== undefined;
      if (after !== undefined) {
        where.push(byId ? "(id, pk) > (?, ?)" : "(pk, id) > (?, ?)");
        values.push(...(byId ? [after.id, after.pk] : [after.pk, after.id]));
      }
      return iterate(where, byId ? "id, pk" : "pk, id", values);
    },
    feed(container, { afterLsn, pk, since }, second) {
      const where = ["container = ?", "lsn > ?", ALIVE];
      const values: SQLInputValue[] = [container, afterLsn, second];
      if (pk !== undefined) {
        where.push("pk = ?");
        values.push(pk);
      }
      if (since !== undefined) {
        where.push("ts >= ?");
        values.push(since);
      }
      return iterate(where, "lsn, ordinal", values);
    },
    setDefaultTtl: (container, defaultTtl) => void setExpiry.run(container, defaultTtl ?? null),
    removeExpired: (second, limit) =>
      removeExpired.all(second, limit) as unknown as Array<{ container: number; pk: string; id: string }>,
  };
}
