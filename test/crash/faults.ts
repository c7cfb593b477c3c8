import { AsyncLocalStorage } from "node:async_hooks";
import { PermanentError, TransientError } from "../../shared/exactly-once/errors.ts";
import type { Simulation } from "./clock.ts";

const minute = 60_000;
const day = 24 * 60 * minute;

/** What can happen to an I/O step, and how a person tells it of "the request". */
export const faults = {
  "crash before": "the process dies before {}",
  "crash after": "the process dies after {}, before the answer comes",
  "answer lost": "{} is carried out, but the answer is lost",
  refused: "{} is refused once",
  "refused for good": "{} is refused as nothing that could ever be done",
  "past the lock": "{} takes longer than the message is locked",
  "past retention": "{} takes longer than records are kept",
  twice: "{} is carried out twice",
  unreachable: "nobody reaches that server for two minutes from {} on",
  "down for long": "the process dies before {}, and comes back when records are past their time",
} as const;

export type FaultKind = keyof typeof faults;

export const faultKinds = Object.keys(faults) as FaultKind[];

/** After these a message can be older than records live: nobody can tell any more whether it was processed (8). */
export const longFaults: readonly FaultKind[] = ["past retention", "down for long"];

/** Faults by the number of the step that they strike. */
export type FaultPlan = ReadonlyMap<number, FaultKind>;

export const retention = { retention: 7 * day, skew: 5 * minute, margin: 10 * minute };
export const lockDuration = minute;

/** Longer than any record is kept, and than clocks differ. */
export const beyondRetention = retention.retention + 60 * minute;

/** A process: when it dies, nothing that it waits for ever goes on. */
export interface Instance {
  readonly name: string;
  alive: boolean;
}

/** On whose account a step is taken, such as "orders SubmitOrder": it makes a trace readable. */
export const doing = new AsyncLocalStorage<string>();

/** Times in milliseconds: of any request, until a dead process is back, for which a server can't be reached. */
const [latency, restart, outage] = [1, 1000, 2 * minute];

const serverOf = (step: string): "broker" | "store" =>
  /^(send|quarantine|complete|replay)/.test(step) ? "broker" : "store";

/** What happens to a process happens whether or not it reaches the server. */
const isDeath = (fault: FaultKind | undefined): boolean =>
  fault === "crash before" || fault === "crash after" || fault === "down for long";

/** Carries out I/O steps on behalf of instances, as a plan of faults says, and writes down what it did. */
export function faultyIo(time: Simulation, plan: FaultPlan, bringBack: (instance: Instance) => void) {
  const trace: string[] = [];
  const unreachableUntil = { broker: 0, store: 0 };
  /** Steps that an outage has refused: that they are tried again and again in it is no step more. */
  const refused = new Set<string>();
  let steps = 0;

  function io<T>(instance: Instance, step: string, apply: () => T): Promise<T> {
    const what = `${instance.name} ${doing.getStore() ?? ""}: ${step}`;
    const server = serverOf(step);
    const isReachable = () => time.now() >= unreachableUntil[server];
    const isOneMoreTry = !isReachable() && refused.has(what);
    const fault = isOneMoreTry ? undefined : plan.get(steps++);
    if (!isOneMoreTry) trace.push(fault === undefined ? what : `${what} !${fault}`);
    return new Promise((resolve, reject) => {
      const answer = (give: () => void): void => {
        if (instance.alive) give();
      };
      const carryOut = (): void => {
        try {
          const result = apply();
          answer(() => resolve(result));
        } catch (error) {
          answer(() => reject(error));
        }
      };
      const die = (downFor: number): void => {
        if (!instance.alive) return;
        instance.alive = false;
        time.after(downFor, () => bringBack(instance));
      };
      const fail = (why: string): void => answer(() => reject(new TransientError(`${step}: ${why}`)));
      const attempt = (): void => {
        try {
          apply();
        } catch {
          // Nobody hears the answer, and so not that it was an error.
        }
      };
      if (fault === "unreachable") unreachableUntil[server] = time.now() + outage;
      if (!isReachable() && !isDeath(fault)) {
        refused.add(what);
        return time.after(latency, () => fail("unreachable"));
      }
      switch (fault) {
        case undefined:
        case "unreachable":
          return time.after(latency, carryOut);
        case "crash before":
          return die(restart);
        case "down for long":
          return die(beyondRetention);
        case "crash after":
          return time.after(latency, () => {
            if (isReachable()) attempt();
            die(restart);
          });
        case "answer lost":
          return time.after(latency, () => {
            attempt();
            fail("the answer was lost");
          });
        case "refused":
          return time.after(latency, () => fail("refused"));
        case "refused for good":
          return time.after(latency, () =>
            answer(() => reject(new PermanentError(`${step}: refused for good`))),
          );
        case "past the lock":
          return time.after(lockDuration + minute, carryOut);
        case "past retention":
          return time.after(beyondRetention, carryOut);
        case "twice":
          return time.after(latency, () => {
            attempt();
            carryOut();
          });
      }
    });
  }

  return { io, trace };
}

export type Io = ReturnType<typeof faultyIo>["io"];
