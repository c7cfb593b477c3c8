import { expect, it } from "vitest";
import { removeExpired } from "./cleaner.ts";
import type { CosmosEvent } from "./events.ts";
import { openStore } from "./storage/store.ts";

it("removes what has expired and tells of it, once it is durable", async () => {
  const store = openStore(undefined);
  const row = { etag: "e", ts: 1 };
  const definition = { id: "c", indexingPolicy: {}, partitionKey: { paths: ["/p"] } };
  const { key } = store.atomically(() =>
    store.catalog.createContainer(store.catalog.createDatabase({ id: "d", ...row }), { definition, ...row }),
  );
  const item = {
    pk: '["a"]',
    rid: "r",
    lsn: 1,
    ordinal: 0,
    ts: 0,
    ttl: 5,
    size: 1,
    terms: 0,
    etag: "e",
    body: "{}",
  };
  store.items.put(key, { ...item, id: "old", expires: 5 });
  store.items.put(key, { ...item, id: "young", expires: 7 });

  const events: CosmosEvent[] = [];
  const account = { store, now: () => 6_999, emit: (event: CosmosEvent) => events.push(event) };
  expect(removeExpired(account)).toBe(1);
  expect(events).toEqual([]);
  await store.settled();
  expect(events).toEqual([
    { type: "expired", database: "d", container: "c", partitionKey: '["a"]', id: "old" },
  ]);
  expect(removeExpired(account)).toBe(0);
  store.close();
});
