import { describe, expect, it } from "vitest";
import type { Unit } from "../../exactly-once/contracts.ts";
import { appearedItems, toInboxDocument, toOutboxDocument, toRequestDocument } from "./documents.ts";

const aggregate = { endpoint: "orders", id: "a:1" };
const unit: Unit = {
  messageId: "m1",
  record: { createdAt: 42, outcome: { status: "accepted" } },
  state: { schema: 1, value: null },
  outgoing: [],
  deadline: 0,
  keepRecordFor: 86_400_001,
};

describe("a document", () => {
  it("lives as long as was asked, and no part of a second less", () => {
    expect(toInboxDocument(aggregate, unit).ttl).toBe(86_401);
    expect(toRequestDocument(aggregate, "r1", { hash: "h", createdAt: 42 }, 86_400_001).ttl).toBe(86_401);
  });

  it("with messages to send has no time to live at all", () => {
    expect(toOutboxDocument(aggregate, "m1", [])).not.toHaveProperty("ttl");
  });
});

it("an item that appears in the feed counts as stored at the end of its second, so that its endpoint has all the grace", () => {
  const item = { ...toOutboxDocument(aggregate, "m1", []), _ts: 5 };
  const others = [{ id: "state", partition: "orders:a:1", schema: 1, state: null, _ts: 5 }, null];
  expect(appearedItems([...others, item])).toEqual([{ aggregate, messageId: "m1", storedAt: 5_999 }]);
});
