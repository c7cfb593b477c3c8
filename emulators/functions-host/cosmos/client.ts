import { type Container, CosmosClient, ErrorResponse } from "@azure/cosmos";
import { ConfigurationError } from "../config/errors.ts";

export interface CosmosAccount {
  readonly endpoint: string;
  readonly key: string;
}

/** Reads `AccountEndpoint=…;AccountKey=…;`. @throws ConfigurationError naming what is missing */
export function parseAccount(connectionString: string, where: string): CosmosAccount {
  const parts = new Map(
    connectionString.split(";").flatMap((part): [string, string][] => {
      const at = part.indexOf("=");
      return at < 0 ? [] : [[part.slice(0, at).trim().toLowerCase(), part.slice(at + 1).trim()]];
    }),
  );
  const endpoint = parts.get("accountendpoint");
  const key = parts.get("accountkey");
  if (endpoint === undefined || key === undefined || !URL.canParse(endpoint)) {
    throw new ConfigurationError(
      `${where}: the connection string needs AccountEndpoint=<url>;AccountKey=<key>;`,
    );
  }
  return { endpoint, key };
}

export const createCosmosClient = ({ endpoint, key }: CosmosAccount): CosmosClient =>
  new CosmosClient({
    endpoint,
    key,
    connectionPolicy: { enableEndpointDiscovery: false, enableBackgroundEndpointRefreshing: false },
  });

/**
 * How the ids of a container's leases begin, as in .NET: with the resource ids, so that a container made anew
 * starts anew.
 */
export async function leasePrefix(
  prefix: string,
  account: CosmosAccount,
  container: Container,
): Promise<string> {
  const [database, own] = await Promise.all([container.database.read(), container.read()]);
  const rids = [database.resource?._rid, own.resource?._rid].map((rid) => rid?.replaceAll("/", "-"));
  return `${prefix}${new URL(account.endpoint).hostname}_${rids.join("_")}`;
}

export const statusOf = (error: unknown): number | undefined =>
  error instanceof ErrorResponse && typeof error.code === "number" ? error.code : undefined;
