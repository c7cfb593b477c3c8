import { randomUUID } from "node:crypto";
import type { Server } from "node:net";
import { createInjector, type FaultOptions, type Injector } from "../faults/index.ts";
import { filterable } from "./amqp/codec.ts";
import { createListener } from "./amqp/listener.ts";
import type { SasKey } from "./amqp/sas.ts";
import type { Service } from "./amqp/service.ts";
import type { BrokerEvent } from "./broker/message.ts";
import { createNamespace } from "./broker/namespace.ts";
import { parseConfig, readConfig } from "./config/config.ts";
import { createAdminServer } from "./health.ts";
import { createOperations } from "./operations.ts";
import { createGroupCommit } from "./storage/group-commit.ts";
import { openSqliteStorage } from "./storage/sqlite.ts";
import { createMemoryStorage } from "./storage/storage.ts";
import { createWakeUp } from "./wake-up.ts";

/** Azure's limit for a message in the standard tier, in bytes. */
const MAX_MESSAGE_SIZE = 256 * 1024;

export type ServiceBusEvent =
  | BrokerEvent
  | { readonly type: "connectionFailed"; readonly at: number; readonly reason: string };

export interface ServiceBusOptions {
  /** A Config.json's path, or its content. */
  readonly config: string | object;
  readonly host?: string;
  /** 0: any free port. */
  readonly port?: number;
  readonly adminPort?: number;
  /** Where messages are kept; without it they are lost when the server stops. */
  readonly dataFolder?: string;
  readonly key?: SasKey;
  /** Bytes of one message or batch. */
  readonly maxMessageSize?: number;
  /** Milliseconds since 1970. Faults can set the broker's clock ahead of it, but not that of tokens. */
  readonly now?: () => number;
  /** None strike by default. */
  readonly faults?: FaultOptions;
  /** Called when what it tells is durable. */
  readonly onEvent?: (event: ServiceBusEvent) => void;
}

export interface ServiceBus extends AsyncDisposable {
  readonly port: number;
  readonly adminPort: number;
  readonly connectionString: string;
  /** Clients connected now. */
  readonly connections: number;
  /** Takes another fault plan. */
  readonly faults: Pick<Injector, "setPlan">;
  /** Detaches all links, closes all connections and the storage. */
  close(): Promise<void>;
}

/**
 * Starts a server that speaks Service Bus's AMQP 1.0.
 * @throws ConfigError for a bad configuration; Error with the code EADDRINUSE or EACCES for a port it can't have.
 */
export async function startServiceBus(options: ServiceBusOptions): Promise<ServiceBus> {
  const {
    config,
    host = "127.0.0.1",
    port = 0,
    adminPort = 0,
    dataFolder,
    key = { name: "RootManageSharedAccessKey", value: "SAS_KEY_VALUE" },
    maxMessageSize = MAX_MESSAGE_SIZE,
    now = Date.now,
    onEvent = () => {},
  } = options;
  const faults = createInjector({ server: "serviceBus", now, ...options.faults });
  const topology = typeof config === "string" ? await readConfig(config) : parseConfig(config);
  const storage = dataFolder === undefined ? createMemoryStorage() : openSqliteStorage(dataFolder);

  let events: ServiceBusEvent[] = [];
  const namespace = createNamespace({
    topology,
    now: faults.now,
    newToken: () => randomUUID().replaceAll("-", ""),
    journal: storage,
    emit: (event) => void events.push(event),
    filterable,
  });
  const wakeUp = createWakeUp(faults.now, namespace.nextDeadline, () => operations.tick());
  const group = createGroupCommit(storage, () => {
    wakeUp.arm();
    const told = events;
    events = [];
    for (const event of told) onEvent(event);
  });
  const operations = createOperations(namespace, group, faults, () => listener.cutAll());
  faults.onClock(() => {
    // It is set for a time of the clock as it was.
    wakeUp.cancel();
    operations.tick();
  });
  const { perform, strike } = operations;
  const service: Service = { namespace, key, maxMessageSize, now, perform, strike };
  const listener = createListener(service, (error) => {
    onEvent({
      type: "connectionFailed",
      at: faults.now(),
      reason: error instanceof Error ? error.message : String(error),
    });
  });
  const admin = createAdminServer(() => listener.server.listening);

  const shutDown = async (): Promise<void> => {
    faults.close();
    await Promise.all([listener.close(), closeServer(admin)]);
    group.flush();
    wakeUp.cancel();
    storage.close();
  };
  let closing: Promise<void> | undefined;
  const close = (): Promise<void> => {
    closing ??= shutDown();
    return closing;
  };

  try {
    namespace.restore(storage.load());
    await listen(listener.server, host, port);
    await listen(admin, host, adminPort);
  } catch (error) {
    await close();
    throw error;
  }
  await group.committed();
  const bound = portOf(listener.server);
  return {
    port: bound,
    adminPort: portOf(admin),
    connectionString: `Endpoint=sb://${host}:${bound};SharedAccessKeyName=${key.name};SharedAccessKey=${key.value};UseDevelopmentEmulator=true;`,
    get connections() {
      return listener.connections.size;
    },
    faults,
    close,
    [Symbol.asyncDispose]: close,
  };
}

const listen = (server: Server, host: string, port: number): Promise<void> =>
  new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, host, () => {
      server.off("error", reject);
      resolve();
    });
  });

const closeServer = (server: Server & { closeAllConnections?: () => void }): Promise<void> =>
  new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections?.();
  });

function portOf(server: Server): number {
  const address = server.address();
  return typeof address === "object" && address !== null ? address.port : 0;
}
