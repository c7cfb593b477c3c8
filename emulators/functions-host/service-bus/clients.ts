import { RetryMode, ServiceBusClient, type ServiceBusSender } from "@azure/service-bus";
import type { ServiceBusConfig } from "../config/host-json.ts";
import { within } from "../deferred.ts";

/** The Service Bus connections of one instance, one for each connection string. */
export interface ServiceBusClients {
  get(connectionString: string): ServiceBusClient;
  sender(connectionString: string, entity: string): ServiceBusSender;
  close(): Promise<void>;
}

/**
 * Milliseconds. What is under way when the server goes, a settlement say, ends only by this time-out, and keeps
 * its place among the concurrent calls until then.
 */
const LONGEST_TRY = 10_000;
/** A server on the same machine is back at once when it is back: the client looks at least this often. */
const LONGEST_RETRY_DELAY = 5_000;

/** @param longestTry milliseconds that an operation may take, if less than the configured tryTimeout */
export function createServiceBusClient(
  connectionString: string,
  { clientRetryOptions }: ServiceBusConfig,
  longestTry = LONGEST_TRY,
): ServiceBusClient {
  const { mode, tryTimeout, delay, maxDelay, maxRetries } = clientRetryOptions;
  return new ServiceBusClient(connectionString, {
    retryOptions: {
      mode: mode.toLowerCase() === "fixed" ? RetryMode.Fixed : RetryMode.Exponential,
      timeoutInMs: Math.min(tryTimeout, longestTry),
      retryDelayInMs: delay,
      maxRetryDelayInMs: Math.min(maxDelay, LONGEST_RETRY_DELAY),
      maxRetries,
    },
  });
}

export function createServiceBusClients(config: ServiceBusConfig): ServiceBusClients {
  const clients = new Map<string, ServiceBusClient>();
  const senders = new Map<string, ServiceBusSender>();
  const get = (connectionString: string): ServiceBusClient =>
    kept(clients, connectionString, () => createServiceBusClient(connectionString, config));
  return {
    get,
    sender: (connectionString, entity) =>
      kept(senders, `${entity}\n${connectionString}`, () => get(connectionString).createSender(entity)),
    async close() {
      await Promise.all([...clients.values()].map(closeQuietly));
    },
  };
}

/** Milliseconds. With everything settled a close is a courtesy, and one to a server that is gone takes a minute. */
const LONGEST_CLOSE = 2_000;

/** Closes a client, receiver or session; never throws, never takes long. */
export async function closeQuietly(connection: { close(): Promise<void> }): Promise<void> {
  await within(
    connection.close().catch(() => {}),
    LONGEST_CLOSE,
  );
}

function kept<T>(map: Map<string, T>, key: string, make: () => T): T {
  const value = map.get(key) ?? make();
  map.set(key, value);
  return value;
}
