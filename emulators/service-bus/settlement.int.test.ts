import type { ServiceBusReceivedMessage, ServiceBusReceiver } from "@azure/service-bus";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { connect, startTestBed, type TestBed } from "./testing.ts";
import { configOf } from "./testing-config.ts";

const CONFIG = configOf({
  plain: { MaxDeliveryCount: 2, LockDuration: "PT30S" },
  brief: { DefaultMessageTimeToLive: "PT10S", DeadLetteringOnMessageExpiration: true },
  dropping: { DefaultMessageTimeToLive: "PT10S" },
});

let bed: TestBed;
beforeEach(async () => {
  bed = await startTestBed(CONFIG);
});
afterEach(() => bed.close());

const WAIT = { maxWaitTimeInMs: 5000 };
const NONE = { maxWaitTimeInMs: 50 };

async function one(receiver: ServiceBusReceiver): Promise<ServiceBusReceivedMessage> {
  const [message] = await receiver.receiveMessages(1, WAIT);
  if (message === undefined) throw new Error("no message came");
  return message;
}

const send = (queue: string, ...bodies: unknown[]) =>
  bed.client.createSender(queue).sendMessages(bodies.map((body) => ({ body, messageId: `id-${body}` })));

describe("a received message", () => {
  it("carries what the sender set, byte by byte", async () => {
    const body = Buffer.from([0, 1, 254, 255]);
    await bed.client.createSender("plain").sendMessages({
      body,
      messageId: "m",
      correlationId: "c",
      subject: "s",
      to: "t",
      replyTo: "r",
      contentType: "application/octet-stream",
      timeToLive: 60_000,
      applicationProperties: { text: "x", number: 1.5, yes: true, when: new Date(5) },
    });
    const message = await one(bed.client.createReceiver("plain", { skipParsingBodyAsJson: true }));
    expect(message).toMatchObject({
      body,
      messageId: "m",
      correlationId: "c",
      subject: "s",
      to: "t",
      replyTo: "r",
      contentType: "application/octet-stream",
      timeToLive: 60_000,
      deliveryCount: 0,
      state: "active",
      applicationProperties: { text: "x", number: 1.5, yes: true, when: 5 },
    });
    expect(message.sequenceNumber?.toNumber()).toBe(1);
    expect(Math.abs((message.enqueuedTimeUtc?.getTime() ?? 0) - Date.now())).toBeLessThan(10_000);
  });

  it("is gone once it is completed", async () => {
    await send("plain", 1);
    const receiver = bed.client.createReceiver("plain");
    await receiver.completeMessage(await one(receiver));
    expect(await receiver.receiveMessages(1, NONE)).toEqual([]);
    expect(await receiver.peekMessages(10)).toEqual([]);
  });

  it("comes back after abandon with the properties to modify and a higher delivery count", async () => {
    await send("plain", 1);
    const receiver = bed.client.createReceiver("plain");
    await receiver.abandonMessage(await one(receiver), { attempt: "first" });
    const again = await one(receiver);
    expect(again.deliveryCount).toBe(1);
    expect(again.applicationProperties).toEqual({ attempt: "first" });
  });

  it("becomes a dead letter after MaxDeliveryCount deliveries", async () => {
    await send("plain", 1);
    const receiver = bed.client.createReceiver("plain");
    await receiver.abandonMessage(await one(receiver));
    await receiver.abandonMessage(await one(receiver));
    const dead = await one(bed.client.createReceiver("plain", { subQueueType: "deadLetter" }));
    expect(dead).toMatchObject({ body: 1, messageId: "id-1", deadLetterReason: "MaxDeliveryCountExceeded" });
    expect(await receiver.receiveMessages(1, NONE)).toEqual([]);
  });

  it("becomes a dead letter with reason, description and properties", async () => {
    await send("plain", 1);
    const receiver = bed.client.createReceiver("plain");
    await receiver.deadLetterMessage(await one(receiver), {
      deadLetterReason: "bad",
      deadLetterErrorDescription: "very bad",
      by: "test",
    });
    const deadLetters = bed.client.createReceiver("plain", { subQueueType: "deadLetter" });
    const dead = await one(deadLetters);
    expect(dead).toMatchObject({ deadLetterReason: "bad", deadLetterErrorDescription: "very bad" });
    expect(dead.applicationProperties).toMatchObject({ by: "test" });
    await deadLetters.completeMessage(dead);
    expect(await deadLetters.peekMessages(10)).toEqual([]);
  });

  it("can be deferred and received by its sequence number", async () => {
    await send("plain", 1);
    const receiver = bed.client.createReceiver("plain");
    const message = await one(receiver);
    await receiver.deferMessage(message);
    expect(await receiver.receiveMessages(1, NONE)).toEqual([]);
    const [peeked] = await receiver.peekMessages(1);
    expect(peeked?.state).toBe("deferred");
    const [deferred] = await receiver.receiveDeferredMessages(message.sequenceNumber ?? []);
    expect(deferred?.body).toBe(1);
    if (deferred !== undefined) await receiver.completeMessage(deferred);
    expect(await receiver.peekMessages(1)).toEqual([]);
  });

  it("is gone at once in receive-and-delete mode", async () => {
    await send("plain", 1, 2);
    const receiver = bed.client.createReceiver("plain", { receiveMode: "receiveAndDelete" });
    const messages = await receiver.receiveMessages(2, WAIT);
    expect(messages.map(({ body }) => body)).toEqual([1, 2]);
    expect(await receiver.peekMessages(10)).toEqual([]);
  });
});

