import { describe, expect, it } from "vitest";
import { virtualTime } from "../../test/support/virtual-time.ts";
import { memoryStore } from "../stores/memory/memory.ts";
import type { StoreStep } from "../stores/steps.ts";
import type { Delivery, Outgoing, Store, Unit } from "./contracts.ts";
import { type Behaviour, endpoint } from "./endpoint.ts";
import { PermanentError, TransientError } from "./errors.ts";
import { outgoingId } from "./ids.ts";
import { type Step, silent } from "./telemetry.ts";

const day = 86_400_000;
const retention = { retention: 7 * day, skew: 300_000, margin: 600_000 };

/** Counts what it heard, and tells of each with the count: content that depends on today's state. */
const counter: Behaviour<number, { by: number }, { total: number }> = {
  name: "counter",
  parse: (type, _schema, body) =>
    type === "Add"
      ? (body as { by: number })
      : { reason: "unknown type", problem: `unknown type ${type}; expected Add` },
  aggregateOf: () => "the one",
  initial: 0,
  schema: 1,
  restore: (_schema, stored) => Number(stored),
  decide: (state, { by }) =>
    by < 0
      ? { state, outgoing: [], outcome: { status: "rejected", reason: "only up" } }
      : {
          state: state + by,
          outgoing: Array.from({ length: by }, (_, n) => ({ total: state + n + 1 })),
          outcome: { status: "accepted" },
        },
  address: ({ total }) => ({
    type: "Added",
    schema: 1,
    destination: "events",
    body: JSON.stringify({ total }),
  }),
};

const firstId = "00000000-0000-4000-8000-000000000001";

function setUp(mode: Store["mode"]) {
  const time = virtualTime();
  const published: Outgoing[] = [];
  const quarantined: { reason: string; description: string }[] = [];
  const told: Step[] = [];
  /** Faults, each used once: before or after a step. */
  const faults: { step: StoreStep | "publish" | "quarantine"; when: "before" | "after"; error: Error }[] = [];
  const steps: string[] = [];

  function fault(step: string, when: "before" | "after"): void {
    const index = faults.findIndex((candidate) => candidate.step === step && candidate.when === when);
    const found = faults[index];
    if (found === undefined) return;
    faults.splice(index, 1);
    throw found.error;
  }

  async function io<T>(step: StoreStep | "publish" | "quarantine", apply: () => T): Promise<T> {
    steps.push(step);
    fault(step, "before");
    const result = apply();
    fault(step, "after");
    return result;
  }

  const store = memoryStore({ mode, now: time.now, io });
  const receive = endpoint(
    counter,
    {
      store,
      publish: (outgoing) => io("publish", () => void published.push(...outgoing)),
      quarantine: (_delivery, reason, description) =>
        io("quarantine", () => void quarantined.push({ reason, description })),
    },
    time,
    { ...silent, step: (step) => told.push(step) },
    retention,
  );
  const delivery = (by: number, more: { id?: string; type?: string; createdAt?: number } = {}): Delivery => ({
    envelope: {
      id: firstId,
      type: "Add",
      schema: 1,
      createdAt: time.now(),
      body: JSON.stringify({ by }),
      ...more,
    },
    entity: "counter",
    deliveryCount: 1,
    original: { body: Buffer.from(""), properties: {} },
  });
  const state = async () => (await store.state({ endpoint: "counter", id: "the one" }))?.value;
  const stepNames = () => told.map(({ step }) => step);
  return { time, store, receive, published, quarantined, told, stepNames, faults, steps, delivery, state };
}

