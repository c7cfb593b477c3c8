import { randomUUID } from "node:crypto";
import { ServiceBusClient } from "@azure/service-bus";
import { afterAll, beforeAll, expect, it } from "vitest";
import { during, plan } from "../../emulators/faults/index.ts";
import { startServiceBus } from "../../emulators/service-bus/index.ts";
import type { Delivery, Outgoing } from "../exactly-once/contracts.ts";
import { PermanentError, TransientError } from "../exactly-once/errors.ts";
import { publisher, quarantineQueue } from "./publisher.ts";

let server: Awaited<ReturnType<typeof startServiceBus>>;
let client: ServiceBusClient;

beforeAll(async () => {
  server = await startServiceBus({ config: "infra/topology/service-bus.json" });
  client = new ServiceBusClient(server.connectionString, { retryOptions: { maxRetries: 0 } });
});
afterAll(async () => {
  await client.close();
  await server.close();
});

const outgoing = (bytes: number, destination = "billing"): Outgoing => ({
  id: randomUUID(),
  type: "Told",
  schema: 1,
  createdAt: 0,
  destination,
  body: "x".repeat(bytes),
});

async function take(queue: string, count: number) {
  const receiver = client.createReceiver(queue, {
    receiveMode: "receiveAndDelete",
    skipParsingBodyAsJson: true,
  });
  const taken = [];
  while (taken.length < count) {
    const messages = await receiver.receiveMessages(count - taken.length, { maxWaitTimeInMs: 2000 });
    if (messages.length === 0) break;
    taken.push(...messages);
  }
  await receiver.close();
  return taken;
}

it("everything that a commit may hold can be sent, in its order, however many batches it takes", async () => {
  const { publish, close } = publisher(client, Date.now, randomUUID);
  const large = Array.from({ length: 9 }, () => outgoing(200 * 1024));
  await publish(large);
  expect((await take("billing", 9)).map(({ messageId }) => messageId)).toEqual(large.map(({ id }) => id));
  await close();
});

it("what is too large for the broker fails for good; a queue that is not there may yet be made", async () => {
  const { publish, close } = publisher(client, Date.now, randomUUID);
  await expect(publish([outgoing(300 * 1024)])).rejects.toThrow(PermanentError);
  await expect(publish([outgoing(1, "nowhere")])).rejects.toThrow(TransientError);
  await close();
});

it("a link that does not open is given up, and the next try opens another", { timeout: 30_000 }, async () => {
  const { publish, close } = publisher(client, Date.now, randomUUID, 500);
  server.faults.setPlan(plan(1, during("serviceBus", "attach").of("marketing").delay(45_000)));
  await expect(publish([outgoing(1, "marketing")])).rejects.toThrow(TransientError);
  await publish([outgoing(1, "marketing")]);
  expect(await take("marketing", 1)).toHaveLength(1);
  await close();
});

it("a message that just fitted its queue fits into quarantine, too, with its bytes and the reason", async () => {
  const { quarantine, close } = publisher(client, Date.now, randomUUID);
  const body = Buffer.alloc(261_000, "x");
  const delivery: Delivery = {
    envelope: { problem: "no JSON" },
    entity: "orders",
    deliveryCount: 1,
    original: { body, properties: { logicalId: randomUUID(), own: "y".repeat(500) } },
  };
  await quarantine(delivery, "malformed", "z".repeat(1000));
  const [copy] = await take(quarantineQueue, 1);
  expect(Buffer.compare(copy?.body, body)).toBe(0);
  expect(copy?.applicationProperties).toMatchObject({
    quarantineReason: "malformed",
    quarantinedFrom: "orders",
  });
  await close();
});
