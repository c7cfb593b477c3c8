import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { type Container, CosmosClient } from "@azure/cosmos";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type CosmosServer, startCosmos } from "../../cosmos/index.ts";
import { type FunctionsHost, startFunctionsHost } from "../index.ts";
import { createGate, type Gate } from "../testing/gate.ts";
import { createRecorder, type Recorder } from "../testing/recorder.ts";
import type { Lease } from "./lease.ts";

const APP = fileURLToPath(new URL("../fixtures/cosmos", import.meta.url));

interface Report {
  readonly ids: readonly string[];
  readonly attempt: number;
  readonly retry: { readonly exception?: { readonly message?: string } } | null;
}

let dataFolder: string;
let server: CosmosServer;
let client: CosmosClient;
let items: Container;
let leases: Container;
let recorder: Recorder;
let gate: Gate;
let host: FunctionsHost | undefined;

const connect = async (): Promise<void> => {
  client = new CosmosClient(server.connectionString);
  const { database } = await client.databases.createIfNotExists({ id: "db" });
  ({ container: items } = await database.containers.createIfNotExists({ id: "items", partitionKey: "/id" }));
  leases = database.container("leases");
};

beforeEach(async () => {
  dataFolder = await mkdtemp(join(tmpdir(), "functions-host-"));
  server = await startCosmos({ port: 0, dataFolder });
  await connect();
  recorder = createRecorder();
  gate = await createGate();
});

afterEach(async () => {
  gate.open();
  await host?.close();
  host = undefined;
  client.dispose();
  await server.close();
  await gate.close();
  await rm(dataFolder, { recursive: true, maxRetries: 5 });
});

const start = async (instances = 1): Promise<FunctionsHost> => {
  host = await startFunctionsHost({
    appFolder: APP,
    instances,
    settings: { Cosmos: server.connectionString },
    onEvent: recorder.onEvent,
    onLog: recorder.onLog,
  });
  return host;
};
const reports = (name: string): Report[] => recorder.reports<Report>(name);
const delivered = (name: string): string[] => reports(name).flatMap(({ ids }) => ids);
const batches = (name: string, action: string): number =>
  recorder.events.filter(
    (event) => event.type === "batch" && event.functionName === name && event.action === action,
  ).length;
const leaseOf = async (name: string): Promise<Lease> => {
  const { resources } = await leases.items
    .query<Lease>({
      query: "SELECT * FROM c WHERE STARTSWITH(c.id, @p)",
      parameters: [{ name: "@p", value: `${name}-` }],
    })
    .fetchAll();
  const [lease] = resources;
  if (lease === undefined) throw new Error(`There is no lease of ${name}`);
  return lease;
};

describe("a change", () => {
  it("reaches each function once, and not again after a restart", async () => {
    await items.items.create({ id: "a" });
    const { close } = await start();
    await recorder.until(
      () => batches("bare", "checkpointed") === 1 && batches("retried", "checkpointed") === 1,
    );
    await items.items.create({ id: "b" });
    await recorder.until(() => batches("bare", "checkpointed") === 2);
    await close();
    await items.items.create({ id: "c" });
    await start();
    await recorder.until(() => delivered("bare").includes("c") && delivered("retried").includes("c"));
    expect(delivered("bare")).toEqual(["a", "b", "c"]);
    expect(delivered("retried")).toEqual(["a", "b", "c"]);
  });

  it("comes in batches of at most maxItemsPerInvocation", async () => {
    const ids = Array.from({ length: 25 }, (_, n) => `item-${n}`);
    for (const id of ids) await items.items.create({ id });
    await start();
    await recorder.until(() => delivered("bare").length === 25);
    expect(reports("bare").map((report) => report.ids.length)).toEqual([10, 10, 5]);
    expect(delivered("bare")).toEqual(ids);
  });
});

