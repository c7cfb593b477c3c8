import { readFile } from "node:fs/promises";
import { type ContainerDefinition, CosmosClient } from "@azure/cosmos";
import { z } from "zod";

const CosmosTopology = z.object({
  database: z.string(),
  containers: z.array(z.looseObject({ id: z.string() })),
});

/** Creates the database and its containers where they are missing, as the Bicep files do in Azure. */
export async function applyCosmosTopology(connectionString: string, file: string): Promise<void> {
  const { database, containers } = CosmosTopology.parse(JSON.parse(await readFile(file, "utf8")));
  const client = new CosmosClient(connectionString);
  try {
    const created = await client.databases.createIfNotExists({ id: database });
    for (const container of containers) {
      await created.database.containers.createIfNotExists(container as ContainerDefinition);
    }
  } finally {
    client.dispose();
  }
}
