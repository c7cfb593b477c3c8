import { randomUUID } from "node:crypto";
import { ServiceBusClient } from "@azure/service-bus";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startServiceBus } from "../../emulators/service-bus/index.ts";
import { deliveryOf } from "../../test/support/bus.ts";
import type { Outgoing } from "../exactly-once/contracts.ts";
import { addressOf } from "../messaging/address.ts";
import { envelopeOf } from "../messaging/format.ts";
import { publisher } from "../messaging/publisher.ts";
import { operatorOf } from "./operator.ts";
import { places } from "./places.ts";

let server: Awaited<ReturnType<typeof startServiceBus>>;
let client: ServiceBusClient;

beforeAll(async () => {
  server = await startServiceBus({ config: "infra/topology/service-bus.json" });
  client = new ServiceBusClient(server.connectionString);
});
afterAll(async () => {
  await client.close();
  await server.close();
});

const submit = (orderId: string): Outgoing => ({
  ...addressOf({ type: "SubmitOrder", orderId }),
  id: randomUUID(),
  createdAt: Date.parse("2026-03-01T12:00:00.123Z"),
});

const placeOf = (name: string) => {
  const place = places.find((candidate) => candidate.name === name);
  if (place === undefined) throw new Error(`no place ${name}`);
  return place;
};

/** What waits in the orders queue, completed so that the next test finds it empty. */
async function takeOrders(sessionId: string) {
  const receiver = await client.acceptSession("orders", sessionId, { skipParsingBodyAsJson: true });
  const messages = await receiver.receiveMessages(10, { maxWaitTimeInMs: 300 });
  for (const message of messages) await receiver.completeMessage(message);
  await receiver.close();
  return messages;
}

/** As many messages of a queue, taken out. */
async function take(queue: string, count: number) {
  const receiver = client.createReceiver(queue, {
    receiveMode: "receiveAndDelete",
    skipParsingBodyAsJson: true,
  });
  const messages = [];
  while (messages.length < count) messages.push(...(await receiver.receiveMessages(count - messages.length)));
  await receiver.close();
  return messages;
}

const nothing = { replayed: [], failed: [] };

