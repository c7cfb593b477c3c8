import { setTimeout } from "node:timers/promises";
import { sender } from "../api/http.ts";
import { newKey } from "../api/local.ts";
import { openBus } from "./bus.ts";
import { expectationOf } from "./expectation.ts";
import { compare, type Finding } from "./findings.ts";
import type { Found } from "./found.ts";
import { checkOutcomes } from "./outcomes.ts";
import { makePlan, type Plan } from "./plan.ts";
import { seeded } from "./random.ts";
import { reliably } from "./reliably.ts";
import { type Result, resultOf } from "./report.ts";
import { type Rest, untilAtRest } from "./rest.ts";
import { runPlan } from "./run-plan.ts";
import { openStores, type StoreAddresses } from "./stores.ts";

/** Where the system under observation is. */
export interface Addresses extends StoreAddresses {
  readonly url: string;
  /** Connection strings, for the audit. */
  readonly serviceBus: string;
}

export interface DemoOptions {
  readonly addresses: Addresses;
  readonly topologyFile: string;
  readonly orders: number;
  readonly seed: number;
  /** Begins every order's and customer's id. */
  readonly prefix: string;
  readonly concurrency?: number;
  /** Milliseconds that a customer waits for a payment that may have been lost. */
  readonly paidWithin?: number;
  /** Each client waits for a request's outcome before its next request. */
  readonly awaitOutcomes?: boolean;
  /** Idempotency-Keys, instead of random ones: same keys, same ids of messages. */
  readonly keyOf?: (orderId: string, n: number) => string;
  /** Ask for the outcome of each request in the end; true by default. */
  readonly outcomes?: boolean;
  readonly onProgress?: (progress: Progress) => void;
  /** Called before anything is asked for, when the audit has looked at what was there before. */
  readonly begin?: () => Promise<void> | void;
  /** Called when everything has been asked for: brings about the rest that is waited for with `rest`. */
  readonly settle?: (rest: () => Promise<Rest>) => Promise<Rest>;
  /** Ends the run early, with an AbortError. */
  readonly signal?: AbortSignal;
}

export type Progress =
  | { readonly phase: "asking"; readonly done: number; readonly orders: number }
  | {
      readonly phase: "settling";
      readonly waiting: number;
      readonly unsent: number;
      readonly handled: number;
    }
  | { readonly phase: "auditing" };

export interface Demo {
  readonly result: Result;
  readonly findings: readonly Finding[];
  readonly found: Found;
  readonly atRest: boolean;
  readonly plan: Plan;
}

/** Milliseconds for one request, whatever fails meanwhile. */
const giveUpAfter = 180_000;

/** Asks for a mix of orders, waits until all is handled, and compares what is there with what was asked for. */
export async function runDemo(options: DemoOptions): Promise<Demo> {
  const { addresses, prefix, concurrency = 32, onProgress = () => {} } = options;
  const now = () => performance.now();
  const sleep = (milliseconds: number) => setTimeout(milliseconds, undefined, { signal: options.signal });
  const plan = makePlan({ orders: options.orders, random: seeded(options.seed), prefix });
  const expected = expectationOf(plan);
  const send = reliably(sender(addresses.url), { giveUpAfter, now, sleep, random: Math.random });
  const bus = await openBus(addresses.serviceBus, options.topologyFile);
  const store = openStores(addresses);
  try {
    // What others left there before is not this run's.
    const before = { ...(await bus.count()), handled: await store.handled() };
    await options.begin?.();
    const startedAt = now();
    const locations = await runPlan(plan, {
      send,
      keyOf: options.keyOf ?? newKey,
      concurrency,
      sleep,
      awaitOutcomes: options.awaitOutcomes ?? false,
      ...(options.paidWithin === undefined ? {} : { paidWithin: options.paidWithin }),
      onProgress: (done) => onProgress({ phase: "asking", done, orders: plan.orders.length }),
    });
    const rest = () =>
      untilAtRest({
        bus,
        store,
        now,
        sleep,
        onLook: (each) => onProgress({ ...each, phase: "settling" }),
      });
    const { look, atRest } = await (options.settle?.(rest) ?? rest());
    const milliseconds = now() - startedAt;
    onProgress({ phase: "auditing" });
    const found = await store.found(`${prefix}-`);
    const outcomes =
      options.outcomes === false ? [] : await checkOutcomes(expected, locations, send, concurrency);
    const findings = [...compare(expected, found), ...outcomes];
    const during = {
      handled: look.handled - before.handled,
      deadLettered: look.deadLettered - before.deadLettered,
      quarantined: look.quarantined - before.quarantined,
    };
    return {
      result: resultOf(expected, found, findings, during, milliseconds),
      findings,
      found,
      atRest,
      plan,
    };
  } finally {
    await store.close();
    await bus.close();
  }
}
