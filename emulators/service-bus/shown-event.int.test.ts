import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { shownEvent } from "./shown-event.ts";
import { startTestBed, type TestBed } from "./testing.ts";
import { configOf } from "./testing-config.ts";

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "bus-shown-"));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const config = configOf({ q: {} }, { t: {} });
const shown = ({ events }: TestBed, type: string) =>
  events.map(shownEvent).filter((event) => event.type === type);

it("shows messages as people read them, also those of before the start and those that nobody subscribed to", async () => {
  const first = await startTestBed(config, { dataFolder: folder });
  const message = {
    ...{ messageId: "m1", subject: "AddItem", body: Buffer.from('{"orderId":"1"}') },
    applicationProperties: { logicalId: "l1", schema: 1 },
  };
  await first.client.createSender("q").sendMessages(message);
  await first.client.createSender("q").sendMessages({ body: Buffer.alloc(5_000, "x") });
  await first.client.createSender("t").sendMessages(message);
  await first.close();
  const facts = {
    messageId: "m1",
    message: { type: "AddItem", properties: { logicalId: "l1", schema: 1 }, body: '{"orderId":"1"}' },
  };
  expect(shown(first, "enqueued")[0]).toMatchObject({ entity: "q", sequence: 1, state: "active", ...facts });
  expect(shown(first, "enqueued")[1]).toMatchObject({ message: { body: "x".repeat(2_000) } });
  expect(shown(first, "published")).toMatchObject([{ entity: "t", ...facts }]);
  // As it leaves the process.
  expect(JSON.parse(JSON.stringify(shown(first, "published")))).toMatchObject([facts]);

  const second = await startTestBed(config, { dataFolder: folder });
  await second.close();
  expect(shown(second, "restored")).toMatchObject([{ entity: "q", sequence: 1, ...facts }, { sequence: 2 }]);
});
