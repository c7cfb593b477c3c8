import { PermanentError, TransientError } from "../../shared/exactly-once/errors.ts";
import type { Simulation } from "./clock.ts";

const minute = 60_000;
const day = 24 * 60 * minute;

/** What can happen to an I/O step. */
export const faultKinds = [
  /** The process dies before the request is sent. */
  "crash before",
  /** It is carried out, and the process dies before the answer comes. */
  "crash after",
  /** It is carried out, but the answer gets lost. */
  "answer lost",
  /** The other side refuses it this time. */
  "refused",
  /** The other side refuses it as nothing that could ever be done. */
  "refused for good",
  /** It takes so long that the message's lock is gone. */
  "past the lock",
  /** It takes so long that the message's record is gone. */
  "past retention",
  /** It is carried out twice. */
  "twice",
] as const;

export type FaultKind = (typeof faultKinds)[number];

/** Faults by the number of the step that they strike. */
export type FaultPlan = ReadonlyMap<number, FaultKind>;

export const retention = { retention: 7 * day, skew: 5 * minute, margin: 10 * minute };
export const lockDuration = minute;

/** A process: when it dies, nothing that it waits for ever goes on. */
export interface Instance {
  readonly name: string;
  alive: boolean;
}

/** Time that any request takes, in milliseconds. */
const latency = 1;

/** Carries out I/O steps on behalf of instances, as a plan of faults says, and writes down what it did. */
export function faultyIo(time: Simulation, plan: FaultPlan, died: (instance: Instance) => void) {
  const trace: string[] = [];
  let steps = 0;

  function io<T>(instance: Instance, step: string, apply: () => T): Promise<T> {
    const fault = plan.get(steps++);
    trace.push(fault === undefined ? `${instance.name} ${step}` : `${instance.name} ${step} !${fault}`);
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
      const die = (): void => {
        if (!instance.alive) return;
        instance.alive = false;
        died(instance);
      };
      const attempt = (): unknown => {
        try {
          return apply();
        } catch (error) {
          return error;
        }
      };
      switch (fault) {
        case undefined:
          return time.after(latency, carryOut);
        case "crash before":
          return die();
        case "crash after":
          return time.after(latency, () => {
            attempt();
            die();
          });
        case "answer lost":
          return time.after(latency, () => {
            attempt();
            answer(() => reject(new TransientError(`${step}: the answer was lost`)));
          });
        case "refused":
          return time.after(latency, () => answer(() => reject(new TransientError(`${step}: refused`))));
        case "refused for good":
          return time.after(latency, () =>
            answer(() => reject(new PermanentError(`${step}: refused for good`))),
          );
        case "past the lock":
          return time.after(lockDuration + minute, carryOut);
        case "past retention":
          return time.after(retention.retention + 60 * minute, carryOut);
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
