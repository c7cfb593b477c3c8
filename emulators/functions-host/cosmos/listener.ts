import { randomUUID } from "node:crypto";
import type { Container, CosmosClient } from "@azure/cosmos";
import { wait } from "../deferred.ts";
import type { Listener, ListenerContext } from "../listener.ts";
import { createAvailability } from "../log.ts";
import type { LogLevel } from "../worker/rpc.ts";
import { type CosmosAccount, createCosmosClient, leasePrefix, parseAccount, statusOf } from "./client.ts";
import { type HeldLease, takeLease } from "./held-lease.ts";
import { chooseLeases, type Lease } from "./lease.ts";
import { createLeaseStore, type LeaseStore } from "./lease-store.ts";
import { type CosmosDbFunction, readLease } from "./reader.ts";

const RETRY_PAUSE = 1_000;

/** Reads a container's change feed for one function on one instance, sharing its ranges with the other instances. */
export function listenToChangeFeed(definition: CosmosDbFunction, context: ListenerContext): Listener {
  const { name, trigger } = definition;
  const { settings, instance, now, emit } = context;
  const where = `Function "${name}"`;
  const account = parseAccount(settings.connectionString(trigger.connection, where), where);
  const client = createCosmosClient(account);
  const leaseConnection = settings.connectionString(trigger.leaseConnection ?? trigger.connection, where);
  const leaseClient = createCosmosClient(parseAccount(leaseConnection, where));
  const container = client.database(trigger.databaseName).container(trigger.containerName);
  const write = (level: LogLevel, message: string): void =>
    context.log({ level, category: "Host.CosmosDB", message, instance: instance.number, functionName: name });
  const feedAvailability = createAvailability(`The change feed of ${trigger.containerName}`, write);
  const leasesAvailability = createAvailability(`The lease container ${trigger.leaseContainerName}`, write);
  const owner = randomUUID();
  const stopping = new AbortController();
  const reading = new Map<string, Promise<void>>();

  const leaseEvent = (action: "acquired" | "released" | "lost", leaseId: string): void =>
    emit({ type: "lease", action, instance: instance.number, functionName: name, leaseId });

  const hold = async (lease: HeldLease): Promise<void> => {
    leaseEvent("acquired", lease.id);
    const held = new AbortController();
    const giveUp = (): void => held.abort();
    stopping.signal.addEventListener("abort", giveUp);
    if (stopping.signal.aborted) giveUp();
    const renewing = keepRenewed(
      lease,
      trigger.leaseRenewInterval,
      instance.awake,
      held,
      leasesAvailability.down,
    );
    const end = await readLease(definition, context, container, lease, feedAvailability, held.signal);
    giveUp();
    stopping.signal.removeEventListener("abort", giveUp);
    const lost = (await renewing) === "lost" || end === "lost";
    if (!lost) await lease.release().catch(() => false);
    leaseEvent(lost ? "lost" : "released", lease.id);
  };

  const acquire = async (store: LeaseStore): Promise<void> => {
    const leases = await store.list();
    for (const lease of chooseLeases(leases, owner, now(), trigger.leaseExpirationInterval)) {
      if (reading.has(lease.id) || stopping.signal.aborted) continue;
      const held = await takeLease(store, lease, owner, now);
      if (held === undefined) continue;
      reading.set(
        lease.id,
        hold(held).finally(() => reading.delete(lease.id)),
      );
    }
  };

  const run = async (): Promise<void> => {
    let store: LeaseStore | undefined;
    while (!stopping.signal.aborted) {
      try {
        await instance.awake();
        store ??= await prepareLeases(definition, account, container, leaseClient, now);
        await acquire(store);
        leasesAvailability.up();
        await wait(trigger.leaseAcquireInterval, stopping.signal);
      } catch (error) {
        leasesAvailability.down(error);
        await wait(RETRY_PAUSE, stopping.signal);
      }
    }
  };
  const running = run();

  return {
    async stop() {
      stopping.abort();
      await running;
      await Promise.allSettled(reading.values());
      client.dispose();
      leaseClient.dispose();
    },
  };
}

/** The lease container, with a lease for each range of the feed. */
async function prepareLeases(
  { trigger }: CosmosDbFunction,
  account: CosmosAccount,
  container: Container,
  leaseClient: CosmosClient,
  now: () => number,
): Promise<LeaseStore> {
  const leaseDatabase = leaseClient.database(trigger.leaseDatabaseName ?? trigger.databaseName);
  if (trigger.createLeaseContainerIfNotExists) {
    await leaseDatabase.containers
      .createIfNotExists({ id: trigger.leaseContainerName, partitionKey: "/id" })
      // Another function or instance was faster.
      .catch((error: unknown) => {
        if (statusOf(error) !== 409) throw error;
      });
  }
  const prefix = await leasePrefix(trigger.leaseContainerPrefix, account, container);
  const store = createLeaseStore(leaseDatabase.container(trigger.leaseContainerName), prefix);
  if ((await store.list()).length === 0) {
    for (const { minInclusive, maxExclusive } of await container.getFeedRanges()) {
      const token = `${minInclusive}-${maxExclusive}`;
      const lease: Lease = {
        id: `${prefix}..${token}`,
        LeaseToken: token,
        FeedRange: { min: minInclusive, max: maxExclusive },
        Owner: null,
        ContinuationToken: null,
        timestamp: new Date(now()).toISOString(),
      };
      await store.create(lease);
    }
  }
  return store;
}

async function keepRenewed(
  lease: HeldLease,
  interval: number,
  awake: () => Promise<void>,
  held: AbortController,
  onError: (error: unknown) => void,
): Promise<"held" | "lost"> {
  while (!held.signal.aborted) {
    await wait(interval, held.signal);
    await awake();
    if (held.signal.aborted) break;
    try {
      if (await lease.renew()) continue;
      held.abort();
      return "lost";
    } catch (error) {
      onError(error);
    }
  }
  return "held";
}