describe("messages that wait for an operator", () => {
  it("in quarantine are shown once with their reason, and replayed under the same logical id", async () => {
    const { publish, quarantine, close } = publisher(client, Date.now, randomUUID);
    const stopped = operatorOf(client, { now: Date.now, newId: randomUUID });
    const outgoing = submit("1");
    const lane = outgoing.sessionId ?? "";
    await publish([outgoing]);
    const [original] = await takeOrders(lane);
    const delivery = deliveryOf(outgoing, "orders");
    const withSession = {
      ...delivery,
      original: { ...delivery.original, sessionId: lane, messageId: outgoing.id },
    };
    await quarantine(withSession, "too old", "created long ago");
    await quarantine(withSession, "too old", "created long ago");

    expect(await stopped.list()).toMatchObject([
      {
        place: "quarantine",
        logicalId: outgoing.id,
        to: "orders",
        copies: 2,
        type: "SubmitOrder",
        reason: "too old",
        description: "created long ago",
        createdAt: "2026-03-01T12:00:00.123Z",
        body: '{"orderId":"1"}',
      },
    ]);
    expect(await stopped.list()).toHaveLength(1);
    expect(await stopped.replay(placeOf("quarantine"), new Set(["another"]))).toEqual(nothing);
    expect(await stopped.replay(placeOf("quarantine"))).toEqual({
      replayed: [{ place: "quarantine", logicalId: outgoing.id, to: "orders" }],
      failed: [],
    });
    expect(await stopped.list()).toEqual([]);

    const [replayed, ...more] = await takeOrders(lane);
    expect(more).toEqual([]);
    expect(replayed?.messageId).not.toBe(original?.messageId);
    const properties = replayed?.applicationProperties as Record<string, string | number>;
    const envelope = envelopeOf({ body: replayed?.body, subject: replayed?.subject ?? "", properties });
    expect(envelope).toEqual({ ...delivery.envelope });
    expect(Object.keys(properties).toSorted()).toEqual([
      "createdAt",
      "logicalId",
      "replayId",
      "replayedAt",
      "schema",
    ]);
    await close();
  });

  it("that comes back while the replay still runs goes on waiting: it is no copy of the one that was sent", async () => {
    const { quarantine, close } = publisher(client, Date.now, randomUUID);
    const stopped = operatorOf(client, { now: Date.now, newId: randomUUID });
    const outgoing = { ...submit("poison"), id: randomUUID() };
    const delivery = deliveryOf(outgoing, "billing");
    await quarantine(delivery, "malformed", "at first");
    const receiver = client.createReceiver("billing");
    const endpoint = receiver.subscribe({
      async processMessage({ applicationProperties = {} }) {
        const properties = applicationProperties as Record<string, string>;
        await quarantine(
          { ...delivery, original: { ...delivery.original, properties } },
          "malformed",
          "again",
        );
      },
      async processError({ error }) {
        throw error;
      },
    });
    expect((await stopped.replay(placeOf("quarantine"))).replayed).toHaveLength(1);
    await endpoint.close();
    expect(await stopped.list()).toMatchObject([{ logicalId: outgoing.id, description: "again", copies: 1 }]);
    expect(await take("quarantine", 1)).toHaveLength(1);
    await close();
  });

  it("at two endpoints are two, though they are one event", async () => {
    const { quarantine, close } = publisher(client, Date.now, randomUUID);
    const stopped = operatorOf(client, { now: Date.now, newId: randomUUID });
    const event = submit("event");
    await quarantine(deliveryOf(event, "billing"), "future", "too early");
    await quarantine(deliveryOf(event, "marketing"), "future", "too early");
    expect((await stopped.list()).map(({ logicalId, to }) => [logicalId, to])).toEqual([
      [event.id, "billing"],
      [event.id, "marketing"],
    ]);
    const { replayed } = await stopped.replay(placeOf("quarantine"), new Set([event.id]));
    expect(replayed.map(({ to }) => to)).toEqual(["billing", "marketing"]);
    for (const queue of ["billing", "marketing"]) {
      expect(await take(queue, 1)).toMatchObject([{ applicationProperties: { logicalId: event.id } }]);
    }
    expect(await stopped.list()).toEqual([]);
    await close();
  });

  it("without an id are replayed once by one call, even if they come back at once", async () => {
    const { quarantine, close } = publisher(client, Date.now, randomUUID);
    const stopped = operatorOf(client, { now: Date.now, newId: randomUUID });
    const nameless = (properties = {}) => {
      const delivery = deliveryOf(submit("x"), "billing");
      return { ...delivery, original: { ...delivery.original, messageId: "1", properties } };
    };
    await quarantine(nameless(), "malformed", "no id");
    let deliveries = 0;
    const receiver = client.createReceiver("billing");
    const endpoint = receiver.subscribe({
      async processMessage({ applicationProperties }) {
        deliveries += 1;
        await quarantine(nameless(applicationProperties), "malformed", "no id");
      },
      async processError({ error }) {
        throw error;
      },
    });
    expect((await stopped.replay(placeOf("quarantine"))).replayed).toHaveLength(1);
    await endpoint.close();
    expect(deliveries).toBe(1);
    expect(await take("quarantine", 1)).toHaveLength(1);
    await close();
  });

  it("that can't be sent are named, and do not keep the others from being replayed", async () => {
    const { quarantine, close } = publisher(client, Date.now, randomUUID);
    const stopped = operatorOf(client, { now: Date.now, newId: randomUUID });
    const [lost, fine] = [submit("lost"), submit("fine")];
    await quarantine(deliveryOf(lost, "no-such-queue"), "malformed", "from nowhere");
    await quarantine(deliveryOf(fine, "billing"), "malformed", "now it can be read");
    const { replayed, failed } = await stopped.replay(placeOf("quarantine"));
    expect(replayed).toEqual([{ place: "quarantine", logicalId: fine.id, to: "billing" }]);
    expect(failed).toEqual([
      {
        place: "quarantine",
        logicalId: lost.id,
        to: "no-such-queue",
        reason: expect.stringContaining("no-such-queue"),
      },
    ]);
    expect(await stopped.list()).toMatchObject([{ logicalId: lost.id }]);
    await take("billing", 1);
    await take("quarantine", 1);
    await close();
  });

  it("are not dead-lettered by looking for others", async () => {
    const { quarantine, close } = publisher(client, Date.now, randomUUID);
    const stopped = operatorOf(client, { now: Date.now, newId: randomUUID });
    const [bystander, wanted] = [submit("bystander"), submit("wanted")];
    await quarantine(deliveryOf(bystander, "billing"), "too old", "stays");
    for (let round = 0; round < 12; round++) {
      await quarantine(deliveryOf(wanted, "billing"), "too old", "goes");
      expect((await stopped.replay(placeOf("quarantine"), new Set([wanted.id]))).replayed).toHaveLength(1);
    }
    expect(await stopped.list()).toMatchObject([
      { place: "quarantine", logicalId: bystander.id, reason: "too old", description: "stays", copies: 1 },
    ]);
    await take("billing", 12);
    await take("quarantine", 1);
    await close();
  });

  it("in a queue's dead letters are replayed into that queue", async () => {
    const { publish, close } = publisher(client, Date.now, randomUUID);
    const stopped = operatorOf(client, { now: Date.now, newId: randomUUID });
    const outgoing = submit("2");
    const lane = outgoing.sessionId ?? "";
    await publish([outgoing]);
    const receiver = await client.acceptSession("orders", lane);
    for (const message of await receiver.receiveMessages(1)) {
      await receiver.deadLetterMessage(message, {
        deadLetterReason: "because",
        deadLetterErrorDescription: "of a test",
      });
    }
    await receiver.close();
    expect(await stopped.list()).toMatchObject([
      {
        place: "orders/$deadletterqueue",
        logicalId: outgoing.id,
        reason: "because",
        description: "of a test",
      },
    ]);
    await stopped.replay(placeOf("orders/$deadletterqueue"));
    const [replayed] = await takeOrders(lane);
    expect(replayed).toMatchObject({ sessionId: lane, applicationProperties: { logicalId: outgoing.id } });
    expect(replayed?.applicationProperties).not.toHaveProperty("DeadLetterReason");
    await close();
  });

  it("in a subscription's dead letters are replayed to its endpoint alone", async () => {
    const stopped = operatorOf(client, { now: Date.now, newId: randomUUID });
    // Without a session id it can't be forwarded into the orders queue.
    const sender = client.createSender("events");
    await sender.sendMessages({
      body: Buffer.from('{"orderId":"3"}'),
      subject: "PaymentBooked",
      messageId: "from-afar",
    });
    await sender.close();
    const place = "events/subscriptions/orders/$deadletterqueue";
    expect(await stopped.list()).toMatchObject([{ place, logicalId: "from-afar", type: "PaymentBooked" }]);
    expect((await stopped.replay(placeOf(place))).replayed).toMatchObject([{ to: "orders" }]);
    const lane = addressOf({ type: "SubmitOrder", orderId: "3" }).sessionId ?? "";
    expect(await takeOrders(lane)).toMatchObject([{ subject: "PaymentBooked" }]);
    const marketing = await client.createReceiver("marketing").peekMessages(10);
    expect(marketing).toHaveLength(1);
  });
});
