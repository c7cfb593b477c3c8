import { describe, expect, it } from "vitest";
import { virtualTime } from "../../test/support/virtual-time.ts";
import { memoryStore } from "../stores/memory/memory.ts";
import type { Outgoing } from "./contracts.ts";
import { TransientError } from "./errors.ts";
import { requestId } from "./ids.ts";
import { requests } from "./request.ts";
import { silent } from "./telemetry.ts";

const day = 86_400_000;
const retention = { retention: 7 * day, skew: 300_000, margin: 600_000 };
const aggregate = { endpoint: "orders", id: "1" };

function setUp() {
  const time = virtualTime(Date.parse("2026-03-01T12:00:00Z"));
  const published: Outgoing[] = [];
  const errors: Error[] = [];
  const store = memoryStore({ mode: "fence", now: time.now });
  const entry = requests(
    store,
    async (outgoing) => {
      const error = errors.shift();
      if (error !== undefined) throw error;
      published.push(...outgoing);
    },
    time,
    silent,
    retention,
  );
  const submit = (key: string, fingerprint = "POST /submit") =>
    entry.submit({
      aggregate,
      key,
      fingerprint,
      command: { type: "S", schema: 1, destination: "orders", body: "{}" },
    });
  return { time, published, errors, store, entry, submit };
}

/** A UUID version 7 of the given time. */
const keyOf = (time: number): string => {
  const hex = time.toString(16).padStart(12, "0");
  return `${hex.slice(0, 8)}-${hex.slice(8)}-7000-8000-000000000000`;
};

describe("an HTTP request", () => {
  it("that comes twice causes two copies of one message", async () => {
    const { submit, published, time } = setUp();
    const createdAt = time.now();
    expect(await submit("key")).toEqual({ status: "accepted" });
    time.advance(60_000);
    expect(await submit("key")).toEqual({ status: "accepted" });
    expect(published).toMatchObject([
      { id: requestId("1", "key"), createdAt },
      { id: requestId("1", "key"), createdAt },
    ]);
  });

  it("keeps its first date until a message of that date is too old by any clock", async () => {
    const { submit, published, time } = setUp();
    const createdAt = time.now();
    await submit("key");
    time.advance(retention.retention + retention.skew - 1);
    await submit("key");
    expect(published.map((message) => message.createdAt)).toEqual([createdAt, createdAt]);
  });

  it("under a used key, but for something else, is refused and sends nothing", async () => {
    const { submit, published } = setUp();
    await submit("key");
    expect(await submit("key", "POST /cancel-payment")).toEqual({ status: "mismatch" });
    expect(published).toHaveLength(1);
  });

  it("is dated by its key, when that carries a time", async () => {
    const { submit, published, time } = setUp();
    const keyCreatedAt = time.now() - day;
    await submit(keyOf(keyCreatedAt));
    expect(published).toMatchObject([{ createdAt: keyCreatedAt }]);
  });

  it("with a key older than records are kept, or from the future, is refused", async () => {
    const { submit, published, time } = setUp();
    expect(await submit(keyOf(time.now() - 7 * day))).toMatchObject({ status: "gone" });
    expect(await submit(keyOf(time.now() + 301_000))).toMatchObject({ status: "future" });
    expect(published).toEqual([]);
  });

  it("is sent although the broker was away for a moment", async () => {
    const { submit, published, errors } = setUp();
    errors.push(new TransientError("unreachable"), new TransientError("unreachable"));
    expect(await submit("key")).toEqual({ status: "accepted" });
    expect(published).toHaveLength(1);
  });

  it("has a status from unknown over pending to its outcome", async () => {
    const { submit, entry, store } = setUp();
    expect(await entry.status(aggregate, "key")).toEqual({ status: "unknown" });
    await submit("key");
    expect(await entry.status(aggregate, "key")).toEqual({ status: "pending" });
    await store.commit(aggregate, {
      messageId: requestId("1", "key"),
      record: { createdAt: 0, outcome: { status: "rejected", reason: "empty" } },
      state: { schema: 1, value: null },
      outgoing: [],
      deadline: Number.POSITIVE_INFINITY,
      keepRecordFor: day,
    });
    expect(await entry.status(aggregate, "key")).toEqual({ status: "rejected", reason: "empty" });
  });
});
