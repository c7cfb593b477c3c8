import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Outgoing } from "../exactly-once/contracts.ts";
import { incoming, toServiceBus } from "./format.ts";
import { laneOf } from "./lane.ts";

const outgoing: Outgoing = {
  id: "0b5d3f0e-1f0c-4c1e-8f3e-000000000042",
  type: "AddItem",
  schema: 2,
  createdAt: Date.parse("2026-03-01T12:00:00.123Z"),
  destination: "orders",
  sessionId: "lane-07",
  trace: { traceparent: "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01" },
  body: '{"orderId":"1","note":"Grüße 🥟"}',
};

/** Metadata as the host makes it: names camel-cased, texts that are JSON parsed. */
function metadataOf(message: ReturnType<typeof toServiceBus>, more: Record<string, unknown> = {}) {
  const asHost = (value: unknown): unknown => {
    if (typeof value !== "string") return value;
    try {
      return JSON.parse(value);
    } catch {
      return value;
    }
  };
  const properties = Object.entries(message.applicationProperties ?? {}).map(([name, value]) => [
    name.charAt(0).toLowerCase() + name.slice(1),
    asHost(value),
  ]);
  return {
    messageId: asHost(message.messageId),
    subject: asHost(message.subject),
    sessionId: asHost(message.sessionId),
    deliveryCount: 1,
    applicationProperties: Object.fromEntries(properties),
    ...more,
  };
}

const delivered = (message = toServiceBus(outgoing), more = {}) =>
  incoming(message.body, { functionName: "orders", triggerMetadata: metadataOf(message, more) });

describe("a message on Service Bus", () => {
  it("comes out of the host's hands as it went in", () => {
    const { destination, sessionId, ...envelope } = outgoing;
    expect(delivered().envelope).toEqual(envelope);
    expect(delivered().original.sessionId).toBe(sessionId);
  });

  it("keeps its identity whatever its id and times are", () => {
    fc.assert(
      fc.property(fc.uuid(), fc.integer({ min: 0, max: 4e12 }), fc.string(), (id, createdAt, text) => {
        const message = { ...outgoing, id, createdAt, body: JSON.stringify({ text }) };
        expect(delivered(toServiceBus(message)).envelope).toMatchObject({
          id,
          createdAt,
          body: message.body,
        });
      }),
    );
  });

  it("survives texts that the host turned into numbers", () => {
    const { original } = delivered(toServiceBus(outgoing), {
      messageId: 42,
      sessionId: true,
      correlationId: null,
    });
    expect(original).toMatchObject({ messageId: "42", sessionId: "true" });
    expect(original).not.toHaveProperty("correlationId");
  });

  it("of a stranger is named a problem, with everything that is missing, and its bytes are kept", () => {
    const body = Buffer.from([0xff, 0x00, 0x7b]);
    const { envelope, original } = incoming(body, {
      functionName: "orders",
      triggerMetadata: { messageId: "m" },
    });
    expect(envelope).toEqual({
      problem:
        "logicalId must be a UUID, came nothing; schema must be a number, came nothing; createdAt must be an ISO 8601 date and time, came nothing; the subject must be the message's type, but there is none",
    });
    expect(Buffer.from(original.body)).toEqual(body);
  });
});

describe("lanes", () => {
  it("are at most 64, and never look like a number", () => {
    const lanes = new Set(Array.from({ length: 5000 }, (_, n) => laneOf(String(n))));
    expect(lanes.size).toBe(64);
    for (const lane of lanes) expect(lane).toMatch(/^lane-[0-6][0-9]$/);
  });
});
