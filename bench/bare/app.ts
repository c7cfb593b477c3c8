import { randomUUID } from "node:crypto";
import process from "node:process";
import { cosmosClient, serviceBusClient } from "../../shared/clients.ts";
import { readConfig } from "../../shared/config.ts";
import { silent } from "../../shared/exactly-once/telemetry.ts";
import { answeringAll, type HttpHandler } from "../../shared/frontend/http.ts";
import { ordersApi } from "../../shared/frontend/orders-api.ts";
import { addressOf } from "../../shared/messaging/address.ts";
import { publisher } from "../../shared/messaging/publisher.ts";
import { operationsApi } from "../../shared/operations/operations-api.ts";
import { operatorOf } from "../../shared/operations/operator.ts";
import { billing } from "../../shared/pierogi/billing.ts";
import { marketing } from "../../shared/pierogi/marketing.ts";
import { orders } from "../../shared/pierogi/orders.ts";
import { partitionOf } from "../../shared/stores/cosmos/documents.ts";
import { bareHandler, type Means, readState } from "./handler.ts";

/*
 * Another composition root for the same functions: built in the place of shared/app.ts, it makes of them the program
 * that exactly-once is compared with.
 */

const config = readConfig({ ...process.env, BILLING_STORE: "cosmos" });
if (config.cosmos === undefined) throw new Error("the bare program keeps everything in Cosmos DB");
const serviceBus = await serviceBusClient(config.serviceBus);
const container = (await cosmosClient(config.cosmos)).database("pierogi").container("endpoints");
const now = Date.now;
const { publish } = publisher(serviceBus, now, randomUUID);
const means: Means = { container, publish, newId: randomUUID, now };

const failed = (what: string, error: unknown): void => console.error(`failed    ${what}: ${String(error)}`);
const answered = <Name extends string>(handlers: Record<Name, HttpHandler>) =>
  answeringAll(handlers, silent, failed);

const stateOf = (endpoint: string) => ({
  state: async ({ id }: { readonly id: string }) =>
    (await readState(container, partitionOf({ endpoint, id })))?.state,
});

export const program = {
  endpoints: {
    orders: { receive: bareHandler(orders, means) },
    billing: { receive: bareHandler(billing, means) },
    marketing: { receive: bareHandler(marketing, means) },
  },
  frontend: answered(
    ordersApi({
      address: addressOf,
      stores: {
        orders: stateOf("orders"),
        billing: stateOf("billing"),
        marketing: stateOf("marketing"),
      },
      requests: {
        /** Sends; who asks twice is heard twice. */
        async submit({ command }) {
          await publish([{ ...command, id: randomUUID(), createdAt: now() }]);
          return { status: "accepted" };
        },
        /** Nothing was written down that could tell. */
        status: async () => ({ status: "unknown" }),
      },
    }),
  ),
  operations:
    config.operations.auth === "local"
      ? answered(operationsApi(operatorOf(serviceBus, { now, newId: randomUUID }), config.operations.token))
      : undefined,
  dispatch: undefined,
  sweep: async () => {},
  end: async () => {},
};
