import { emptyMemory } from "../../shared/stores/memory/memory.ts";
import { broker, type Held } from "./broker.ts";
import { changeFeed } from "./change-feed.ts";
import { client } from "./client.ts";
import { simulation } from "./clock.ts";
import { type FaultPlan, faultyIo, type Instance, retention } from "./faults.ts";
import { replayDeadLetters } from "./operator.ts";
import { grace, type Process, type Quarantined, type Surrounding, startProcess } from "./process.ts";
import { type Sabotage, withoutFence } from "./sabotage.ts";
import type { Variant } from "./variant.ts";

/** Clocks differ as far as they may: of two instances one is ahead, a single one is behind the store's. */
const clocksAhead = { 1: [-retention.skew], 2: [retention.skew, 0] } as const;

/** When timers sweep, and an operator looks for dead letters, while a load is handled; in milliseconds. */
const [sweepsAt, replaysAt] = [[10_000, 40_000], 20_000];

/** Who is refused for good has done with the message; who hangs gets it once more. */
const firstTries = { inline: "sends", feed: "is refused for good", sweep: "hangs" } as const;

const operatorsName = "operator";

/** The whole system in virtual time: business, algorithm, store, broker, instances that die and come back. */
export function world(variant: Variant, plan: FaultPlan, seed: number, sabotage: Sabotage = {}) {
  const { mode, path, instances } = variant;
  const time = simulation(seed, instances > 1);
  const { io, trace } = faultyIo(time, plan, bringBack);
  /** Every record that was created: a message that stands here twice was processed twice. */
  const processed: string[] = [];
  const memory = { ...emptyMemory(), records: notingWrites<string>(processed) };
  const quarantined: Quarantined[] = [];
  const processes: Process[] = [];
  let turn = 0;

  const queues = broker(
    time,
    () => {
      const alive = processes.filter(({ instance }) => instance.alive);
      return alive[turn++ % Math.max(alive.length, 1)]?.instance;
    },
    (instance, message, lock, delivery) => {
      void processes.find((candidate) => candidate.instance === instance)?.handle(message, lock, delivery);
    },
  );
  const around: Surrounding = {
    time,
    io,
    memory,
    queues,
    quarantined,
    storeMode: mode === "fence" ? "fence" : "deadline",
    firstTry: firstTries[path],
    sabotages: [...(mode === "deadline alone" ? [withoutFence] : []), sabotage],
  };
  const feed = changeFeed(around);

  /** Starts a process, anew when one of this place has died: it knows nothing of what that one knew. */
  function start(place: number): void {
    const instance: Instance = { name: String.fromCharCode(65 + place), alive: true };
    const process = startProcess(instance, clocksAhead[instances][place] ?? 0, around);
    processes[place] = process;
    if (path === "feed") feed.consume(process);
    if (path === "sweep") for (const at of sweepsAt) time.after(at, () => sweepBy(process));
    time.after(0, queues.offer);
  }

  function operate(): void {
    void replayDeadLetters({ name: operatorsName, alive: true }, around);
  }

  function bringBack({ name }: Instance): void {
    if (name === operatorsName) operate();
    else start(name.charCodeAt(0) - 65);
  }

  /** A timer's run: when it fails, the next one comes anyway. */
  function sweepBy(process: Process | undefined): void {
    if (process?.instance.alive === true) void process.sweep().catch(() => {});
  }

  for (let place = 0; place < instances; place++) start(place);
  time.after(replaysAt, operate);

  /** Lets everything come to rest: locks run out, and a timer sweeps, wherever there is a process. */
  async function settle(): Promise<void> {
    await time.run();
    for (let round = 0; round < 20 && memory.outbox.size > 0; round++) {
      time.after(grace + retention.skew + 1, () => sweepBy(processes.find(({ instance }) => instance.alive)));
      await time.run();
    }
  }

  /** One more copy of everything that was ever in a queue. */
  function deliverCopies(which: (message: Held) => boolean, at: (message: Held) => number): void {
    for (const message of distinct(queues.held).filter(which))
      time.after(Math.max(0, at(message) - time.now()), () =>
        queues.enqueue(message.queue, message.outgoing),
      );
  }

  /** Copies that come just before their message's time is over, and such that come when all records are gone. */
  async function deliverLateCopies(): Promise<void> {
    // What is from the future has all its time before it.
    const isDue = ({ outgoing }: Held) => outgoing.createdAt < time.now() + retention.retention;
    deliverCopies(isDue, ({ outgoing }) => outgoing.createdAt + retention.retention - 1000);
    await settle();
    const allGone = time.now() + retention.retention + 2 * retention.skew + 1;
    deliverCopies(
      () => true,
      () => allGone,
    );
    await settle();
  }

  return {
    variant,
    time,
    memory,
    queues,
    quarantined,
    processed,
    clients: client(time, processes),
    trace,
    settle,
    deliverLateCopies,
  };
}

export type World = ReturnType<typeof world>;

const distinct = (held: readonly Held[]): Held[] => [
  ...new Map(held.map((message) => [`${message.queue} ${message.outgoing.id}`, message])).values(),
];

/** A map that notes the key of each write. */
function notingWrites<Key>(notes: Key[]) {
  return new (class<V> extends Map<Key, V> {
    override set(key: Key, value: V): this {
      notes.push(key);
      return super.set(key, value);
    }
  })<never>();
}