describe("a function that fails", () => {
  it("loses the batch when it has no retry policy", async () => {
    await items.items.create({ id: "bad", fail: 2 });
    await start();
    await recorder.until(() => batches("bare", "skipped") === 1);
    await items.items.create({ id: "good" });
    await recorder.until(() => batches("bare", "checkpointed") === 1);
    expect(delivered("bare")).toEqual(["bad", "good"]);
  });

  it("gets the batch again, knowing what went wrong, with one", async () => {
    await items.items.create({ id: "bad", fail: 3 });
    await start();
    await recorder.until(() => batches("retried", "checkpointed") === 1);
    expect(reports("retried").map(({ attempt }) => attempt)).toEqual([1, 2, 3]);
    expect(reports("retried")[2]?.retry).toMatchObject({
      retryCount: 2,
      maxRetryCount: -1,
      exception: { message: "attempt 2 is told to fail" },
    });
  });

  it("gets it after a restart when the host stops between the attempts", async () => {
    await items.items.create({ id: "bad", fail: 1_000_000 });
    const { close } = await start();
    await recorder.until(() => reports("retried").length > 2);
    await close();
    expect(await leaseOf("retried")).toMatchObject({ Owner: null, ContinuationToken: null });
  });

  it("has its batch tried again when the worker dies", async () => {
    await items.items.create({ id: "slow", gate: gate.url });
    const { killWorker } = await start();
    await gate.arrived(2);
    killWorker(1);
    gate.open();
    await recorder.until(() => batches("retried", "checkpointed") === 1 && batches("bare", "skipped") === 1);
  });
});

describe("a lease", () => {
  it("is held by one of the instances, and given back by a stop", async () => {
    const { close } = await start(3);
    await recorder.until(() => acquired("bare").length === 1);
    await items.items.create({ id: "a" });
    await recorder.until(() => batches("bare", "checkpointed") === 1);
    expect((await leaseOf("bare")).Owner).not.toBeNull();
    await close();
    expect((await leaseOf("bare")).Owner).toBeNull();
    expect(acquired("bare")).toHaveLength(1);
  });

  it("of an owner that is gone is taken when it has lapsed, and not before", async () => {
    const { close } = await start();
    await recorder.until(() => acquired("bare").length === 1);
    await close();
    const takenAt = Date.now();
    const lease = await leaseOf("bare");
    await leases.items.upsert({ ...lease, Owner: "another", timestamp: new Date(takenAt).toISOString() });
    await start();
    await recorder.until(() => acquired("bare").length === 2);
    expect(Date.now() - takenAt).toBeGreaterThanOrEqual(1_500);
  });

  it("taken by another is lost: the batch under way makes no checkpoint", async () => {
    await items.items.create({ id: "slow", gate: gate.url });
    await start();
    await gate.arrived(2);
    const lease = await leaseOf("bare");
    await leases.items.upsert({
      ...lease,
      Owner: "another",
      timestamp: new Date(Date.now() + 60_000).toISOString(),
    });
    gate.open();
    await recorder.until(() =>
      recorder.events.some(
        (event) => event.type === "lease" && event.action === "lost" && event.functionName === "bare",
      ),
    );
    expect(await leaseOf("bare")).toMatchObject({ Owner: "another", ContinuationToken: null });
  });
});

describe("a server that is away", () => {
  it("is told once, and read from again when it is back", async () => {
    await items.items.create({ id: "a" });
    await start();
    await recorder.until(() => batches("bare", "checkpointed") === 1);
    const { port } = server;
    await server.close();
    await recorder.until(() => told("bare").length === 1);
    server = await startCosmos({ port, dataFolder });
    client.dispose();
    await connect();
    await items.items.create({ id: "b" });
    await recorder.until(() => delivered("bare").includes("b"));
    expect(told("bare").map(({ level }) => level)).toEqual(["warning", "information"]);
  });
});

const acquired = (name: string) =>
  recorder.events.filter(
    (event) => event.type === "lease" && event.action === "acquired" && event.functionName === name,
  );
const told = (name: string) =>
  recorder.lines
    .filter(({ category, functionName }) => category === "Host.CosmosDB" && functionName === name)
    .filter(({ message }) => message.includes("change feed"));
