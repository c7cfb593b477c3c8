/** An embedded Azure Cosmos DB for NoSQL account: real protocol, unmodified SDKs, data in one SQLite file. */
export type { CosmosEvent } from "./events.ts";
export { type CosmosOptions, type CosmosServer, startCosmos, WELL_KNOWN_KEY } from "./server.ts";
export type { ShownEvent } from "./shown-event.ts";
