import { DatabaseSync } from "node:sqlite";
import { afterEach, describe, expect, it } from "vitest";
import type { Container } from "./catalog.ts";
import { commitGroup } from "./commit-group.ts";
import { expiryOf, type StoredItem } from "./items.ts";
import { openStore, type Store } from "./store.ts";

const CLEANUP: Array<() => void> = [];
afterEach(() => {
  for (const clean of CLEANUP.splice(0)) clean();
});

function storeWithContainer(): { store: Store; container: Container } {
  const store = openStore(undefined);
  CLEANUP.push(() => store.close());
  const row = { etag: "e", ts: 1 };
  const definition = { id: "c", indexingPolicy: {}, partitionKey: { paths: ["/p"] } };
  const container = store.atomically(() =>
    store.catalog.createContainer(store.catalog.createDatabase({ id: "d", ...row }), { definition, ...row }),
  );
  return { store, container };
}

const item = (id: string, lsn: number, more: Partial<StoredItem> = {}): StoredItem => ({
  pk: '["a"]',
  id,
  rid: id,
  lsn,
  ordinal: 0,
  ts: 100,
  ttl: null,
  expires: null,
  size: 1,
  terms: 0,
  etag: "e",
  body: "{}",
  ...more,
});

const idsOf = (items: Iterable<StoredItem>): string[] => [...items].map(({ id }) => id);

describe("a store's write", () => {
  it("counts only when it succeeds, and leaves nothing behind when it fails", () => {
    const { store, container } = storeWithContainer();
    store.write(container, (lsn) => store.items.put(container.key, item("1", lsn)));
    expect(() =>
      store.write(container, (lsn) => {
        store.items.put(container.key, item("2", lsn));
        throw new Error("third operation");
      }),
    ).toThrow("third operation");
    expect(container.lsn).toBe(1);
    expect(idsOf(store.items.scan(container.key, {}, 0))).toEqual(["1"]);
  });
});

describe("items", () => {
  it("are gone from their second of expiry on, in every read, and can be made anew", () => {
    const { store, container } = storeWithContainer();
    store.items.put(container.key, item("1", 1, { expires: 105 }));
    const { key } = container;
    for (const [second, ids] of [
      [104, ["1"]],
      [105, []],
    ] as const) {
      expect(store.items.get(key, '["a"]', "1", second) === undefined).toBe(ids.length === 0);
      expect(idsOf(store.items.scan(key, {}, second))).toEqual(ids);
      expect(idsOf(store.items.feed(key, { afterLsn: 0 }, second))).toEqual(ids);
    }
    store.items.put(key, item("1", 2));
    expect(idsOf(store.items.scan(key, {}, 105))).toEqual(["1"]);
  });

  it("are removed at most so many at once when they expired", () => {
    const { store, container } = storeWithContainer();
    for (const id of ["1", "2", "3"]) store.items.put(container.key, item(id, 1, { expires: 105 }));
    store.items.put(container.key, item("4", 1, { expires: 106 }));
    expect(store.items.removeExpired(105, 2)).toHaveLength(2);
    expect(store.items.removeExpired(105, 2)).toHaveLength(1);
    expect(store.items.removeExpired(105, 2)).toHaveLength(0);
    expect(idsOf(store.items.scan(container.key, {}, 0))).toEqual(["4"]);
  });

  it("follow a changed default ttl, but for those with one of their own", () => {
    const { store, container } = storeWithContainer();
    store.items.put(container.key, item("default", 1));
    store.items.put(container.key, item("never", 2, { ttl: -1 }));
    store.items.put(container.key, item("own", 3, { ttl: 50 }));
    store.items.setDefaultTtl(container.key, 10);
    expect(idsOf(store.items.scan(container.key, {}, 110))).toEqual(["never", "own"]);
    expect(idsOf(store.items.scan(container.key, {}, 150))).toEqual(["never"]);
    store.items.setDefaultTtl(container.key, undefined);
    expect(idsOf(store.items.scan(container.key, {}, 150))).toEqual(["default", "never", "own"]);
  });

  it("expire by their own ttl before the container's, and only if that has one", () => {
    expect(expiryOf(100, 5, undefined)).toBeNull();
    expect(expiryOf(100, 5, -1)).toBe(105);
    expect(expiryOf(100, null, 7)).toBe(107);
    expect(expiryOf(100, -1, 7)).toBeNull();
    expect(expiryOf(100, null, -1)).toBeNull();
  });

  it("are found by a prefix of the id, whatever characters follow", () => {
    const { store, container } = storeWithContainer();
    for (const id of ["a", "ab", "ab\u{10ffff}z", "ac", "b", "\ud7ff", "\ue000"])
      store.items.put(container.key, item(id, 1));
    expect(idsOf(store.items.scan(container.key, { idPrefix: "ab" }, 0))).toEqual(["ab", "ab\u{10ffff}z"]);
    expect(idsOf(store.items.scan(container.key, { idPrefix: "ab\u{10ffff}" }, 0))).toEqual([
      "ab\u{10ffff}z",
    ]);
    expect(idsOf(store.items.scan(container.key, { idPrefix: "\ud7ff" }, 0))).toEqual(["\ud7ff"]);
    expect(idsOf(store.items.scan(container.key, { idPrefix: "" }, 0))).toHaveLength(7);
  });
});

describe("a commit group", () => {
  it("tells every waiter of a failed commit, undoes memory, and goes on", async () => {
    const database = new DatabaseSync(":memory:");
    CLEANUP.push(() => database.close());
    // A deferred constraint makes COMMIT itself fail, as a full disk would.
    database.exec(
      "PRAGMA foreign_keys = ON; CREATE TABLE parent (k INTEGER PRIMARY KEY); CREATE TABLE child (k INTEGER REFERENCES parent DEFERRABLE INITIALLY DEFERRED)",
    );
    let undone = 0;
    const effects: string[] = [];
    const group = commitGroup(database, () => {
      undone += 1;
    });
    group.atomically(() => database.exec("INSERT INTO child VALUES (1)"));
    group.afterCommit(() => effects.push("never"));
    await expect(group.settled()).rejects.toMatchObject({ status: 503 });
    expect(undone).toBe(1);

    group.atomically(() => database.exec("INSERT INTO parent VALUES (1)"));
    group.afterCommit(() => effects.push("done"));
    expect(effects).toEqual([]);
    await group.settled();
    expect(effects).toEqual(["done"]);
    expect(database.prepare("SELECT count(*) AS n FROM child").get()).toEqual({ n: 0 });
  });
});
