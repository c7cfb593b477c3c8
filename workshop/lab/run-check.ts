import { inspect } from "node:util";
import type { Container } from "@azure/cosmos";
import type { FaultControl, Firing, RuleInput } from "../../emulators/faults/index.ts";
import { firstLine } from "../first-line.ts";
import { type Check, CheckFailure, type CheckLab, type OrderLab } from "./check.ts";
import type { createCustomer } from "./customer.ts";
import { planOf } from "./plan.ts";
import type { Rest } from "./rest.ts";
import type { EndpointName } from "./topology.ts";
import type { Trace, TraceStep } from "./trace.ts";

/** What one check found. */
export interface CheckResult {
  readonly name: string;
  readonly passed: boolean;
  /** Why it failed, in the story's words. */
  readonly message?: string;
  readonly orders: readonly { readonly id: string; readonly trace: readonly TraceStep[] }[];
  /** What the app wrote to its log meanwhile. */
  readonly log: readonly string[];
  readonly milliseconds: number;
}

export interface CheckWorld {
  readonly trace: Trace;
  readonly rest: Rest;
  readonly faults: FaultControl;
  /** Rules of the app's own plan. */
  readonly rules: readonly RuleInput[];
  readonly customer: ReturnType<typeof createCustomer>;
  readonly container: (name: EndpointName) => Container;
  readonly newOrderId: () => string;
  /** Lines of the app's log, newest last. */
  readonly log: readonly string[];
  readonly now: () => number;
  /** Ends the check. */
  readonly signal: AbortSignal;
  /** The servers end: what a check then meets is not its own. */
  readonly isClosing: () => boolean;
}

/** Milliseconds that an order may take to come to rest, or to the next thing that a check waits for. */
const restWithin = 10_000;

/** Runs a check to its end. Whatever it throws fails it, and it alone, unless the lab is ending. */
export async function runCheck(check: Check, world: CheckWorld): Promise<CheckResult> {
  const { trace, faults, rules, log, now } = world;
  const begun = now();
  const linesBefore = log.length;
  const firedBefore = faults.log.length;
  const orders: OrderLab[] = [];
  let own: readonly RuleInput[] = [];
  await faults.setPlan(planOf(...rules));

  const lab: CheckLab = {
    order() {
      const order = orderLab(world);
      orders.push(order);
      return order;
    },
    async faults(...more) {
      own = more;
      await faults.setPlan(planOf(...own, ...rules));
    },
    get firings(): readonly Firing[] {
      return faults.log.slice(firedBefore);
    },
    async rest() {
      if (await world.rest.reached(AbortSignal.any([AbortSignal.timeout(restWithin), world.signal]))) return;
      throw new CheckFailure(
        `after ${restWithin / 1000} s there was still no rest: ${describeUnrest(world.rest)}`,
      );
    },
  };

  let message: string | undefined;
  /** All of what the message is the first line of: for whoever looks for the defect. */
  let unexpected: string | undefined;
  try {
    await check.run(lab);
    const unfired = new Set(faults.unfired());
    const [missing] = own.filter(({ name }) => unfired.has(name));
    if (missing !== undefined) throw new CheckFailure(`fault never fired: ${missing.name}`);
  } catch (error) {
    if (world.isClosing()) throw error;
    message = error instanceof CheckFailure ? error.message : firstLine(error);
    if (!(error instanceof CheckFailure)) unexpected = inspect(error);
  }
  return {
    name: check.name,
    passed: message === undefined,
    ...(message === undefined ? {} : { message }),
    orders: orders.map(({ id }) => ({ id, trace: [...trace.of(id)] })),
    log: [...log.slice(linesBefore), ...(unexpected === undefined ? [] : [unexpected])],
    milliseconds: now() - begun,
  };
}

function orderLab({ trace, customer, container, newOrderId, signal }: CheckWorld): OrderLab {
  const id = newOrderId();
  const document = async (name: EndpointName) =>
    (await container(name).item(id, id).read<Record<string, unknown>>()).resource;
  return {
    id,
    addItem: (filling, options) => customer("AddItem", id, filling, options),
    removeItem: (filling, options) => customer("RemoveItem", id, filling, options),
    order: () => document("orders"),
    billing: () => document("billing"),
    marketing: () => document("marketing"),
    async until(areSuch, what) {
      if (await trace.until(id, areSuch, AbortSignal.any([AbortSignal.timeout(restWithin), signal]))) return;
      throw new CheckFailure(`waited ${restWithin / 1000} s in vain: ${what}`);
    },
    get trace() {
      return trace.of(id);
    },
  };
}

const describeUnrest = ({ waiting, running }: Rest): string =>
  [
    ...(waiting.length > 0
      ? [`messages wait in ${[...new Set(waiting.map((key) => key.split("#")[0]))].join(", ")}`]
      : []),
    ...(running > 0 ? [`${running} functions run`] : []),
  ].join("; ");
