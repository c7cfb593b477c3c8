import topology from "../../infra/topology/service-bus.json" with { type: "json" };
import type { EndpointName } from "../../shared/endpoints.ts";
import type { Delivery, Outgoing } from "../../shared/exactly-once/contracts.ts";
import { deliveryOf, queuesOf } from "../support/bus.ts";
import type { Simulation } from "./clock.ts";
import { type Instance, lockDuration } from "./faults.ts";

/** A message in a queue, as the broker sees it. */
export interface Held {
  readonly queue: EndpointName;
  readonly outgoing: Outgoing;
  deliveries: number;
  /** Changes with each delivery: who settles with an old one has lost the lock. */
  lock: number;
  state: "waiting" | "locked" | "done" | "dead";
}

export interface Sent {
  readonly message: Outgoing;
  /** Milliseconds since 1970. */
  readonly at: number;
}

export interface Broker {
  readonly held: readonly Held[];
  /** Every message that was ever accepted, in order, and when. */
  readonly sent: readonly Sent[];
  /** Every message that ran out of deliveries. */
  readonly deadLettered: readonly Held[];
  /** Accepts messages, and so promises them. */
  accept(outgoing: readonly Outgoing[]): void;
  /** Puts one more copy of a message into a queue. */
  enqueue(queue: EndpointName, outgoing: Outgoing): void;
  /** @returns whether the lock was still held */
  complete(message: Held, lock: number): boolean;
  giveBack(message: Held, lock: number): void;
  /** Puts a copy among a queue's dead letters, as if it had run out of deliveries. */
  plantDeadLetter(queue: EndpointName, outgoing: Outgoing): void;
  /** What waits for an operator. */
  dead(): readonly Held[];
  /** Accepts an operator's copy of a message into a queue. */
  resend(queue: EndpointName, outgoing: Outgoing): void;
  completeDead(message: Held): void;
  /** Gives what waits to whoever is there: an instance has come up. */
  offer(): void;
}

const [namespace] = topology.UserConfig.Namespaces;
const queueSettings = new Map(namespace?.Queues.map(({ Name, Properties }) => [Name, Properties]));

/**
 * Queues with locks, delivery counts, dead letters and lanes: a message is given to some instance, and comes back
 * when that one gives it back or its lock runs out.
 */
export function broker(
  time: Simulation,
  idle: () => Instance | undefined,
  deliver: (instance: Instance, message: Held, lock: number, delivery: Delivery) => void,
): Broker {
  const held: Held[] = [];
  const sent: Sent[] = [];
  const deadLettered: Held[] = [];
  let locks = 0;

  /** A lane is one message at a time. */
  const laneIsBusy = ({ queue, outgoing }: Held): boolean =>
    queueSettings.get(queue)?.RequiresSession === true &&
    held.some(
      (other) =>
        other.queue === queue && other.state === "locked" && other.outgoing.sessionId === outgoing.sessionId,
    );

  function offer(): void {
    for (const message of held) {
      if (message.state !== "waiting" || laneIsBusy(message)) continue;
      const instance = idle();
      if (instance === undefined) return;
      give(instance, message);
    }
  }

  function give(instance: Instance, message: Held): void {
    const lock = ++locks;
    message.state = "locked";
    message.lock = lock;
    message.deliveries++;
    time.after(lockDuration, () => release(message, lock));
    const delivery = { ...deliveryOf(message.outgoing, message.queue), deliveryCount: message.deliveries };
    deliver(instance, message, lock, delivery);
  }

  function release(message: Held, lock: number): void {
    if (message.state !== "locked" || message.lock !== lock) return;
    const most = queueSettings.get(message.queue)?.MaxDeliveryCount ?? 10;
    message.state = message.deliveries >= most ? "dead" : "waiting";
    if (message.state === "dead") deadLettered.push(message);
    time.after(0, offer);
  }

  function enqueue(queue: EndpointName, outgoing: Outgoing): void {
    held.push({ queue, outgoing, deliveries: 0, lock: 0, state: "waiting" });
    time.after(0, offer);
  }

  return {
    held,
    sent,
    deadLettered,
    enqueue,
    offer,
    accept(outgoing) {
      for (const message of outgoing) {
        sent.push({ message, at: time.now() });
        for (const queue of queuesOf(message)) enqueue(queue, message);
      }
    },
    complete(message, lock) {
      if (message.state !== "locked" || message.lock !== lock) return false;
      message.state = "done";
      time.after(0, offer);
      return true;
    },
    giveBack: release,
    plantDeadLetter(queue, outgoing) {
      held.push({ queue, outgoing, deliveries: 0, lock: 0, state: "dead" });
    },
    dead: () => held.filter(({ state }) => state === "dead"),
    resend(queue, message) {
      sent.push({ message, at: time.now() });
      enqueue(queue, message);
    },
    completeDead(message) {
      message.state = "done";
    },
  };
}
