import { cosmosClient, sqlServerClient } from "../clients.ts";
import type { Config, StoreKind } from "../config.ts";
import type { EndpointName } from "../endpoints.ts";
import type { Store, Surroundings } from "../exactly-once/contracts.ts";
import { cosmosStore } from "./cosmos/cosmos.ts";
import { billingTables } from "./sql/billing-tables.ts";
import { sqlStore } from "./sql/sql.ts";
import { jsonState } from "./sql/tables.ts";

/** Told of each request to a store. */
type Requested = (store: string, step: string, requestUnits?: number) => void;
type Failed = (what: string, error: unknown) => void;

export interface Stores {
  /** Each endpoint's. */
  readonly of: Readonly<Record<EndpointName, Store>>;
  /** Every store that is open, for the sweeper. */
  readonly all: readonly Store[];
  /** The one with a change feed; undefined where no endpoint uses it. */
  readonly cosmos: Store | undefined;
  /** Deletes what is past its time where a store does not do so by itself. */
  cleanUp(): Promise<void>;
}

/**
 * Opens the stores that the endpoints use, and no other. Each knows all endpoints, so that what one had left unsent
 * in a store is sent also after its endpoint was moved to the other.
 */
export async function openStores(
  { stores, cosmos: cosmosConnection, sql: sqlConnection }: Pick<Config, "stores" | "cosmos" | "sql">,
  surroundings: Pick<Surroundings, "sleep">,
  failed: Failed,
  requested: Requested,
): Promise<Stores> {
  const cosmos = cosmosConnection && (await openCosmos(cosmosConnection));
  const sql = sqlConnection && (await openSql(sqlConnection));
  const opened: Readonly<Record<StoreKind, Store | undefined>> = { cosmos, sql };

  async function openCosmos(connection: NonNullable<Config["cosmos"]>): Promise<Store> {
    const client = await cosmosClient(connection);
    const container = client.database("pierogi").container("endpoints");
    return cosmosStore({
      container,
      surroundings,
      failed,
      observe: (step, requestUnits) => requested("azure.cosmosdb", step, requestUnits),
    });
  }

  async function openSql(connection: NonNullable<Config["sql"]>) {
    const client = await sqlServerClient(connection);
    const tables = {
      orders: jsonState("orders"),
      billing: billingTables,
      marketing: jsonState("marketing"),
    };
    return sqlStore({
      client,
      tables,
      surroundings,
      failed,
      observe: (step) => requested("microsoft.sql_server", step),
    });
  }

  function storeOf(endpoint: EndpointName): Store {
    const store = opened[stores[endpoint]];
    if (store === undefined)
      throw new Error(`${endpoint} is on ${stores[endpoint]}, which is not configured`);
    return store;
  }

  return {
    of: { orders: storeOf("orders"), billing: storeOf("billing"), marketing: storeOf("marketing") },
    all: [cosmos, sql].filter((store) => store !== undefined),
    cosmos,
    async cleanUp() {
      await sql?.cleanUp().catch((error: unknown) => failed("clean-up", error));
    },
  };
}
