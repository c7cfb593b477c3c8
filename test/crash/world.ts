import { receivers } from "../../shared/endpoints.ts";
import type { Delivery, OutboxRef, Publish } from "../../shared/exactly-once/contracts.ts";
import { feedDispatcher } from "../../shared/exactly-once/dispatcher.ts";
import type { Steps } from "../../shared/exactly-once/endpoint.ts";
import { requests } from "../../shared/exactly-once/request.ts";
import { sweeper } from "../../shared/exactly-once/sweeper.ts";
import { silent } from "../../shared/exactly-once/telemetry.ts";
import { addressOf } from "../../shared/messaging/address.ts";
import type { Message } from "../../shared/pierogi/messages.ts";
import { emptyMemory, memoryStore } from "../../shared/stores/memory/memory.ts";
import { broker, type Held } from "./broker.ts";
import { simulation } from "./clock.ts";
import { type FaultPlan, faultyIo, type Instance, retention } from "./faults.ts";

export interface Variant {
  readonly mode: "deadline" | "fence";
  /** How what an endpoint did not send itself gets sent. */
  readonly path: "inline" | "feed" | "sweep";
  readonly entry: "message" | "http";
  readonly instances: 1 | 2;
}

/** Breaks one of the I/O steps that endpoints are given: the seam through which a rule is sabotaged. */
export type Sabotage = (steps: Steps) => Steps;

export interface Quarantined {
  readonly id: string;
  readonly reason: string;
}

/** A process, and what its triggers call. */
interface Process {
  readonly instance: Instance;
  handle(message: Held, lock: number, delivery: Delivery): Promise<void>;
  readonly feed: ReturnType<typeof feedDispatcher>;
  readonly sweep: ReturnType<typeof sweeper>;
  readonly http: ReturnType<typeof requests>;
}

const grace = 5000;

