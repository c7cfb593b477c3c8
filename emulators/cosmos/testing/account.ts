import {
  type Container,
  type ContainerDefinition,
  CosmosClient,
  type CosmosClientOptions,
} from "@azure/cosmos";
import { type CosmosOptions, type CosmosServer, startCosmos } from "../index.ts";

/** An indexing policy that indexes nothing, as the program's own container has. */
export const LEAN = { includedPaths: [], excludedPaths: [{ path: "/*" }] };

/** A server with one container, for a test. */
export interface TestAccount {
  readonly server: CosmosServer;
  readonly client: CosmosClient;
  readonly container: Container;
  /** Moves the server's clock on. */
  pass(seconds: number): void;
  close(): Promise<void>;
}

/** Starts a server with the database `db` and the container `items` (partition key /p). */
export async function startAccount(
  definition: Partial<ContainerDefinition> = {},
  options: CosmosOptions = {},
): Promise<TestAccount> {
  let passed = 0;
  const server = await startCosmos({ now: () => Date.now() + passed, ...options });
  const client = clientOf(server);
  const { database } = await client.databases.createIfNotExists({ id: "db" });
  const { container } = await database.containers.createIfNotExists({
    id: "items",
    partitionKey: { paths: ["/p"] },
    ...definition,
  });
  return {
    server,
    client,
    container,
    pass: (seconds) => {
      passed += seconds * 1000;
    },
    close: async () => {
      client.dispose();
      await server.close();
    },
  };
}

/** An unmodified client for a server. */
export const clientOf = (
  { endpoint, key }: Pick<CosmosServer, "endpoint" | "key">,
  options: Partial<CosmosClientOptions> = {},
): CosmosClient => new CosmosClient({ endpoint, key, ...options });

/** What a call of the SDK failed with. */
export async function failureOf(
  call: Promise<unknown>,
): Promise<{ code: unknown; substatus: unknown; message: string }> {
  try {
    await call;
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    const { code, substatus, message } = error as Error & { code?: unknown; substatus?: unknown };
    return { code, substatus, message };
  }
  throw new Error("The call succeeded, but should have failed.");
}
