import type { ServiceBusMessage } from "@azure/service-bus";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { startTestBed, type TestBed } from "./testing.ts";
import { configOf } from "./testing-config.ts";

const rule = (name: string, filter: object) => ({
  Name: name,
  Properties: { FilterType: "Correlation", CorrelationFilter: filter },
});

const CONFIG = configOf(
  {
    lanes: { RequiresSession: true },
    first: { ForwardTo: "last" },
    last: {},
    failing: { MaxDeliveryCount: 1, ForwardDeadLetteredMessagesTo: "last" },
  },
  {
    events: {
      all: {},
      none: {
        Rules: [{ Name: "none", Properties: { FilterType: "Sql", SqlFilter: { SqlExpression: "1=0" } } }],
      },
      booked: {
        Rules: [
          rule("booked", { Label: "Booked" }),
          rule("again", { Label: "Booked", Properties: { big: true } }),
        ],
      },
      big: { Rules: [rule("big", { Properties: { big: true } })] },
      forwarding: {
        Properties: { ForwardTo: "lanes" },
        Rules: [rule("lane", { Properties: { lane: true } })],
      },
    },
  },
);
const WAIT = { maxWaitTimeInMs: 5000 };

let bed: TestBed;
beforeEach(async () => {
  bed = await startTestBed(CONFIG);
});
afterEach(() => bed.close());

const publish = (...messages: ServiceBusMessage[]) =>
  bed.client.createSender("events").sendMessages(messages);
const bodies = async (subscription: string, options = {}) =>
  (await bed.client.createReceiver("events", subscription, options).peekMessages(10)).map(({ body }) => body);

describe("a topic", () => {
  it("gives a copy to each subscription with a rule that matches, one however many match", async () => {
    await publish(
      { body: 1, messageId: "1", subject: "Booked" },
      { body: 2, messageId: "2", subject: "Other", applicationProperties: { big: true } },
      { body: 3, messageId: "3", subject: "Booked", applicationProperties: { big: true } },
    );
    expect(await bodies("all")).toEqual([1, 2, 3]);
    expect(await bodies("none")).toEqual([]);
    expect(await bodies("booked")).toEqual([1, 3]);
    expect(await bodies("big")).toEqual([2, 3]);
  });

  it("gives copies that are settled each on its own", async () => {
    await publish({ body: 1, messageId: "1", subject: "Booked" });
    const receiver = bed.client.createReceiver("events", "booked");
    const [message] = await receiver.receiveMessages(1, WAIT);
    if (message !== undefined) await receiver.completeMessage(message);
    expect(await bodies("booked")).toEqual([]);
    expect(await bodies("all")).toEqual([1]);
  });

  it("has no messages of its own to receive", async () => {
    await expect(bed.client.createReceiver("events").receiveMessages(1, WAIT)).rejects.toThrow(
      /could not be found/,
    );
  });
});

describe("ForwardTo", () => {
  it("brings a subscription's messages into a queue with sessions, session id and all", async () => {
    await publish({ body: 1, messageId: "1", sessionId: "lane-07", applicationProperties: { lane: true } });
    const receiver = await bed.client.acceptSession("lanes", "lane-07");
    const [message] = await receiver.receiveMessages(1, WAIT);
    expect(message).toMatchObject({ body: 1, sessionId: "lane-07" });
    expect(await bodies("forwarding")).toEqual([]);
  });

  it("makes a message without session id a dead letter of the subscription it came from", async () => {
    await publish({ body: 1, messageId: "1", applicationProperties: { lane: true } });
    const [dead] = await bed.client
      .createReceiver("events", "forwarding", { subQueueType: "deadLetter" })
      .receiveMessages(1, WAIT);
    expect(dead).toMatchObject({ body: 1, deadLetterReason: "Session ID is null" });
  });

  it("works from queue to queue", async () => {
    await bed.client.createSender("first").sendMessages({ body: 1, messageId: "1" });
    expect(await bed.client.createReceiver("last").receiveMessages(1, WAIT)).toMatchObject([{ body: 1 }]);
  });

  it("of dead letters names where they come from", async () => {
    await bed.client.createSender("failing").sendMessages({ body: 1, messageId: "1" });
    const receiver = bed.client.createReceiver("failing");
    const [message] = await receiver.receiveMessages(1, WAIT);
    if (message !== undefined) await receiver.abandonMessage(message);
    expect(await bed.client.createReceiver("last").receiveMessages(1, WAIT)).toMatchObject([
      { body: 1, deadLetterReason: "MaxDeliveryCountExceeded", deadLetterSource: "failing" },
    ]);
  });
});