describe("a lock", () => {
  it("that ran out makes a late complete fail, and the message comes again", async () => {
    await send("plain", 1);
    const receiver = bed.client.createReceiver("plain");
    const message = await one(receiver);
    bed.advance(31_000);
    await expect(receiver.completeMessage(message)).rejects.toMatchObject({ code: "MessageLockLost" });
    const again = await one(receiver);
    expect(again).toMatchObject({ body: 1, deliveryCount: 1 });
    await receiver.completeMessage(again);
  });

  it("that is renewed holds", async () => {
    await send("plain", 1);
    const receiver = bed.client.createReceiver("plain");
    const message = await one(receiver);
    bed.advance(20_000);
    await receiver.renewMessageLock(message);
    bed.advance(20_000);
    await receiver.completeMessage(message);
    expect(await receiver.peekMessages(1)).toEqual([]);
  });

  it("lost by one of two messages settled together is told for that one alone", async () => {
    await send("plain", 1, 2);
    const receiver = bed.client.createReceiver("plain");
    const first = await one(receiver);
    bed.advance(20_000);
    const second = await one(receiver);
    bed.advance(20_000);
    const results = await Promise.allSettled([
      receiver.completeMessage(first),
      receiver.completeMessage(second),
    ]);
    expect(results.map(({ status }) => status)).toEqual(["rejected", "fulfilled"]);
  });

  it("outlives its connection and then runs out", async () => {
    await send("plain", 1);
    await one(bed.client.createReceiver("plain"));
    await bed.client.close();
    bed = { ...bed, client: connect(bed.server) };
    const receiver = bed.client.createReceiver("plain");
    expect(await receiver.receiveMessages(1, NONE)).toEqual([]);
    bed.advance(31_000);
    expect(await one(receiver)).toMatchObject({ body: 1, deliveryCount: 1 });
  });
});

describe("time to live", () => {
  it("makes a dead letter with DeadLetteringOnMessageExpiration", async () => {
    await send("brief", 1);
    bed.advance(11_000);
    expect(await bed.client.createReceiver("brief").receiveMessages(1, NONE)).toEqual([]);
    const dead = await one(bed.client.createReceiver("brief", { subQueueType: "deadLetter" }));
    expect(dead).toMatchObject({ body: 1, deadLetterReason: "TTLExpiredException" });
  });

  it("drops the message without it", async () => {
    await send("dropping", 1);
    bed.advance(11_000);
    expect(await bed.client.createReceiver("dropping").receiveMessages(1, NONE)).toEqual([]);
    expect(
      await bed.client.createReceiver("dropping", { subQueueType: "deadLetter" }).peekMessages(1),
    ).toEqual([]);
  });

  it("of the message counts if it is shorter", async () => {
    await bed.client.createSender("plain").sendMessages({ body: 1, timeToLive: 1000 });
    bed.advance(1001);
    expect(await bed.client.createReceiver("plain").peekMessages(1)).toEqual([]);
  });
});

describe("sending and looking", () => {
  it("takes a batch as one, and peeks it in order without locking", async () => {
    const sender = bed.client.createSender("plain");
    const batch = await sender.createMessageBatch();
    expect(batch.maxSizeInBytes).toBe(256 * 1024);
    for (let n = 0; n < 250; n += 1)
      expect(batch.tryAddMessage({ body: n, messageId: String(n) })).toBe(true);
    await sender.sendMessages(batch);
    const receiver = bed.client.createReceiver("plain");
    const peeked = [...(await receiver.peekMessages(200)), ...(await receiver.peekMessages(200))];
    expect(peeked.map(({ body }) => body)).toEqual(Array.from({ length: 250 }, (_, n) => n));
    expect(await receiver.receiveMessages(1, WAIT)).toHaveLength(1);
  });

  it("refuses a message over the size limit by name, and goes on", async () => {
    const sender = bed.client.createSender("plain");
    await expect(sender.sendMessages({ body: "x".repeat(300 * 1024) })).rejects.toMatchObject({
      code: "MessageSizeExceeded",
    });
    await sender.sendMessages({ body: "x".repeat(200 * 1024), messageId: "large" });
    expect((await one(bed.client.createReceiver("plain"))).body).toHaveLength(200 * 1024);
  });

  it("holds a scheduled message back until its time, unless it is cancelled", async () => {
    const sender = bed.client.createSender("plain");
    const at = new Date(Date.now() + 60_000);
    const [, cancelled] = await sender.scheduleMessages([{ body: 1, messageId: "1" }, { body: 2 }], at);
    if (cancelled !== undefined) await sender.cancelScheduledMessages(cancelled);
    const receiver = bed.client.createReceiver("plain");
    expect(await receiver.receiveMessages(1, NONE)).toEqual([]);
    expect((await receiver.peekMessages(10)).map(({ body, state }) => [body, state])).toEqual([
      [1, "scheduled"],
    ]);
    bed.advance(61_000);
    expect(await one(receiver)).toMatchObject({ body: 1 });
  });

  it("prefetches for a subscriber and lets many handlers run", async () => {
    await send("plain", ...Array.from({ length: 100 }, (_, n) => n));
    const receiver = bed.client.createReceiver("plain");
    const bodies = new Set<unknown>();
    await new Promise<void>((resolve, reject) => {
      receiver.subscribe(
        {
          processMessage: async ({ body }) => {
            bodies.add(body);
            if (bodies.size === 100) resolve();
          },
          processError: async ({ error }) => reject(error),
        },
        { maxConcurrentCalls: 10 },
      );
    });
    await receiver.close();
  });

  it("keeps what an unanswered request left when it is drained", async () => {
    const receiver = bed.client.createReceiver("plain");
    expect(await receiver.receiveMessages(5, NONE)).toEqual([]);
    await send("plain", 1);
    const [message] = await bed.client.createReceiver("plain").receiveMessages(1, WAIT);
    expect(message).toMatchObject({ body: 1, deliveryCount: 0 });
  });
});
