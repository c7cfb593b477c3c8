import { type ChildProcess, fork, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import type { Container } from "@azure/cosmos";
import { afterEach, beforeEach, describe, expect, it, onTestFinished } from "vitest";
import { during, type Plan, plan } from "../faults/index.ts";
import { startCosmos, WELL_KNOWN_KEY } from "./index.ts";
import { clientOf } from "./testing/account.ts";

const MAIN = fileURLToPath(new URL("main.ts", import.meta.url));
let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "cosmos-"));
  const server = await startCosmos({ dataFolder: folder });
  const client = clientOf(server);
  const { database } = await client.databases.create({ id: "db" });
  await database.containers.create({ id: "items", partitionKey: { paths: ["/p"] } });
  client.dispose();
  await server.close();
});
afterEach(() => rm(folder, { recursive: true, force: true, maxRetries: 5 }));

/** The container, by a client that does not look for the server again when it is gone. */
function open(endpoint: string): Container {
  const client = clientOf(
    { endpoint, key: WELL_KNOWN_KEY },
    { connectionPolicy: { enableEndpointDiscovery: false } },
  );
  onTestFinished(() => client.dispose());
  return client.database("db").container("items");
}

/** By hand: without a parent to talk to. */
async function startByHand(faults: Plan): Promise<{ child: ChildProcess; endpoint: string }> {
  const file = join(folder, "faults.json");
  await writeFile(file, JSON.stringify(faults));
  const child = spawn(process.execPath, [MAIN, "--data", folder, "--port", "0", "--faults", file], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  onTestFinished(() => void child.kill("SIGKILL"));
  if (child.stdout === null) throw new Error("The server has no output.");
  for await (const line of createInterface({ input: child.stdout })) {
    const ready = /^ready (.*)$/.exec(line)?.[1];
    if (ready !== undefined) return { child, endpoint: (JSON.parse(ready) as { endpoint: string }).endpoint };
  }
  throw new Error("The server ended before it was ready.");
}

const creation = { operationType: "Create" as const, resourceBody: { id: "1", p: "a" } };

describe("a server without a parent kills itself", () => {
  it.each([
    ["before", []],
    ["after", ["1"]],
  ] as const)("%s a batch is stored", async (when, expected) => {
    const { child, endpoint } = await startByHand(plan(1, during("cosmos", "batch").killServer(when)));
    const ended = once(child, "exit");
    await expect(open(endpoint).items.batch([creation], "a")).rejects.toThrow();
    expect(await ended).toEqual([null, "SIGKILL"]);
    const next = await startCosmos({ dataFolder: folder });
    onTestFinished(() => next.close());
    const query = open(next.endpoint).items.query("SELECT VALUE c.id FROM c");
    expect((await query.fetchAll()).resources).toEqual(expected);
  });
});

it("a server's parent hands it faults from the first moment, and hears of them", async () => {
  const child = fork(MAIN, ["--port", "0", "--data", folder], { stdio: "pipe" });
  onTestFinished(() => void child.kill("SIGKILL"));
  const faults = plan(1, during("cosmos", "batch").named("it").refuse(413));
  child.send({ type: "faults", tell: "plan", id: 1, plan: faults, progress: {}, watches: [] });
  const told: { readonly type: string; readonly endpoint?: string; readonly event?: unknown }[] = [];
  child.on("message", (message) => told.push(message as (typeof told)[number]));
  await expect
    .poll(() => told, { timeout: 10_000 })
    .toContainEqual(expect.objectContaining({ type: "ready" }));
  const endpoint = told.find(({ type }) => type === "ready")?.endpoint ?? "";
  await expect(open(endpoint).items.batch([creation], "a")).rejects.toThrow();
  await expect
    .poll(() => told.map(({ event }) => event))
    .toContainEqual(
      expect.objectContaining({ tell: "fired", firing: expect.objectContaining({ rule: "it" }) }),
    );
});
