import type { CosmosEvent } from "./events.ts";
import { type Account, secondOf } from "./operations/operation.ts";

const AT_ONCE = 500;

/** What an account holds when it starts, as events. */
export function* restored(account: Account): Generator<Extract<CosmosEvent, { type: "restored" }>> {
  const { catalog, items } = account.store;
  for (const database of catalog.databases()) {
    for (const container of database.containers.values()) {
      const place = { database: database.id, container: container.id };
      let some = [];
      for (const { pk: partitionKey, id, lsn, body } of items.scan(container.key, {}, secondOf(account))) {
        some.push({ ...place, partitionKey, id, lsn, body });
        if (some.length < AT_ONCE) continue;
        yield { type: "restored", items: some };
        some = [];
      }
      if (some.length > 0) yield { type: "restored", items: some };
    }
  }
}