/** The whole system in virtual time: business, algorithm, store, broker, instances that die and come back. */
export function world(
  { mode, path, entry, instances }: Variant,
  plan: FaultPlan,
  seed: number,
  sabotage: Sabotage = (steps) => steps,
) {
  const time = simulation(seed, instances > 1);
  const { io, trace } = faultyIo(time, plan, (dead) => time.after(1000, () => start(dead.name)));
  const memory = emptyMemory();
  const quarantined: Quarantined[] = [];
  const running: Process[] = [];
  let turn = 0;

  const queues = broker(
    time,
    () => {
      const alive = running.filter(({ instance }) => instance.alive);
      return alive[turn++ % Math.max(alive.length, 1)]?.instance;
    },
    (instance, message, lock, delivery) => {
      void running.find((candidate) => candidate.instance === instance)?.handle(message, lock, delivery);
    },
  );

  /** Starts a process, anew when one of this name has died: it knows nothing of what that one knew. */
  function start(name: string): void {
    const instance: Instance = { name, alive: true };
    const surroundings = time;
    const store = memoryStore({
      mode,
      memory,
      now: time.now,
      io: (step, apply) => io(instance, step, apply),
    });
    const publish: Publish = async (outgoing) => {
      const destinations = Map.groupBy(outgoing, ({ destination }) => destination);
      await Promise.all(
        [...destinations].map(([to, messages]) =>
          io(instance, `send to ${to}`, () => queues.accept(messages)),
        ),
      );
    };
    const quarantine: Steps["quarantine"] = ({ envelope }, reason) =>
      io(
        instance,
        "quarantine",
        () => void quarantined.push({ id: "id" in envelope ? envelope.id : "", reason }),
      );

    // On the paths that are not inline, an endpoint hangs before it sends what it has committed.
    const inline: Publish = path === "inline" ? publish : () => new Promise(() => {});
    const steps = sabotage({ store, publish: inline, quarantine });
    const receive = receivers(
      { orders: steps, billing: steps, marketing: steps },
      surroundings,
      silent,
      retention,
    );
    const feed = feedDispatcher(store, publish, surroundings, silent, grace);
    const sweep = sweeper([store], publish, surroundings, silent, grace);
    const http = requests(store, publish, surroundings, silent, retention);

    async function handle(message: Held, lock: number, delivery: Delivery): Promise<void> {
      try {
        await receive[message.queue](delivery);
        await io(instance, "complete", () => queues.complete(message, lock));
      } catch {
        if (instance.alive) queues.giveBack(message, lock);
      }
    }

    const process: Process = { instance, handle, feed, sweep, http };
    const before = running.findIndex((other) => other.instance.name === name);
    if (before === -1) running.push(process);
    else running[before] = process;
    if (path === "feed") feedFrom(process);
    if (path === "sweep") for (const at of [10_000, 40_000]) time.after(at, () => void sweepOf(process));
    time.after(0, queues.offer);
  }

  /** A timer's run: when it fails, the next one comes anyway. */
  const sweepOf = (process: Process | undefined): Promise<unknown> | undefined =>
    process?.instance.alive === true ? process.sweep().catch(() => {}) : undefined;

  /** One consumer of the store's change feed: it passes items on, and its checkpoint moves only behind success. */
  let checkpoint = 0;
  const appeared: (OutboxRef & { storedAt: number })[] = [];
  const seen = new Set<string>();

  function feedFrom(process: Process): void {
    const poll = async (): Promise<void> => {
      for (const [key, item] of memory.outbox) {
        if (seen.has(key)) continue;
        seen.add(key);
        appeared.push(item);
      }
      const batch = appeared.slice(checkpoint);
      if (batch.length === 0) return;
      for (let attempt = 0; attempt < 3 && process.instance.alive; attempt++) {
        try {
          await process.feed(batch);
          await io(process.instance, "feed checkpoint", () => {
            checkpoint = Math.max(checkpoint, appeared.length);
          });
          return;
        } catch {
          await time.sleep(5000);
        }
      }
      // Tried in vain: the host moves on, and the sweeper runs behind it.
      checkpoint = appeared.length;
    };
    // Polls for as long as a test's load takes, in virtual time.
    for (let second = 0; second < 60; second += 5) time.after(second * 1000, () => void poll());
  }

  for (let n = 0; n < instances; n++) start(String.fromCharCode(65 + n));

  async function send(id: string, message: Message): Promise<void> {
    const command = addressOf(message);
    if (entry === "message") {
      queues.accept([{ ...command, id, createdAt: time.now() }]);
      return;
    }
    // The client repeats its request until it is answered, whichever instance answers.
    for (let attempt = 0; attempt < 10; attempt++) {
      const process = running[attempt % running.length];
      if (process?.instance.alive === true) {
        const answered = process.http
          .submit({
            aggregate: { endpoint: "orders", id: "orderId" in message ? message.orderId : "" },
            key: id,
            fingerprint: command.body,
            command,
          })
          .then(
            ({ status }) => status === "accepted",
            () => false,
          );
        if (await Promise.race([answered, time.sleep(30_000).then(() => false)])) return;
      }
      await time.sleep(1000);
    }
  }

  /** Lets everything come to rest: locks run out, the sweeper runs, an operator replays dead letters. */
  async function settle(): Promise<void> {
    await time.run();
    for (let round = 0; round < 20; round++) {
      const unsent = memory.outbox.size > 0;
      const dead = queues.held.some(({ state }) => state === "dead");
      if (!unsent && !dead) return;
      queues.replayDeadLetters();
      // A sweep is a timer's: it runs wherever there is a process, and again if it failed.
      time.after(
        grace + 1,
        () =>
          void running
            .find(({ instance }) => instance.alive)
            ?.sweep()
            .catch(() => {}),
      );
      await time.run();
    }
  }

  /** The clock passes retention, and one more copy of everything that was ever sent comes. */
  async function deliverLateCopies(): Promise<void> {
    time.after(retention.retention + 2 * retention.skew + 1, () => {
      for (const message of dedupe(queues.held)) queues.enqueue(message.queue, message.outgoing);
    });
    await settle();
  }

  return { time, send, settle, deliverLateCopies, memory, queues, quarantined, trace };
}

function dedupe(held: readonly Held[]): Held[] {
  return [...new Map(held.map((message) => [`${message.queue} ${message.outgoing.id}`, message])).values()];
}

export type World = ReturnType<typeof world>;
