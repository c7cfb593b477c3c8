import type { NodeId } from "../protocol.ts";

/**
 * How servers name what the picture shows: entities, functions, containers, tables. The only file of the map that
 * knows the program's names.
 */

export const endpoints = ["orders", "billing", "marketing"] as const;
export type EndpointName = (typeof endpoints)[number];
export const isEndpoint = (name: string): name is EndpointName =>
  (endpoints as readonly string[]).includes(name);

/** Server processes, each a node that tells whether it runs. */
export const serverNodes = ["host", "serviceBus", "cosmos", "sql"] as const;

export const queues = [...endpoints, "quarantine"] as const;

export const nodes: readonly NodeId[] = [
  "client",
  "frontend",
  "topic:events",
  ...queues.map((name) => `queue:${name}`),
  ...endpoints.flatMap((name) => [`function:${name}`, `store:${name}`]),
  "dispatch",
  "sweep",
  ...serverNodes,
];

const DEAD = "/$deadletterqueue";
const SUBSCRIPTION = /^events\/subscriptions\//;

export const isDeadLetterQueue = (entity: string): boolean => entity.endsWith(DEAD);

/** The place of a queue, subscription, topic or of one's dead letters; undefined: not in the picture. */
export function nodeOfEntity(entity: string): NodeId | undefined {
  const base = entity.toLowerCase().replace(DEAD, "");
  if (base === "events" || SUBSCRIPTION.test(base)) return "topic:events";
  return (queues as readonly string[]).includes(base) ? `queue:${base}` : undefined;
}

/** Who receives from a queue: an endpoint's function; an operator where messages have stopped. */
export const receiverOf = (entity: string): NodeId =>
  isEndpoint(entity) ? `function:${entity}` : "frontend";

/** The place of a function; HTTP functions are one. */
export const nodeOfFunction = (name: string): NodeId =>
  isEndpoint(name) ? `function:${name}` : name === "dispatch" || name === "sweep" ? name : "frontend";

/** The endpoint of a partition of Cosmos DB, such as `["orders:1"]`, and the aggregate in it. */
export function ofPartition(partitionKey: string): { endpoint: EndpointName; aggregate: string } | undefined {
  const value: unknown = JSON.parse(partitionKey)[0];
  if (typeof value !== "string") return undefined;
  const colon = value.indexOf(":");
  const endpoint = value.slice(0, colon);
  return isEndpoint(endpoint) ? { endpoint, aggregate: value.slice(colon + 1) } : undefined;
}

/** The endpoint and kind of a table, such as `billing.Outbox`. */
export function ofTable(table: string): { endpoint: EndpointName; name: string } | undefined {
  const [schema = "", name = ""] = table.split(".");
  return isEndpoint(schema) ? { endpoint: schema, name } : undefined;
}

/** Where a fault struck or is to strike, as near as the picture shows it. */
export function nodeOfPoint(point: { server: string; entity?: unknown; aggregate?: unknown }): NodeId {
  const entity = typeof point.entity === "string" ? point.entity : undefined;
  const aggregate = typeof point.aggregate === "string" ? point.aggregate : "";
  switch (point.server) {
    case "serviceBus":
      return (entity && nodeOfEntity(entity)) ?? "serviceBus";
    case "cosmos": {
      const [endpoint = ""] = aggregate.split(":");
      return isEndpoint(endpoint) ? `store:${endpoint}` : "cosmos";
    }
    case "sql": {
      const table = entity === undefined ? undefined : ofTable(entity);
      return table === undefined ? "sql" : `store:${table.endpoint}`;
    }
    default:
      return entity === undefined ? "host" : nodeOfFunction(entity);
  }
}
