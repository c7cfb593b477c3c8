import { randomBytes } from "node:crypto";
import process from "node:process";
import type { FaultControl } from "./faults/index.ts";
import { type Child, describe, StartError } from "./stack/child.ts";
import { compileCache, withoutProxy } from "./stack/environment.ts";
import { stackFaults } from "./stack/faults.ts";
import type { ProcessEvent, ServerName, StackOptions } from "./stack/options.ts";
import { checkPorts, loopback, type Ports } from "./stack/ports.ts";
import { servers } from "./stack/servers.ts";
import { storageConnection } from "./stack/storage-connection.ts";
import { applyCosmosTopology } from "./stack/topology.ts";
import { startTelemetry, type TelemetryServer } from "./telemetry/index.ts";

export { withoutProxy } from "./stack/environment.ts";
export type { Log, ProcessEvent, ServerName, StackOptions } from "./stack/options.ts";
export { anyPorts, defaultPorts, PortError, type Ports, portsFrom } from "./stack/ports.ts";
export { StartError };

export type Server = Pick<Child<unknown>, "pid" | "start" | "stop" | "kill">;

/** Why a stack ended that nobody had stopped. */
export interface Death {
  /** The title of the server that ended. */
  readonly server: string;
  /** How: "signal SIGKILL", or why it did not come back. */
  readonly reason: string;
}

export interface Stack {
  /** The functions host's address, without a slash at its end. */
  readonly url: string;
  readonly ports: Ports;
  /** Connection strings, as the app gets them. */
  readonly connections: Connections;
  /** What is to go wrong, and what has. Its endpoint listens on 127.0.0.1 at `ports.faults`. */
  readonly faults: FaultControl;
  /** Each can be stopped, killed, and started again on the same ports and data. */
  readonly servers: Readonly<Record<ServerName, Server>>;
  /** What the app has exported; undefined unless the options ask for it. */
  readonly telemetry: TelemetryServer | undefined;
  /** Resolves when all is stopped; with the reason, if a server died that nobody had stopped or killed. */
  readonly ended: Promise<Death | undefined>;
  /** Stops the host first, so that it finishes what it has begun, then the others. */
  stop(): Promise<void>;
  /** Ends all processes at once. */
  kill(): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
}

export interface Connections {
  readonly serviceBus: string;
  readonly cosmos: string;
  readonly sql: string;
  readonly storage: string;
}

/**
 * Starts Azurite, Service Bus, Cosmos DB, SQL Server and the functions host, each as a process of its own.
 * @throws PortError before anything is started, StartError after all that was started has ended again
 */
export async function startStack(options: StackOptions): Promise<Stack> {
  const { ports } = options;
  await checkPorts(ports, loopback);

  const environment = { ...process.env, ...withoutProxy(process.env), ...compileCache(process.env) };
  let appSettings: Readonly<Record<string, string>> = {};
  const ended = Promise.withResolvers<Death | undefined>();
  let stopping: Promise<void> | undefined;
  let died: StartError | undefined;

  const { azurite, serviceBus, cosmos, sql, host } = servers(options, {
    environment: (name) => ({ ...environment, ...(name === "host" ? appSettings : {}) }),
    onStarting: (name) => {
      options.onEvent?.(name, { type: "process", action: "started" } satisfies ProcessEvent);
      if (name !== "azurite") faults.control.started(name);
    },
    onEvent: (name, event) => {
      if (name === "azurite" || !faults.control.receive(name, event)) options.onEvent?.(name, event);
    },
    onEnded: (name) => {
      options.onEvent?.(name, { type: "process", action: "ended" } satisfies ProcessEvent);
      if (name !== "azurite") faults.control.ended(name);
    },
    onDeath: (server, exit, lastLines) => {
      const reason = [describe(exit), ...lastLines].join("\n");
      died ??= new StartError(server, "DIED", `it ended by itself (${reason})`);
      void stop({ server, reason });
    },
  });
  const faults = stackFaults({
    servers: { serviceBus, cosmos, sql, host },
    plan: options.faults,
    onFired: options.onFired,
    onFailure(error) {
      void stop({ server: "a server that a fault had killed", reason: String(error) });
    },
  });
  const others = [azurite, serviceBus, cosmos, sql];
  let telemetry: TelemetryServer | undefined;

  function stop(death?: Death): Promise<void> {
    stopping ??= (async () => {
      await faults.close();
      await host.stop();
      // Not before: a worker that ends in order exports what is left.
      await telemetry?.close();
      await Promise.all(others.map((other) => other.stop()));
      ended.resolve(death);
    })();
    return stopping;
  }

  async function kill(): Promise<void> {
    const closed = faults.close();
    await Promise.all([host, ...others].map((each) => each.kill()));
    await telemetry?.close();
    await closed;
    ended.resolve(undefined);
  }

  try {
    if (options.telemetry !== undefined) {
      const token = randomBytes(16).toString("hex");
      telemetry = await startTelemetry({ ...options.telemetry, port: 0, token });
    }
    // Azurite is the slowest, and nothing needs it before the first lease: with a known port nobody waits for it.
    const blobs = azurite.start();
    // Awaited below; a failure before that would end this process as one that nobody handles.
    blobs.catch(() => {});
    const sqlServer = sql.start();
    // The host's start takes longer than this, and until then no message comes.
    const prepared = sqlServer.then((facts) => options.prepareSql?.(facts.connectionString));
    prepared.catch(() => {});
    const [storage, bus, database, { connectionString: sqlConnection, port: sqlPort }] = await Promise.all([
      ports.blob === 0 ? blobs.then((facts) => facts.connectionString) : storageConnection(ports.blob),
      serviceBus.start(),
      cosmos.start().then(async (facts) => {
        await applyCosmosTopology(facts.connectionString, options.topology.cosmos);
        return facts;
      }),
      sqlServer,
      options.buildApp?.(),
    ]);
    const connections = {
      serviceBus: bus.connectionString,
      cosmos: database.connectionString,
      sql: sqlConnection,
      storage,
    };
    appSettings = {
      ServiceBus: connections.serviceBus,
      Cosmos: connections.cosmos,
      Sql: connections.sql,
      AzureWebJobsStorage: connections.storage,
      ...(telemetry === undefined ? {} : { ...telemetry.settings, OTEL_METRIC_EXPORT_INTERVAL: "1000" }),
      ...options.settings,
    };
    const [{ url, port }, { port: blob }, , faultsPort] = await Promise.all([
      host.start(),
      blobs,
      prepared,
      faults.listen(ports.faults, options.faultsToken),
    ]);
    if (died !== undefined) throw died;
    return {
      url: url.replace(/\/$/, ""),
      ports: {
        host: port,
        serviceBus: bus.port,
        serviceBusAdmin: bus.adminPort,
        cosmos: database.port,
        sql: sqlPort,
        blob,
        faults: faultsPort,
        map: ports.map,
      },
      connections,
      faults: faults.control,
      servers: { azurite, serviceBus, cosmos, sql, host },
      telemetry,
      ended: ended.promise,
      stop: () => stop(),
      kill,
      [Symbol.asyncDispose]: () => stop(),
    };
  } catch (error) {
    await kill();
    // The first to die is the reason, whatever the others then said.
    throw died ?? error;
  }
}
