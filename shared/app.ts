import { randomUUID } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { serviceBusClient } from "./clients.ts";
import { type Config, readConfig } from "./config.ts";
import { type Receive, receivers } from "./endpoints.ts";
import type { Delivery, Surroundings } from "./exactly-once/contracts.ts";
import { feedDispatcher } from "./exactly-once/dispatcher.ts";
import { requests } from "./exactly-once/request.ts";
import { sweeper } from "./exactly-once/sweeper.ts";
import { answeringAll, type HttpHandler } from "./frontend/http.ts";
import { ordersApi } from "./frontend/orders-api.ts";
import { addressOf } from "./messaging/address.ts";
import { publisher } from "./messaging/publisher.ts";
import { operationsApi } from "./operations/operations-api.ts";
import { operatorOf } from "./operations/operator.ts";
import { stepLine } from "./step-log.ts";
import { appearedItems } from "./stores/cosmos/documents.ts";
import { openStores } from "./stores/open.ts";
import { openTelemetry } from "./telemetry/telemetry.ts";

/** A delivery starts a sweep when the last one is longer ago than this: timers can stop. In milliseconds. */
const sweepAfterDelivery = { every: 5 * 60_000, forAtMost: 5000 };

/** The composition root: puts together what the functions call. */
async function compose(
  config: Config,
  surroundings: Surroundings,
  { print, warn }: Record<"print" | "warn", (line: string) => unknown>,
) {
  const { now, random } = surroundings;
  const printFailure = (what: string, error: unknown) => void print(`failed    ${what}: ${String(error)}`);
  // Before the instruments are made, and loaded only where it is wanted: a cold start counts.
  const endExport =
    config.telemetry && (await import("./telemetry/export.ts")).startExport(config.telemetry, printFailure);
  const telemetry = openTelemetry({
    now,
    random,
    onStep: (step, traceId) => {
      // Somebody has to look at it: it is printed in any case, and where warnings go.
      if (step.step === "quarantined") warn(stepLine(step, traceId));
      else if (config.logSteps) print(stepLine(step, traceId));
    },
    onFailure: printFailure,
  });

  const serviceBus = await serviceBusClient(config.serviceBus);
  const stores = await openStores(config, surroundings, printFailure, telemetry.requested);
  const { publish, quarantine } = publisher(serviceBus, now, randomUUID);

  const sweep = sweeper(stores.all, publish, surroundings, telemetry, config.grace);
  let sweptAt = now();

  async function timedSweep(): Promise<void> {
    sweptAt = now();
    await sweep();
    telemetry.heartbeat();
    await stores.cleanUp();
  }

  async function sweepWhenDue(): Promise<void> {
    if (now() - sweptAt < sweepAfterDelivery.every) return;
    sweptAt = now();
    // The delivery is done: a failing sweep must not give it back.
    await sweep({ forAtMost: sweepAfterDelivery.forAtMost }).catch((error: unknown) =>
      telemetry.failed("sweep", error),
    );
  }

  const { orders, billing, marketing } = stores.of;
  const receive = receivers(
    {
      orders: { store: orders, publish, quarantine },
      billing: { store: billing, publish, quarantine },
      marketing: { store: marketing, publish, quarantine },
    },
    surroundings,
    telemetry,
    config.retention,
  );
  const sweeping = (receiveOne: Receive) => ({
    async receive(delivery: Delivery): Promise<void> {
      await receiveOne(delivery);
      await sweepWhenDue();
    },
  });

  const answered = <Name extends string>(handlers: Record<Name, HttpHandler>) =>
    answeringAll(handlers, telemetry, printFailure);

  const dispatch =
    stores.cosmos && feedDispatcher(stores.cosmos, publish, surroundings, telemetry, config.grace);
  const entry = requests(orders, publish, surroundings, telemetry, config.retention);

  const operator = operatorOf(serviceBus, { now, newId: randomUUID, telemetry });

  return {
    endpoints: {
      orders: sweeping(receive.orders),
      billing: sweeping(receive.billing),
      marketing: sweeping(receive.marketing),
    },
    frontend: answered(ordersApi({ requests: entry, address: addressOf, stores: stores.of })),
    /** Undefined unless `OPERATIONS_AUTH` says who may use it. */
    operations:
      config.operations.auth === "local"
        ? answered(operationsApi(operator, config.operations.token))
        : undefined,
    /** Undefined where no endpoint's store has a change feed. */
    dispatch: dispatch && ((documents: readonly unknown[]) => dispatch(appearedItems(documents))),
    sweep: timedSweep,
    /** Sends what telemetry is left; called when the process ends in order. */
    end: async () => endExport?.(),
  };
}

export const program = await compose(
  readConfig(process.env),
  { now: Date.now, random: Math.random, sleep: (milliseconds) => sleep(milliseconds) },
  {
    print: (line) => process.stdout.write(`${line}\n`),
    warn: (line) => process.stderr.write(`${line}\n`),
  },
);
