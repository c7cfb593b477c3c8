import fc from "fast-check";
import { expect, it } from "vitest";
import { BrokerError } from "./errors.ts";
import type { Delivery, Message } from "./message.ts";
import type { Namespace, Stored } from "./namespace.ts";
import {
  createBroker,
  createConsumer,
  draft,
  queueSettings,
  type TestBroker,
  type TestConsumer,
} from "./testing.ts";

const SESSIONS = ["a", "b", "c"];
const LOCK = 30_000;
const TOPOLOGY = {
  queues: [
    queueSettings("plain", { lockDuration: LOCK, defaultTimeToLive: 100_000 }),
    queueSettings("lanes", { lockDuration: LOCK, defaultTimeToLive: 100_000, requiresSession: true }),
  ],
  topics: [],
};

type Step =
  | { readonly do: "send"; readonly queue: string; readonly session: number; readonly delay: number }
  | { readonly do: "credit"; readonly who: number; readonly credit: number }
  | {
      readonly do: "settle";
      readonly which: number;
      readonly how: "complete" | "abandon" | "defer" | "deadLetter";
    }
  | { readonly do: "renew"; readonly which: number }
  | { readonly do: "accept"; readonly who: number; readonly session: number }
  | { readonly do: "leave"; readonly who: number }
  | { readonly do: "wait"; readonly milliseconds: number };

const number = (max: number) => fc.nat({ max });
const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({
      do: fc.constant("send" as const),
      queue: fc.constantFrom("plain", "lanes"),
      session: number(2),
      delay: fc.constantFrom(0, 0, 0, 5000),
    }),
  },
  {
    weight: 4,
    arbitrary: fc.record({ do: fc.constant("credit" as const), who: number(5), credit: number(3) }),
  },
  {
    weight: 5,
    arbitrary: fc.record({
      do: fc.constant("settle" as const),
      which: number(30),
      how: fc.constantFrom("complete" as const, "abandon" as const, "defer" as const, "deadLetter" as const),
    }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("renew" as const), which: number(30) }) },
  {
    weight: 3,
    arbitrary: fc.record({ do: fc.constant("accept" as const), who: number(5), session: number(3) }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("leave" as const), who: number(5) }) },
  {
    weight: 2,
    arbitrary: fc.record({
      do: fc.constant("wait" as const),
      milliseconds: fc.constantFrom(1000, 10_000, 29_999, 40_000),
    }),
  },
);

/** What a user believes about the broker from what it was told. */
interface Model {
  readonly sent: Set<string>;
  readonly completed: Set<string>;
  /** Every delivery so far, with the queue it came from. */
  readonly deliveries: {
    readonly queue: string;
    readonly delivery: Delivery;
    readonly consumer: TestConsumer;
  }[];
  /** The lock under which each message is out, by message id. */
  readonly held: Map<string, { readonly token: string; until: number }>;
}