describe.each(["deadline", "fence"] as const)("an endpoint on a store with a %s", (mode) => {
  it("commits state, record and outgoing messages, sends these, and keeps nothing unsent", async () => {
    const { receive, delivery, published, state, store, stepNames } = setUp(mode);
    await receive(delivery(2));
    expect(await state()).toBe(2);
    expect(published.map(({ body }) => body)).toEqual(['{"total":1}', '{"total":2}']);
    expect(published.map(({ id }) => id)).toEqual([0, 1].map((n) => outgoingId(firstId, "counter", n)));
    expect(
      await store.outboxItem({ aggregate: { endpoint: "counter", id: "the one" }, messageId: firstId }),
    ).toBeUndefined();
    expect(stepNames()).toEqual(["received", "decided", "committed", "sent", "completed"]);
  });

  it("processes a second copy not at all", async () => {
    const { receive, delivery, published, state, stepNames } = setUp(mode);
    const message = delivery(1);
    await receive(message);
    await receive(message);
    expect(await state()).toBe(1);
    expect(published).toHaveLength(1);
    expect(stepNames().slice(5)).toEqual(["received", "duplicate", "completed"]);
  });

  it("sends after a crash between commit and send what was decided then, byte for byte", async () => {
    const { receive, delivery, published, faults, time } = setUp(mode);
    const message = delivery(1);
    const crash = new Error("the process died");
    faults.push({ step: "publish", when: "before", error: crash });
    await expect(receive(message)).rejects.toBe(crash);
    const decidedAt = time.now();
    time.advance(60_000);
    await receive(delivery(5, { id: "00000000-0000-4000-8000-000000000002" }));
    published.length = 0;
    await receive(message);
    expect(published).toMatchObject([
      { id: outgoingId(firstId, "counter", 0), body: '{"total":1}', createdAt: decidedAt },
    ]);
  });

  it("sends once more, under the same id, what the broker took without an answer", async () => {
    const { receive, delivery, published, faults } = setUp(mode);
    faults.push({ step: "publish", when: "after", error: new TransientError("no answer") });
    await receive(delivery(1));
    expect(published).toHaveLength(2);
    expect(published[1]).toEqual(published[0]);
  });

  it("takes a commit whose answer was lost for what the store says it is", async () => {
    const { receive, delivery, published, faults, state, told } = setUp(mode);
    faults.push({ step: "commit", when: "after", error: new TransientError("no answer") });
    await receive(delivery(1));
    expect(await state()).toBe(1);
    expect(published).toHaveLength(1);
    expect(told.filter(({ step }) => step === "duplicate")).toEqual([]);
  });

  it("commits again when the commit itself was lost", async () => {
    const { receive, delivery, published, faults, state } = setUp(mode);
    faults.push({ step: "commit", when: "before", error: new TransientError("unreachable") });
    await receive(delivery(1));
    expect(await state()).toBe(1);
    expect(published).toHaveLength(1);
  });

  it("decides again when another message changed the state meanwhile", async () => {
    const { receive, delivery, state, store, published, stepNames } = setUp(mode);
    const { load } = store;
    let overtaken = false;
    store.load = async (...of) => {
      const loaded = await load(...of);
      if (!overtaken) {
        overtaken = true;
        await receive(delivery(10, { id: "00000000-0000-4000-8000-000000000002" }));
        published.length = 0;
      }
      return loaded;
    };
    await receive(delivery(1));
    expect(await state()).toBe(11);
    expect(published.map(({ body }) => body)).toEqual(['{"total":11}']);
    expect(stepNames()).toContain("conflict");
  });

  it("tries for four minutes, waiting no longer than 30 s at a time, and then gives the delivery back", async () => {
    const { receive, delivery, time, store } = setUp(mode);
    const startedAt = time.now();
    let tries = 0;
    store.load = async () => {
      tries++;
      throw new TransientError("unreachable");
    };
    await expect(receive(delivery(1))).rejects.toThrow("unreachable");
    expect(time.now() - startedAt).toBeGreaterThan(200_000);
    expect(time.now() - startedAt).toBeLessThanOrEqual(240_000);
    expect(tries).toBeGreaterThan(8);
  });

  it("leaves to the sweeper what can never be sent, since the commit stands", async () => {
    const { receive, delivery, faults, steps, store } = setUp(mode);
    faults.push({ step: "publish", when: "before", error: new PermanentError("too large") });
    await receive(delivery(1));
    expect(steps.filter((step) => step === "publish")).toHaveLength(1);
    const aggregate = { endpoint: "counter", id: "the one" };
    expect(await store.outboxItem({ aggregate, messageId: firstId })).toBeDefined();
  });

  it("tells a racing copy as one that was decided twice, not as an answer that was lost", async () => {
    const { receive, delivery, store, stepNames } = setUp(mode);
    const { load } = store;
    store.load = async (...of) => {
      store.load = load;
      const loaded = await load(...of);
      await receive(delivery(1));
      return loaded;
    };
    await receive(delivery(1));
    expect(stepNames().filter((step) => step === "decided twice")).toHaveLength(1);
    expect(stepNames().filter((step) => step === "committed")).toHaveLength(1);
  });

  it("records a broken business rule as an outcome", async () => {
    const { receive, delivery, store, quarantined } = setUp(mode);
    await receive(delivery(-1));
    const { record } = await store.load({ endpoint: "counter", id: "the one" }, firstId);
    expect(record?.outcome).toEqual({ status: "rejected", reason: "only up" });
    expect(quarantined).toEqual([]);
  });

  it.each([
    ["of an unknown type", { type: "Subtract" }, /^unknown type: unknown type Subtract; expected Add/],
    [
      "from the future",
      { createdAt: Date.parse("2026-03-01T12:05:00.001Z") },
      /^future: created at 2026-03-01T12:05/,
    ],
    [
      "too old without a record",
      { createdAt: Date.parse("2026-02-22T12:09:59Z") },
      /^too old: .* no record of it is left/,
    ],
  ])("puts a message %s into quarantine and completes it", async (_what, more, explained) => {
    const { receive, delivery, quarantined, state } = setUp(mode);
    await receive(delivery(1, more));
    expect(quarantined.map(({ reason, description }) => `${reason}: ${description}`)).toEqual([
      expect.stringMatching(explained),
    ]);
    expect(await state()).toBeUndefined();
  });

  it("knows a duplicate at any age while its record lives", async () => {
    const { receive, delivery, quarantined, time, stepNames } = setUp(mode);
    const message = delivery(1);
    await receive(message);
    time.advance(7 * day - 1);
    await receive(message);
    expect(stepNames().slice(5)).toEqual(["received", "duplicate", "completed"]);
    time.advance(day);
    await receive(message);
    expect(quarantined).toMatchObject([{ reason: "too old" }]);
  });

  it("puts what no store can take into quarantine, and writes nothing of it", async () => {
    const { receive, delivery, quarantined, state } = setUp(mode);
    await receive(delivery(101));
    expect(quarantined).toMatchObject([
      { reason: "refused", description: expect.stringContaining("at most 100") },
    ]);
    expect(await state()).toBeUndefined();
  });

  it("waits for the quarantine's acknowledgement before it completes", async () => {
    const { receive, delivery, quarantined, faults } = setUp(mode);
    faults.push({ step: "quarantine", when: "before", error: new TransientError("unreachable") });
    await receive(delivery(1, { type: "Subtract" }));
    expect(quarantined).toHaveLength(1);
  });

  it("gives the delivery back when the store met something that it does not show", async () => {
    const { receive, delivery, store } = setUp(mode);
    store.commit = async (): Promise<"duplicate"> => "duplicate";
    await expect(receive(delivery(1))).rejects.toThrow(/neither its record nor its outbox item/);
  });

  it("writes the state conditionally on what it read, even when nothing changed", async () => {
    const { receive, delivery, store } = setUp(mode);
    const units: Unit[] = [];
    const { commit } = store;
    store.commit = (aggregate, unit) => {
      units.push(unit);
      return commit(aggregate, unit);
    };
    await receive(delivery(0));
    await receive(delivery(0, { id: "00000000-0000-4000-8000-000000000002" }));
    expect(units.map(({ version }) => version)).toEqual([undefined, "1"]);
    expect(units.map(({ state }) => state.value)).toEqual([0, 0]);
  });
});

it("refuses by the store's clock what its own clock let through", async () => {
  const time = virtualTime();
  const quarantined: string[] = [];
  const ahead = memoryStore({ mode: "deadline", now: () => time.now() + 11 * 60_000 });
  const receive = endpoint(
    counter,
    {
      store: ahead,
      publish: async () => {},
      quarantine: async (_delivery, reason) => void quarantined.push(reason),
    },
    time,
    silent,
    retention,
  );
  const createdAt = time.now() - retention.retention + retention.margin;
  await receive({
    envelope: { id: firstId, type: "Add", schema: 1, createdAt, body: '{"by":1}' },
    entity: "counter",
    deliveryCount: 1,
    original: { body: Buffer.from(""), properties: {} },
  });
  expect(quarantined).toEqual(["too old"]);
});
