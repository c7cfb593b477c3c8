import { CosmosClient } from "@azure/cosmos";
import { z } from "zod";
import type { StoreView } from "./store-view.ts";

const StateDocument = z.object({ partition: z.string(), state: z.unknown() });

/** What the endpoints keep in Cosmos DB. */
export function cosmosView(connectionString: string): StoreView {
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
    async aggregates() {
      const query = items.query<unknown>("SELECT c.partition, c.state FROM c WHERE c.id = 'state'");
      return (await query.fetchAll()).resources.map((document) => {
        const { partition, state } = StateDocument.parse(document);
        const [endpoint = "", id = ""] = partition.split(":");
        return { endpoint, id, state };
      });
    },
    close: async () => client.dispose(),
  };
}
