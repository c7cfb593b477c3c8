import { z } from "zod";
import { type ApiRequest, api, type Send } from "../api/http.ts";
import type { OrderPlan, Plan, PlannedRequest } from "./plan.ts";

export interface RunOptions {
  /** Answers for sure, or throws for good. */
  readonly send: Send;
  /** The Idempotency-Key of an order's n-th request, counted from 0. */
  readonly keyOf: (orderId: string, n: number) => string;
  /** Orders that are worked on at the same time. */
  readonly concurrency: number;
  readonly sleep: (milliseconds: number) => Promise<unknown>;
  /** Milliseconds that a customer waits for a payment that may have been lost: the audit will say so. */
  readonly paidWithin?: number;
  /**
   * Each client waits for a request's outcome before its next request: whoever needs an order even where a message
   * may be dead-lettered and replayed. Otherwise the next one follows as soon as the last was accepted.
   */
  readonly awaitOutcomes?: boolean;
  /** Told after each order how many are done. */
  readonly onProgress: (done: number) => void;
}

/** Of each order, where the outcome of each of its requests will be. */
export type Locations = ReadonlyMap<string, readonly string[]>;

/** Makes all requests of a plan; those of one order one after the other, as one client would. */
export async function runPlan(plan: Plan, options: RunOptions): Promise<Locations> {
  const locations = new Map<string, readonly string[]>();
  await eachOf(plan.orders, options.concurrency, async (order) => {
    locations.set(order.orderId, await runOrder(order, options));
    options.onProgress(locations.size);
  });
  return locations;
}

async function runOrder({ orderId, requests }: OrderPlan, options: RunOptions): Promise<string[]> {
  const locations: string[] = [];
  for (const [n, request] of requests.entries()) {
    if (request.operation === "cancelPayment" && request.whenPaid) await untilPaid(orderId, options);
    const call = callOf(orderId, request, options.keyOf(orderId, n));
    const answers = await Promise.all(Array.from({ length: request.copies }, () => options.send(call)));
    for (const { status, location, body } of answers) {
      if (status !== 202 || location === undefined) {
        throw new Error(`${call.method} ${call.path}: expected 202, came ${status} ${JSON.stringify(body)}`);
      }
    }
    const location = answers[0]?.location ?? "";
    if (options.awaitOutcomes) await untilOutcome(location, options);
    locations.push(location);
  }
  return locations;
}

function callOf(orderId: string, request: PlannedRequest, key: string): ApiRequest {
  switch (request.operation) {
    case "add": {
      const { customerId, filling, portions } = request;
      return api.addItem(orderId, key, { customerId, filling, portions });
    }
    case "remove":
      return api.removeItem(orderId, key, request.filling);
    case "submit":
      return api.submit(orderId, key);
    case "cancelPayment":
      return api.cancelPayment(orderId, key);
  }
}

/** Milliseconds between two looks at something that is waited for. */
const lookEvery = 200;
/** A request that is pending for so long, in milliseconds, is left to the audit; so is a payment by default. */
const patience = 300_000;

/** A cancellation before this one may be through already. */
const untilPaid = (orderId: string, { paidWithin = patience, ...options }: RunOptions): Promise<void> =>
  untilStatus(api.order(orderId), ["paid", "paymentCancelled"], paidWithin, options);

const untilOutcome = (path: string, options: RunOptions): Promise<void> =>
  untilStatus({ method: "GET", path }, ["accepted", "rejected"], patience, options);

const Status = z.object({ status: z.string() });

/** Asks until the answer's body has one of these statuses, or so many milliseconds are over. */
async function untilStatus(
  request: ApiRequest,
  wanted: readonly string[],
  within: number,
  { send, sleep }: Pick<RunOptions, "send" | "sleep">,
): Promise<void> {
  for (let waited = 0; waited < within; waited += lookEvery) {
    const { status, body } = await send(request);
    const told = Status.safeParse(body);
    if (status === 200 && told.success && wanted.includes(told.data.status)) return;
    await sleep(lookEvery);
  }
}

/** Works through a list, so many at a time. */
export async function eachOf<T>(
  values: readonly T[],
  concurrency: number,
  work: (value: T) => Promise<void>,
): Promise<void> {
  const waiting = values.values();
  const worker = async () => {
    for (const value of waiting) await work(value);
  };
  await Promise.all(Array.from({ length: concurrency }, worker));
}