function run(all: readonly Step[], stored?: Stored, start?: number): { broker: TestBroker; model: Model } {
  const broker = createBroker(TOPOLOGY, start, stored);
  const { namespace } = broker;
  const model: Model = { sent: new Set(), completed: new Set(), deliveries: [], held: new Map() };
  const hire = (queue: string): TestConsumer => {
    const consumer = createConsumer(0);
    consumer.deliver = (delivery) => {
      const id = delivery.message.messageId ?? "";
      const other = model.held.get(id);
      // At most one holder: no lock is given while another that was given for the message is in force.
      if (other !== undefined) expect(other.until).toBeLessThanOrEqual(broker.now());
      model.held.set(id, { token: delivery.lock?.token ?? "", until: broker.now() + LOCK });
      const first = namespace
        .queue(queue)
        .peek(0, 1000, delivery.message.sessionId)
        .find(({ state, messageId }) => state === "active" && !isHeld(messageId));
      // In order: nothing that is available in the same line is older.
      expect(first === undefined || first.sequence > delivery.message.sequence).toBe(true);
      model.deliveries.push({ queue, delivery, consumer });
    };
    return consumer;
  };
  const isHeld = (id: string | undefined): boolean => (model.held.get(id ?? "")?.until ?? 0) > broker.now();
  const release = (consumer: TestConsumer): void => {
    for (const { queue, delivery, consumer: by } of model.deliveries) {
      if (by === consumer && queue === "lanes") free(delivery);
    }
  };
  const free = ({ message, lock }: Delivery): void => {
    const id = message.messageId ?? "";
    if (model.held.get(id)?.token === lock?.token) model.held.delete(id);
  };

  const consumers = Array.from({ length: 6 }, (_, who) => hire(who < 3 ? "plain" : "lanes"));
  for (const consumer of consumers.slice(0, 3)) namespace.queue("plain").addConsumer(consumer);
  const queueOf = (who: number): string => (who < 3 ? "plain" : "lanes");

  const perform = (one: Step, index: number): void => {
    switch (one.do) {
      case "send": {
        const id = `${stored === undefined ? "first" : "second"}-${index}`;
        model.sent.add(id);
        const sessionId = one.queue === "lanes" ? SESSIONS[one.session] : undefined;
        const scheduledFor = one.delay === 0 ? undefined : broker.now() + one.delay;
        namespace.send(one.queue, [draft(id, { sessionId, scheduledFor })]);
        break;
      }
      case "credit": {
        const consumer = consumers[one.who];
        if (consumer === undefined) break;
        consumer.credit = one.credit;
        namespace.queue(queueOf(one.who)).resume(consumer);
        break;
      }
      case "settle": {
        const { queue: from, delivery } = model.deliveries.at(-1 - one.which) ?? {};
        if (from === undefined || delivery === undefined) break;
        const token = delivery.lock?.token ?? "";
        const queue = namespace.queue(from);
        const before = model.held.get(delivery.message.messageId ?? "");
        free(delivery);
        try {
          if (one.how === "deadLetter") queue.deadLetter(token, { reason: "r", description: undefined });
          else if (one.how === "complete") queue.complete(token);
          else queue[one.how](token, {});
          // Only the lock that is in force settles.
          expect(before?.token).toBe(token);
          if (one.how === "complete") model.completed.add(delivery.message.messageId ?? "");
        } catch (error) {
          if (before?.token === token) model.held.set(delivery.message.messageId ?? "", before);
          throw error;
        }
        break;
      }
      case "renew": {
        const { queue: from, delivery } = model.deliveries.at(-1 - one.which) ?? {};
        if (from !== "plain" || delivery === undefined) break;
        namespace.queue(from).renewLock(delivery.lock?.token ?? "");
        const held = model.held.get(delivery.message.messageId ?? "");
        if (held !== undefined) held.until = broker.now() + LOCK;
        break;
      }
      case "accept": {
        const consumer = consumers[one.who];
        if (consumer === undefined || one.who < 3) break;
        namespace.queue("lanes").removeConsumer(consumer);
        release(consumer);
        namespace.queue("lanes").acceptSession({
          sessionId: SESSIONS[one.session],
          consumer,
          timeout: 0,
          granted: () => {},
          refused: () => {},
        });
        break;
      }
      case "leave": {
        const consumer = consumers[one.who];
        if (consumer === undefined || one.who < 3) break;
        release(consumer);
        namespace.queue("lanes").removeConsumer(consumer);
        break;
      }
      case "wait":
        broker.advance(one.milliseconds);
        break;
    }
  };
  all.forEach((one, index) => {
    try {
      perform(one, index);
    } catch (error) {
      if (!(error instanceof BrokerError)) throw error;
    }
  });
  return { broker, model };
}

const PLACES = ["plain", "lanes"].flatMap((queue) => [queue, `${queue}/$deadletterqueue`]);

const visible = (namespace: Namespace): readonly (readonly [string, Message])[] =>
  PLACES.flatMap((place) =>
    namespace
      .queue(place)
      .peek(0, 10_000, undefined)
      .map((message) => [place, message] as const),
  );

/** Every message in every place, once no lock is in force any more. */
function atRest(broker: TestBroker): readonly string[] {
  broker.advance(2 * LOCK);
  return visible(broker.namespace).map(([, { messageId }]) => messageId ?? "");
}

/** What storage keeps is what can be seen. */
function expectStored(broker: TestBroker): void {
  const kept = [...broker.stored().messages]
    .filter(({ message }) => message.expiresAt > broker.now())
    .map(({ queue, message }) => [queue, message] as const);
  const byId = (messages: readonly (readonly [string, Message])[]) =>
    messages.toSorted(([, a], [, b]) => a.id - b.id);
  expect(byId(kept)).toEqual(byId(visible(broker.namespace)));
}

const steps = fc.array(step, { maxLength: 60 });

it("no message is lost or doubled, none is locked twice, and each line keeps its order", () => {
  fc.assert(
    fc.property(steps, (all) => {
      const { broker, model } = run(all);
      expect([...atRest(broker), ...model.completed].toSorted()).toEqual([...model.sent].toSorted());
    }),
    { numRuns: 300 },
  );
});

it("storage has what memory has, and a restart loses and doubles nothing", () => {
  fc.assert(
    fc.property(steps, (all) => {
      const { broker, model } = run(all);
      expectStored(broker);
      const restarted = createBroker(TOPOLOGY, broker.now(), broker.stored());
      expect([...atRest(restarted), ...model.completed].toSorted()).toEqual([...model.sent].toSorted());
    }),
    { numRuns: 300 },
  );
});

it("no message is delivered more often than its queue allows, restarts included", () => {
  fc.assert(
    fc.property(steps, steps, (before, after) => {
      const first = run(before);
      const second = run(after, first.broker.stored(), first.broker.now());
      expectStored(second.broker);
      for (const { delivery } of [...first.model.deliveries, ...second.model.deliveries]) {
        expect(delivery.deliveryCount).toBeLessThan(3);
      }
    }),
    { numRuns: 200 },
  );
});
