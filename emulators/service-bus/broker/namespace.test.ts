import { describe, expect, it } from "vitest";
import type { AcceptedSession } from "./sessions.ts";
import {
  createBroker,
  createConsumer,
  draft,
  queueSettings,
  type TestBroker,
  type TestConsumer,
} from "./testing.ts";
import type { Topology } from "./topology.ts";

const topologyOf = (queues: Topology["queues"], topics: Topology["topics"] = []): Topology => ({
  queues,
  topics,
});

const ids = (broker: TestBroker, address: string): (string | undefined)[] =>
  broker.namespace
    .queue(address)
    .peek(0, 100, undefined)
    .map(({ messageId }) => messageId);

const got = ({ deliveries }: TestConsumer): (string | undefined)[] =>
  deliveries.map(({ message }) => message.messageId);

function accept(broker: TestBroker, sessionId: string | undefined, consumer = createConsumer(100)) {
  const outcome: { session?: AcceptedSession; error?: Error; consumer: TestConsumer } = { consumer };
  const queue = broker.namespace.queue("lanes");
  queue.acceptSession({
    sessionId,
    consumer,
    timeout: 1000,
    granted: (session) => {
      outcome.session = session;
    },
    refused: (error) => {
      outcome.error = error;
    },
  });
  queue.resume(consumer);
  return outcome;
}

describe("a queue", () => {
  it("hands out no more than the credit, in turn to its consumers", () => {
    const broker = createBroker(topologyOf([queueSettings("plain")]));
    const queue = broker.namespace.queue("plain");
    const [a, b] = [createConsumer(1), createConsumer(2)];
    for (const consumer of [a, b]) queue.addConsumer(consumer);
    broker.namespace.send(
      "plain",
      ["1", "2", "3", "4"].map((id) => draft(id)),
    );
    expect([got(a), got(b)]).toEqual([["1"], ["2", "3"]]);
    a.credit = 1;
    queue.resume(a);
    expect(got(a)).toEqual(["1", "4"]);
  });

  it("gives an abandoned message its old place", () => {
    const broker = createBroker(topologyOf([queueSettings("plain")]));
    const queue = broker.namespace.queue("plain");
    const consumer = createConsumer(1);
    queue.addConsumer(consumer);
    broker.namespace.send("plain", [draft("1"), draft("2")]);
    consumer.credit = 2;
    queue.abandon(consumer.deliveries[0]?.lock?.token ?? "", {});
    expect(got(consumer)).toEqual(["1", "1", "2"]);
  });

  it("makes a dead letter when the last allowed delivery's lock runs out", () => {
    const broker = createBroker(topologyOf([queueSettings("plain", { maxDeliveryCount: 2 })]));
    const queue = broker.namespace.queue("plain");
    queue.addConsumer(createConsumer(100));
    broker.namespace.send("plain", [draft("1")]);
    broker.advance(30_000);
    expect(ids(broker, "plain")).toEqual(["1"]);
    broker.advance(30_000);
    expect(ids(broker, "plain")).toEqual([]);
    const [dead] = broker.namespace.queue("plain/$deadletterqueue").peek(0, 1, undefined);
    expect(dead?.changes).toMatchObject({ DeadLetterReason: "MaxDeliveryCountExceeded" });
    expect(broker.events.map(({ type }) => type)).toContain("deadLettered");
  });

  it("lets a locked message outlive its time, and expires it when it comes back", () => {
    const broker = createBroker(topologyOf([queueSettings("plain")]));
    const queue = broker.namespace.queue("plain");
    const consumer = createConsumer(1);
    queue.addConsumer(consumer);
    broker.namespace.send("plain", [draft("1", { timeToLive: 1000 }), draft("2", { timeToLive: 1000 })]);
    broker.advance(2000);
    expect(ids(broker, "plain/$deadletterqueue")).toEqual(["2"]);
    queue.abandon(consumer.deliveries[0]?.lock?.token ?? "", {});
    expect(ids(broker, "plain/$deadletterqueue")).toEqual(["2", "1"]);
  });

  it("keeps dead letters without end and past any delivery count", () => {
    const broker = createBroker(topologyOf([queueSettings("plain", { maxDeliveryCount: 1 })]));
    const consumer = createConsumer(1);
    broker.namespace.queue("plain").addConsumer(consumer);
    broker.namespace.send("plain", [draft("1")]);
    broker.namespace.queue("plain").deadLetter(consumer.deliveries[0]?.lock?.token ?? "", {
      reason: "bad",
      description: undefined,
    });
    const dead = broker.namespace.queue("plain/$deadletterqueue");
    dead.addConsumer(createConsumer(100));
    broker.advance(100 * 3_600_000);
    expect(ids(broker, "plain/$deadletterqueue")).toEqual(["1"]);
  });
});

