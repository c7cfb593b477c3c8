import type { FaultKind } from "../../emulators/faults/index.ts";
import type { EndpointName } from "./topology.ts";

/** A message as a step of the trace names it. */
export interface MessageFacts {
  readonly type: string;
  readonly messageId: string;
  readonly filling?: string;
}

/** One delivery of a message to an endpoint. */
export interface DeliveryFacts extends MessageFacts {
  readonly to: EndpointName;
  /** Which delivery of this copy; 1 is the first. */
  readonly delivery: number;
  /** Which copy of the message in this queue; 1 is the first. */
  readonly copy: number;
}

export type TraceFact =
  /** The broker has it. */
  | ({ readonly kind: "sent"; readonly by: string; readonly entity: string } & MessageFacts)
  /** The broker refused it, or its connection was lost. */
  | ({
      readonly kind: "notSent";
      readonly by: string;
      readonly entity: string;
      readonly error: string;
    } & MessageFacts)
  /** The function begins. */
  | ({ readonly kind: "delivered" } & DeliveryFacts)
  /** The function has returned. */
  | ({ readonly kind: "handled" } & DeliveryFacts)
  /** The function has thrown, or its worker is gone. */
  | ({ readonly kind: "failed"; readonly error: string } & DeliveryFacts)
  /** The broker has removed it. */
  | ({ readonly kind: "settled" } & DeliveryFacts)
  /** It could not be settled: its lock was lost before. */
  | ({ readonly kind: "notSettled"; readonly error: string } & DeliveryFacts)
  /** It comes again. */
  | ({ readonly kind: "givenBack" } & DeliveryFacts)
  | ({ readonly kind: "lockLost" } & DeliveryFacts)
  | ({ readonly kind: "deadLettered"; readonly reason: string } & DeliveryFacts)
  | {
      readonly kind: "stored";
      readonly container: string;
      readonly document: Readonly<Record<string, unknown>>;
    }
  | { readonly kind: "removed"; readonly container: string; readonly id: string }
  | { readonly kind: "notStored"; readonly container: string; readonly error: string }
  | {
      readonly kind: "fault";
      /** The rule's name. */
      readonly rule: string;
      readonly fault: FaultKind;
      /** Where it struck: server and operation, such as "serviceBus send". */
      readonly at: string;
      readonly type?: string;
      readonly messageId?: string;
    };

/** What happened to one order, at the servers and on the wire between them. */
export type TraceStep = TraceFact & {
  /** Its place among all steps of all orders. */
  readonly n: number;
  /** Milliseconds since 1970. */
  readonly time: number;
  readonly orderId: string;
};

/** The steps of each order, in the order in which they happened. */
export interface Trace {
  add(orderId: string, fact: TraceFact): void;
  of(orderId: string): readonly TraceStep[];
  /** @returns whether the order's steps were such before the signal was aborted */
  until(
    orderId: string,
    areSuch: (steps: readonly TraceStep[]) => boolean,
    signal: AbortSignal,
  ): Promise<boolean>;
}

/** @param now milliseconds since 1970 */
export function createTrace(now: () => number, onStep: (step: TraceStep) => void): Trace {
  const byOrder = new Map<string, TraceStep[]>();
  let count = 0;
  const waiters = new Set<() => void>();
  const of = (orderId: string): readonly TraceStep[] => byOrder.get(orderId) ?? [];
  return {
    of,
    add(orderId, fact) {
      const step: TraceStep = { ...fact, n: ++count, time: now(), orderId };
      const steps = byOrder.get(orderId) ?? [];
      byOrder.set(orderId, steps);
      steps.push(step);
      onStep(step);
      for (const look of waiters) look();
    },
    async until(orderId, areSuch, signal) {
      const seen = Promise.withResolvers<boolean>();
      const look = () => {
        if (areSuch(of(orderId))) seen.resolve(true);
      };
      const no = () => seen.resolve(false);
      waiters.add(look);
      signal.addEventListener("abort", no);
      look();
      if (signal.aborted) no();
      try {
        return await seen.promise;
      } finally {
        waiters.delete(look);
        signal.removeEventListener("abort", no);
      }
    },
  };
}
