import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ChangeFeedStartFrom, type CosmosClient } from "@azure/cosmos";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { startCosmos, WELL_KNOWN_KEY } from "./index.ts";
import { clientOf } from "./testing/account.ts";

let folder: string;
const children: ChildProcess[] = [];
const clients: CosmosClient[] = [];
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "cosmos-"));
});
afterEach(async () => {
  for (const client of clients.splice(0)) client.dispose();
  await Promise.all(children.splice(0).map(kill));
  await rm(folder, { recursive: true, force: true, maxRetries: 5 });
});

async function start(): Promise<{ child: ChildProcess; client: CosmosClient; endpoint: string }> {
  const child = fork(new URL("main.ts", import.meta.url), ["--data", folder, "--port", "0"], {
    stdio: "pipe",
  });
  children.push(child);
  const endpoint = await new Promise<string>((resolve, reject) => {
    child.on("message", (message: { type: string; endpoint?: string; message?: string }) => {
      if (message.type === "ready") resolve(message.endpoint ?? "");
      if (message.type === "failed") reject(new Error(message.message));
    });
    child.once("exit", (code) => reject(new Error(`The server exited with ${code}.`)));
  });
  const client = clientOf(
    { endpoint, key: WELL_KNOWN_KEY },
    {
      connectionPolicy: {
        enableEndpointDiscovery: false,
        retryOptions: {
          maxRetryAttemptCount: 0,
          fixedRetryIntervalInMilliseconds: 0,
          maxWaitTimeInSeconds: 0,
        },
      },
    },
  );
  clients.push(client);
  return { child, client, endpoint };
}

async function kill(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exited = once(child, "exit");
  child.kill("SIGKILL");
  await exited;
}

describe("what was acknowledged", () => {
  it("survives kill -9 in the middle of writing, batches whole, etags and feed going on", async () => {
    const first = await start();
    const { database } = await first.client.databases.createIfNotExists({ id: "d" });
    const { container } = await database.containers.createIfNotExists({
      id: "c",
      partitionKey: { paths: ["/p"] },
      defaultTtl: -1,
    });
    const { etag } = await container.items.create({ id: "state", p: "0", n: 1 });
    await container.items.create({ id: "deleted", p: "0" });
    await container.item("deleted", "0").delete();

    const acknowledged: string[] = [];
    let failures = 0;
    const writer = async (worker: number): Promise<void> => {
      for (let turn = 0; ; turn += 1) {
        const p = `${worker}-${turn}`;
        const operations = ["a", "b", "c"].map((id) => ({
          operationType: "Create" as const,
          resourceBody: { id, p },
        }));
        try {
          const { code } = await container.items.batch(operations, p);
          if (code === 200) acknowledged.push(p);
        } catch {
          failures += 1;
          return;
        }
        if (acknowledged.length >= 200) await kill(first.child);
      }
    };
    await Promise.all(Array.from({ length: 8 }, (_, worker) => writer(worker)));
    expect(failures).toBeGreaterThan(0);

    const second = await start();
    const reopened = second.client.database("d").container("c");
    const { resources } = await reopened.items
      .query<{ p: string; n: number }>("SELECT c.p, COUNT(1) AS n FROM c WHERE c.p != '0' GROUP BY c.p", {
        maxItemCount: 1000,
      })
      .fetchAll();
    const counts = new Map(resources.map(({ p, n }) => [p, n]));
    expect(acknowledged.filter((p) => counts.get(p) !== 3)).toEqual([]);
    expect([...counts.values()].filter((n) => n !== 3)).toEqual([]);
    const state = await reopened.item("state", "0").read();
    expect(state.etag).toBe(etag);
    expect((await reopened.item("deleted", "0").read()).statusCode).toBe(404);
    expect((await reopened.read()).resource).toMatchObject({ defaultTtl: -1 });
  });

  it("keeps its place in the change feed over a restart, though the last write was a delete", async () => {
    const first = await start();
    const { database } = await first.client.databases.createIfNotExists({ id: "d" });
    const { container } = await database.containers.createIfNotExists({
      id: "c",
      partitionKey: { paths: ["/p"] },
    });
    await container.items.create({ id: "1", p: "a" });
    await container.items.create({ id: "2", p: "a" });
    const feed = container.items.getChangeFeedIterator({
      changeFeedStartFrom: ChangeFeedStartFrom.Beginning(),
    });
    const { continuationToken } = await feed.readNext();
    await container.item("2", "a").delete();
    const exited = once(first.child, "exit");
    first.child.send({ type: "stop" });
    expect(await exited).toEqual([0, null]);

    const second = await start();
    const reopened = second.client.database("d").container("c");
    await reopened.items.create({ id: "3", p: "a" });
    const resumed = reopened.items.getChangeFeedIterator({
      changeFeedStartFrom: ChangeFeedStartFrom.Continuation(continuationToken),
    });
    expect((await resumed.readNext()).result).toMatchObject([{ id: "3" }]);
  });
});

describe("a data folder", () => {
  it("is used by one server at a time, and the second says why it cannot", async () => {
    const server = await startCosmos({ dataFolder: folder });
    await expect(startCosmos({ dataFolder: folder })).rejects.toThrow("another server has it open");
    await server.close();
    await (await startCosmos({ dataFolder: folder })).close();
  });
});

describe("main.ts", () => {
  it("reports a taken port by its code", async () => {
    const server = await startCosmos();
    const child = fork(new URL("main.ts", import.meta.url), ["--port", String(server.port)], {
      stdio: "pipe",
    });
    children.push(child);
    const [message] = await once(child, "message");
    expect(message).toMatchObject({ type: "failed", code: "EADDRINUSE" });
    await server.close();
  });
});
