import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { CosmosClient } from "@azure/cosmos";
import { afterAll, beforeAll, expect, it } from "vitest";
import { type CosmosEvent, startCosmos } from "./index.ts";
import { shownEvent } from "./shown-event.ts";

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "cosmos-restored-"));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

it("tells at its start what is there, before it takes requests; large bodies stay inside", async () => {
  const first = await startCosmos({ dataFolder: folder });
  const client = new CosmosClient(first.connectionString);
  const { database } = await client.databases.create({ id: "d" });
  const { container } = await database.containers.create({ id: "c", partitionKey: "/p" });
  await container.items.create({ id: "small", p: "a" });
  await container.items.create({ id: "large", p: "a", text: "x".repeat(20_000) });
  client.dispose();
  await first.close();

  const events: CosmosEvent[] = [];
  const second = await startCosmos({ dataFolder: folder, onEvent: (event) => events.push(event) });
  await second.close();
  expect(events.map(({ type }) => type)).toEqual(["restored"]);
  const [shown] = events.map(shownEvent);
  expect(shown).toMatchObject({
    items: expect.arrayContaining([
      expect.objectContaining({ database: "d", container: "c", partitionKey: '["a"]', id: "small" }),
    ]),
  });
  const bodies = shown?.type === "restored" ? shown.items.map(({ id, body }) => [id, body?.length ?? 0]) : [];
  expect(Object.fromEntries(bodies)).toEqual({ small: expect.any(Number), large: 0 });
});
