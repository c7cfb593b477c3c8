import { CosmosClient } from "@azure/cosmos";
import { type Found, foundOf } from "./found.ts";

/** The store, read from outside. */
export interface StoreView {
  /** Messages that an endpoint has still to send. */
  unsent(): Promise<number>;
  /** Messages that were handled: each leaves an inbox record. */
  handled(): Promise<number>;
  found(prefix: string): Promise<Found>;
  close(): void;
}

export function openStore(connectionString: string): StoreView {
  const client = new CosmosClient(connectionString);
  const { items } = client.database("pierogi").container("endpoints");
  const countOf = async (prefix: string): Promise<number> => {
    const query = items.query<number>({
      query: "SELECT VALUE COUNT(1) FROM c WHERE STARTSWITH(c.id, @prefix)",
      parameters: [{ name: "@prefix", value: prefix }],
    });
    return (await query.fetchAll()).resources.reduce((sum, count) => sum + count, 0);
  };
  return {
    unsent: () => countOf("outbox:"),
    handled: () => countOf("inbox:"),
    async found(prefix) {
      const query = items.query<unknown>("SELECT c.partition, c.state FROM c WHERE c.id = 'state'");
      return foundOf((await query.fetchAll()).resources, prefix);
    },
    close: () => client.dispose(),
  };
}
