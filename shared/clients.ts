import { CosmosClient, type CosmosClientOptions } from "@azure/cosmos";
import { ServiceBusClient } from "@azure/service-bus";
import type { Connection } from "./config.ts";
import type { SqlConnection } from "./sql-settings.ts";
import { type SqlClient, sqlClient } from "./stores/sql/client.ts";

/** Loaded when it is needed: locally it is not, and it is the largest of the SDKs. */
async function credential(clientId: string | undefined) {
  const { DefaultAzureCredential } = await import("@azure/identity");
  return new DefaultAzureCredential(clientId === undefined ? {} : { managedIdentityClientId: clientId });
}

/**
 * The core retries by itself, longer than an SDK would (8): the SDK's own tries only smooth a lost connection. A send
 * whose connection is lost ends by the time-out alone, which must leave an HTTP request time for another try.
 */
export async function serviceBusClient(connection: Connection): Promise<ServiceBusClient> {
  const options = { retryOptions: { maxRetries: 1, timeoutInMs: 10_000, retryDelayInMs: 500 } };
  if (connection.kind === "connection string") return new ServiceBusClient(connection.value, options);
  return new ServiceBusClient(connection.address, await credential(connection.clientId), options);
}

/** Session consistency is what the fence of the store needs (rule 5). */
export async function cosmosClient(connection: Connection): Promise<CosmosClient> {
  const options: CosmosClientOptions = {
    consistencyLevel: "Session",
    connectionPolicy: {
      requestTimeout: 10_000,
      enableBackgroundEndpointRefreshing: false,
      retryOptions: { maxRetryAttemptCount: 2, fixedRetryIntervalInMilliseconds: 0, maxWaitTimeInSeconds: 5 },
    },
  };
  if (connection.kind === "connection string")
    return new CosmosClient({ ...options, connectionString: connection.value });
  const aadCredentials = await credential(connection.clientId);
  return new CosmosClient({ ...options, endpoint: connection.address, aadCredentials });
}

/** Connects with the first statement, and loads its driver only then. */
export async function sqlServerClient(connection: SqlConnection): Promise<SqlClient> {
  if (connection.kind === "connection string") return sqlClient({ connectionString: connection.value });
  const { server, database, clientId } = connection;
  return sqlClient({ server, database, credential: await credential(clientId) });
}
