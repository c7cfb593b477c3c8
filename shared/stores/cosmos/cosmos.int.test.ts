import { setTimeout as sleep } from "node:timers/promises";
import { type Container, CosmosClient } from "@azure/cosmos";
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from "vitest";
import { type CosmosServer, startCosmos } from "../../../emulators/cosmos/index.ts";
import { during, noFaults, plan } from "../../../emulators/faults/index.ts";
import topology from "../../../infra/topology/cosmos.json" with { type: "json" };
import type { Store } from "../../exactly-once/contracts.ts";
import { cosmosStore } from "./cosmos.ts";

/** What this store does beyond the contract's suite, on the embedded account. */

let server: CosmosServer;
let client: CosmosClient;
let container: Container;
let store: Store;
let failures: string[];
let aggregates = 0;

beforeAll(async () => {
  server = await startCosmos({});
  client = new CosmosClient(server.connectionString);
  const { database } = await client.databases.createIfNotExists({ id: topology.database });
  for (const each of topology.containers) await database.containers.createIfNotExists(each as object);
  container = database.container("endpoints");
});
beforeEach(() => {
  failures = [];
  store = cosmosStore({
    container,
    surroundings: { sleep: (milliseconds) => sleep(milliseconds) },
    failed: (what, error) => void failures.push(`${what}: ${error}`),
  });
});
afterEach(() => server.faults.setPlan(noFaults));
afterAll(async () => {
  client.dispose();
  await server.close();
});

/** Commits a message that has one to send. @returns how to name its item */
async function unsent() {
  const aggregate = { endpoint: "orders", id: `a${aggregates++}` };
  const told = { id: "o1", type: "Told", schema: 1, createdAt: 42, destination: "events", body: "{}" };
  const result = await store.commit(aggregate, {
    messageId: "m1",
    record: { createdAt: 42, outcome: { status: "accepted" } },
    state: { schema: 1, value: null },
    outgoing: [told],
    deadline: Number.POSITIVE_INFINITY,
    keepRecordFor: 60_000,
  });
  expect(result).toBe("committed");
  return { aggregate, messageId: "m1" };
}

async function pendingIds(): Promise<string[]> {
  const found: string[] = [];
  const tomorrow = Date.now() + 86_400_000;
  for await (const page of store.pending({ since: tomorrow, until: tomorrow }, 1))
    found.push(...page.map(({ aggregate }) => aggregate.id));
  return found;
}

it("an outbox item that can't be read is told, and does not keep those behind it from being sent", async () => {
  await container.items.create({ id: "outbox:m0", partition: "orders:a", schema: 99, outgoing: [] });
  const { aggregate } = await unsent();
  expect(await pendingIds()).toContain(aggregate.id);
  expect(failures).toEqual([expect.stringContaining("outbox:m0")]);
  await container.item("outbox:m0", "orders:a").delete();
});

it("a removal that is refused is told, and the item is still pending; one of what is gone is no failure", async () => {
  const item = await unsent();
  server.faults.setPlan(plan(1, during("cosmos", "delete").times("always").refuse(403)));
  store.remove([item]);
  await store.flush();
  expect(failures).toEqual([expect.stringMatching(/delete of outbox:m1: .*403/)]);
  expect(await pendingIds()).toContain(item.aggregate.id);

  server.faults.setPlan(noFaults);
  store.remove([item]);
  await store.flush();
  store.remove([item]);
  await store.flush();
  expect(failures).toHaveLength(1);
  expect(await pendingIds()).not.toContain(item.aggregate.id);
});