describe("a session", () => {
  const lanes = topologyOf([queueSettings("lanes", { requiresSession: true })]);
  const send = (broker: TestBroker, ...items: readonly (readonly [string, string])[]): void =>
    broker.namespace.send(
      "lanes",
      items.map(([sessionId, id]) => draft(id, { sessionId })),
    );

  it("has one holder, whose messages come in order, and goes to the next when it is closed", () => {
    const broker = createBroker(lanes);
    send(broker, ["a", "1"], ["b", "2"], ["a", "3"]);
    const first = accept(broker, undefined);
    expect(first.session?.sessionId).toBe("a");
    expect(() => accept(broker, "a")).toThrow(
      expect.objectContaining({ refusal: "session-cannot-be-locked" }),
    );
    expect(accept(broker, undefined).session?.sessionId).toBe("b");
    broker.namespace.queue("lanes").removeConsumer(first.consumer);
    const next = accept(broker, undefined);
    expect([got(first.consumer), got(next.consumer)]).toEqual([
      ["1", "3"],
      ["1", "3"],
    ]);
    expect(next.consumer.deliveries.map(({ deliveryCount }) => deliveryCount)).toEqual([0, 0]);
  });

  it("takes a settlement only under the last lock of the message", () => {
    const broker = createBroker(lanes);
    send(broker, ["a", "1"]);
    const { consumer } = accept(broker, "a");
    const queue = broker.namespace.queue("lanes");
    const [first] = consumer.deliveries;
    queue.abandon(first?.lock?.token ?? "", { attempt: 1 });
    const again = consumer.deliveries[1];
    expect(again).toMatchObject({ deliveryCount: 1, changes: { attempt: 1 } });
    expect(() => queue.complete(first?.lock?.token ?? "")).toThrow(
      expect.objectContaining({ refusal: "session-lock-lost" }),
    );
    queue.complete(again?.lock?.token ?? "");
    expect(ids(broker, "lanes")).toEqual([]);
  });

  it("is lost when its lock runs out, which counts as a delivery", () => {
    const broker = createBroker(lanes);
    send(broker, ["a", "1"]);
    const late = accept(broker, "a");
    broker.advance(30_000);
    expect(late.consumer.lost).toBe(true);
    const queue = broker.namespace.queue("lanes");
    expect(() => queue.complete(late.consumer.deliveries[0]?.lock?.token ?? "")).toThrow(
      expect.objectContaining({ refusal: "session-lock-lost" }),
    );
    const next = accept(broker, "a");
    expect(() => queue.setSessionState("a", late.consumer, Buffer.from("x"))).toThrow(
      expect.objectContaining({ refusal: "session-lock-lost" }),
    );
    expect(next.consumer.deliveries[0]?.deliveryCount).toBe(1);
  });

  it("is waited for until the time-out; one who left is not served", () => {
    const broker = createBroker(lanes);
    const queue = broker.namespace.queue("lanes");
    const patient = accept(broker, undefined);
    const cancel = queue.acceptSession({
      sessionId: undefined,
      consumer: createConsumer(1),
      timeout: 5000,
      granted: () => expect.unreachable(),
      refused: () => expect.unreachable(),
    });
    cancel();
    broker.advance(999);
    const third = accept(broker, undefined);
    broker.advance(1);
    expect(patient.error).toMatchObject({ refusal: "timeout" });
    send(broker, ["a", "1"]);
    expect(third.session?.sessionId).toBe("a");
  });
});

describe("forwarding", () => {
  it("stops after four hops with a dead letter where it stopped", () => {
    const chain = ["1", "2", "3", "4", "5", "6"].map((name) =>
      queueSettings(name, { forwardTo: name === "6" ? undefined : String(Number(name) + 1) }),
    );
    const broker = createBroker(topologyOf(chain));
    broker.namespace.send("1", [draft("m")]);
    expect(ids(broker, "6")).toEqual([]);
    const [dead] = broker.namespace.queue("4/$deadletterqueue").peek(0, 1, undefined);
    expect(dead?.changes).toMatchObject({ DeadLetterReason: "MaxTransferHopCountExceeded" });
  });

  it("leaves nothing to receive behind, and sends on what came before it was set", () => {
    const before = createBroker(topologyOf([queueSettings("first"), queueSettings("last")]));
    before.namespace.send("first", [draft("1")]);
    const forwarding = topologyOf([queueSettings("first", { forwardTo: "last" }), queueSettings("last")]);
    const after = createBroker(forwarding, before.now(), before.stored());
    expect([ids(after, "first"), ids(after, "last")]).toEqual([[], ["1"]]);
    expect([...after.stored().messages].map(({ queue }) => queue)).toEqual(["last"]);
    expect(() => after.namespace.queue("first").addConsumer(createConsumer(1))).toThrow(/receive from there/);
  });

  it("takes a message through a topic's rules, and makes of a session-less one a dead letter at its source", () => {
    const broker = createBroker(
      topologyOf(
        [queueSettings("lanes", { requiresSession: true })],
        [
          {
            name: "events",
            defaultTimeToLive: 1000,
            subscriptions: [
              {
                ...queueSettings("one", { forwardTo: "lanes" }),
                rules: [{ name: "r", filter: { type: "correlation", conditions: { label: "yes" } } }],
              },
            ],
          },
        ],
      ),
    );
    const message = { content: Buffer.from("yes") };
    broker.namespace.send("events", [
      draft("1", { ...message, sessionId: "a" }),
      draft("2", message),
      draft("3", { content: Buffer.from("no"), sessionId: "a" }),
    ]);
    expect(ids(broker, "lanes")).toEqual(["1"]);
    expect(ids(broker, "events/subscriptions/one/$deadletterqueue")).toEqual(["2"]);
  });
});

it("a batch with one message that can't be taken is refused as a whole", () => {
  const broker = createBroker(topologyOf([queueSettings("lanes", { requiresSession: true })]));
  const batch = [draft("1", { sessionId: "a" }), draft("2")];
  expect(() => broker.namespace.send("lanes", batch)).toThrow(
    expect.objectContaining({ refusal: "invalid-operation" }),
  );
  expect(ids(broker, "lanes")).toEqual([]);
});
