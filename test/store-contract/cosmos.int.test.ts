import { setTimeout as sleep } from "node:timers/promises";
import { CosmosClient } from "@azure/cosmos";
import { afterAll, beforeAll, vi } from "vitest";
import { type CosmosServer, startCosmos } from "../../emulators/cosmos/index.ts";
import topology from "../../infra/topology/cosmos.json" with { type: "json" };
import { cosmosStore } from "../../shared/stores/cosmos/cosmos.ts";
import type { StoreStep } from "../../shared/stores/steps.ts";
import { type LossyProxy, lossyProxy } from "../support/lossy-proxy.ts";
import { type StoreUnderTest, storeContract } from "./suite.ts";

let server: CosmosServer;
let proxy: LossyProxy;

beforeAll(async () => {
  // Client and server read one clock, so that moving it does not outdate the requests' signatures.
  vi.useFakeTimers({ toFake: ["Date"] });
  server = await startCosmos({});
  proxy = await lossyProxy(server.port);
  const client = new CosmosClient(server.connectionString);
  const { database } = await client.databases.createIfNotExists({ id: topology.database });
  for (const container of topology.containers)
    await database.containers.createIfNotExists(container as object);
  client.dispose();
});

afterAll(async () => {
  await proxy.close();
  await server.close();
  vi.useRealTimers();
});

const warmUp = {
  messageId: "warm-up",
  record: { createdAt: 0, outcome: { status: "accepted" } },
  state: { schema: 1, value: null },
  outgoing: [],
  deadline: Number.POSITIVE_INFINITY,
  keepRecordFor: 1000,
} as const;

async function open(): Promise<StoreUnderTest> {
  const steps: StoreStep[] = [];
  const client = new CosmosClient({
    endpoint: `http://127.0.0.1:${proxy.port}/`,
    key: server.key,
    consistencyLevel: "Session",
  });
  const store = cosmosStore({
    container: client.database(topology.database).container("endpoints"),
    surroundings: { sleep: (milliseconds) => sleep(milliseconds) },
    failed: (what, error) => {
      throw new Error(what, { cause: error });
    },
    observe: (step) => steps.push(step),
  });
  // What the SDK asks once per client (account, container, its partition key) must not be what a test disturbs or counts.
  const aggregate = { endpoint: "orders", id: "warm-up" };
  await store.commit(aggregate, warmUp);
  await store.createRequest(aggregate, "warm-up", { hash: "h", createdAt: 0 }, 1000);
  steps.length = 0;
  return {
    store,
    takeSteps: () => steps.splice(0),
    takeTurns: proxy.takeTurns,
    loseNextCommitAnswer: proxy.loseNextAnswer,
    now: Date.now,
    advance: (milliseconds) => void vi.setSystemTime(Date.now() + milliseconds),
    async close() {
      await store.flush();
      client.dispose();
    },
  };
}

storeContract("the Cosmos store", open);
