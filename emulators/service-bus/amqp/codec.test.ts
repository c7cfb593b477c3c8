import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { draft } from "../broker/testing.ts";
import { decodeDraft, encodeDelivery, encodePeeked, filterable, toChanges } from "./codec.ts";
import { rhea } from "./rhea.ts";
import { splitBatch, splitSections } from "./sections.ts";
import { tagOf, tokenOfTag, tokenOfUuid, uuidOf } from "./tokens.ts";
import { MalformedError } from "./walk.ts";

const TOKEN = "00112233445566778899aabbccddeeff";

const message = (content: Buffer, more: object = {}) => ({
  ...draft("m"),
  id: 1,
  sequence: 7,
  enqueuedSequence: 3,
  enqueuedAt: 1_000,
  expiresAt: 61_000,
  deliveryCount: 0,
  state: "active" as const,
  content,
  ...more,
});

const delivery = (content: Buffer, changes = {}) => ({
  message: message(content),
  deliveryCount: 2,
  changes,
  lock: { token: TOKEN, until: 31_000 },
});

/** Within what rhea reads back as a number; it has no negative zero. */
const number = fc.double({ noNaN: true, min: -1e12, max: 1e12 }).map((one) => one + 0);
const scalar = fc.oneof(fc.string(), fc.integer(), number, fc.boolean());
// rhea reads maps into plain objects.
const name = fc.string().filter((text) => text !== "__proto__");
const properties = fc.dictionary(name, scalar, { maxKeys: 6, noNullPrototype: true });

describe("a message on its way through", () => {
  it("keeps every byte of its properties and body, and gets the broker's header and annotations", () => {
    fc.assert(
      fc.property(
        properties,
        fc.uint8Array(),
        fc.option(fc.string(), { nil: undefined }),
        (own, body, subject) => {
          const content = rhea.message.encode({
            message_id: "m",
            subject,
            application_properties: own,
            message_annotations: { "x-opt-partition-key": "p", "x-opt-sequence-number": 99 },
            body: rhea.message.data_section(Buffer.from(body)),
          });
          const sent = splitSections(content);
          const encoded = encodeDelivery(delivery(content));
          const got = splitSections(encoded);
          expect([got.properties, got.applicationProperties, got.body]).toEqual([
            sent.properties,
            sent.applicationProperties,
            sent.body,
          ]);
          expect(rhea.message.decode(encoded)).toMatchObject({
            delivery_count: 2,
            ttl: 60_000,
            message_annotations: {
              "x-opt-partition-key": "p",
              "x-opt-sequence-number": 7,
              "x-opt-enqueue-sequence-number": 3,
              "x-opt-enqueued-time": new Date(1_000),
              "x-opt-locked-until": new Date(31_000),
            },
          });
        },
      ),
    );
  });

  it("shows changed properties instead of the sent ones, and keeps the others", () => {
    fc.assert(
      fc.property(properties, properties, (own, changes) => {
        const content = rhea.message.encode({ application_properties: own, body: "b" });
        const got = rhea.message.decode(encodeDelivery(delivery(content, changes)));
        expect(got["application_properties"] ?? {}).toEqual({ ...own, ...changes });
      }),
    );
  });

  it("has no lock when it is only looked at", () => {
    const peeked = rhea.message.decode(encodePeeked(message(rhea.message.encode({ body: 1 }))));
    expect(peeked["message_annotations"]).not.toHaveProperty("x-opt-locked-until");
  });
});

describe("reading a message", () => {
  it("finds what the broker needs", () => {
    const content = rhea.message.encode({
      message_id: "m",
      group_id: "session",
      ttl: 5000,
      message_annotations: { "x-opt-scheduled-enqueue-time": new Date(9000) },
      body: "b",
    });
    expect(decodeDraft(content)).toMatchObject({
      messageId: "m",
      sessionId: "session",
      timeToLive: 5000,
      scheduledFor: 9000,
    });
  });

  it("finds what rules compare", () => {
    const content = rhea.message.encode({
      message_id: "m",
      correlation_id: "c",
      subject: "s",
      to: "t",
      reply_to: "r",
      reply_to_group_id: "rs",
      content_type: "ct",
      group_id: "g",
      application_properties: { a: 1, b: "two" },
      body: "b",
    });
    expect(filterable(content)).toEqual({
      messageId: "m",
      correlationId: "c",
      label: "s",
      to: "t",
      replyTo: "r",
      replyToSessionId: "rs",
      contentType: "ct",
      sessionId: "g",
      properties: { a: 1, b: "two" },
    });
  });

  it("refuses any other bytes as malformed", () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 1 }), (bytes) => {
        try {
          decodeDraft(Buffer.from(bytes));
        } catch (error) {
          expect(error).toBeInstanceOf(MalformedError);
        }
      }),
    );
  });

  it("takes a batch apart", () => {
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ minLength: 1 }), { minLength: 2 }), (parts) => {
        const messages = parts.map((part) => Buffer.from(part));
        const batch = rhea.message.encode({ body: rhea.message.data_sections(messages) });
        expect(splitBatch(batch)).toEqual(messages);
      }),
    );
  });

  it("takes only primitive values as changed properties", () => {
    expect(toChanges({ a: 1, b: new Date(5), c: null })).toEqual({ a: 1, b: new Date(5), c: null });
    expect(() => toChanges({ a: { b: 1 } })).toThrow(MalformedError);
  });
});

describe("a lock token", () => {
  it("is the same in a delivery tag and in a management body, whose bytes differ", () => {
    expect(tagOf(TOKEN).toString("hex")).toBe("33221100554477668899aabbccddeeff");
    expect(tokenOfTag(tagOf(TOKEN))).toBe(TOKEN);
    expect(tokenOfUuid(uuidOf(TOKEN))).toBe(TOKEN);
  });
});
