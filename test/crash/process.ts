import { receivers } from "../../shared/endpoints.ts";
import type { Delivery, Publish } from "../../shared/exactly-once/contracts.ts";
import { feedDispatcher } from "../../shared/exactly-once/dispatcher.ts";
import type { Steps } from "../../shared/exactly-once/endpoint.ts";
import { PermanentError } from "../../shared/exactly-once/errors.ts";
import { requests } from "../../shared/exactly-once/request.ts";
import { sweeper } from "../../shared/exactly-once/sweeper.ts";
import { silent } from "../../shared/exactly-once/telemetry.ts";
import { type Memory, memoryStore } from "../../shared/stores/memory/memory.ts";
import type { Broker, Held } from "./broker.ts";
import type { Simulation } from "./clock.ts";
import { doing, type Instance, type Io, retention } from "./faults.ts";
import type { Feed, Sabotage, Sweep } from "./sabotage.ts";

/** What all processes share. */
export interface Surrounding {
  readonly time: Simulation;
  readonly io: Io;
  readonly memory: Memory;
  readonly queues: Broker;
  readonly quarantined: Quarantined[];
  readonly storeMode: "deadline" | "fence";
  /** What becomes of an endpoint's first try to send what it has committed. */
  readonly firstTry: "sends" | "is refused for good" | "hangs";
  readonly sabotages: readonly Sabotage[];
}

export interface Quarantined {
  readonly id: string;
  readonly type: string;
  readonly reason: string;
}

/** A process, and what its triggers call. */
export interface Process {
  readonly instance: Instance;
  handle(message: Held, lock: number, delivery: Delivery): Promise<void>;
  readonly feed: Feed;
  readonly sweep: Sweep;
  readonly http: ReturnType<typeof requests>;
}

/** How long feed and sweeper leave an item to its endpoint, in milliseconds. */
export const grace = 5000;

/** @param ahead How far this process's clock is ahead of the store's, in milliseconds */
export function startProcess(instance: Instance, ahead: number, around: Surrounding): Process {
  const { time, io, memory, queues, quarantined, sabotages } = around;
  const surroundings = { ...time, now: () => time.now() + ahead };
  const settings = Object.assign({ ...retention }, ...sabotages.map((sabotage) => sabotage.retention ?? {}));

  const onDatabase = sabotages.flatMap(({ database }) => database ?? []);
  const store = memoryStore({
    mode: around.storeMode,
    memory,
    now: time.now,
    io: <T>(step: Parameters<NonNullable<Sabotage["database"]>>[2], apply: () => T) =>
      io(
        instance,
        step,
        onDatabase.reduce<() => T>((inner, hook) => () => hook(memory, time.now(), step, inner), apply),
      ),
  });

  const publish: Publish = async (outgoing) => {
    const destinations = Map.groupBy(outgoing, ({ destination }) => destination);
    await Promise.all(
      [...destinations].map(([to, messages]) => io(instance, `send to ${to}`, () => queues.accept(messages))),
    );
  };
  const tried = new Set<string>();
  const inline: Publish = (outgoing) => {
    const content = outgoing.map(({ body }) => body).join();
    if (around.firstTry === "sends" || tried.has(content)) return publish(outgoing);
    tried.add(content);
    return around.firstTry === "hangs"
      ? new Promise(() => {})
      : Promise.reject(new PermanentError("refused for good"));
  };
  const quarantine: Steps["quarantine"] = ({ envelope }, reason) =>
    io(instance, "quarantine", () => {
      const { id, type } = "id" in envelope ? envelope : { id: "", type: "" };
      quarantined.push({ id, type, reason });
    });

  const broken = <T>(part: T, pick: (sabotage: Sabotage) => ((part: T) => T) | undefined): T =>
    sabotages.reduce((right, sabotage) => pick(sabotage)?.(right) ?? right, part);

  /** As adapters tell of a refusal: not by an error. */
  const commit: Steps["store"]["commit"] = (...of) =>
    store.commit(...of).catch((error: unknown) => {
      if (error instanceof PermanentError) return { refused: error.message };
      throw error;
    });
  const steps = broken<Steps>(
    { store: { ...store, commit }, publish: inline, quarantine },
    (sabotage) => sabotage.steps && ((right) => sabotage.steps?.(right, store) ?? right),
  );
  const receive = receivers(
    { orders: steps, billing: steps, marketing: steps },
    surroundings,
    silent,
    settings,
  );
  const feed = broken(
    feedDispatcher(store, publish, surroundings, silent, grace),
    (sabotage) => sabotage.feed,
  );
  const sweep = broken<Sweep>(
    sweeper([store], publish, surroundings, silent, grace),
    (sabotage) => sabotage.sweep,
  );
  const entry = broken({ store, publish }, (sabotage) => sabotage.entry);
  const http = requests(entry.store, entry.publish, surroundings, silent, settings);

  async function handle(message: Held, lock: number, delivery: Delivery): Promise<void> {
    try {
      await broken(receive[message.queue], (sabotage) => sabotage.receive)(delivery);
    } catch {
      if (instance.alive) queues.giveBack(message, lock);
      return;
    }
    // A message that can't be settled comes back when its lock has run out.
    await io(instance, "complete", () => queues.complete(message, lock)).catch(() => {});
  }

  return {
    instance,
    handle: (message, lock, delivery) =>
      doing.run(`${message.queue} ${message.outgoing.type}`, () => handle(message, lock, delivery)),
    feed: (appeared) => doing.run("feed", () => feed(appeared)),
    sweep: () => doing.run("sweep", () => sweep()),
    http,
  };
}
