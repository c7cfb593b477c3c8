import { join } from "node:path";
import process from "node:process";
import { z } from "zod";
import { type Child, child, type Exit, StartError } from "./stack/child.ts";
import { compileCache, withoutProxy } from "./stack/environment.ts";
import { checkPorts, type Ports } from "./stack/ports.ts";
import { applyCosmosTopology } from "./stack/topology.ts";

export type { Exit } from "./stack/child.ts";
export { withoutProxy } from "./stack/environment.ts";
export { anyPorts, defaultPorts, PortError, type Ports, portsFrom } from "./stack/ports.ts";
export { StartError };

export interface StackOptions {
  readonly ports: Ports;
  /** Each server keeps its data in a folder of its own here. */
  readonly dataFolder: string;
  /** The built app: the folder of host.json and package.json. */
  readonly appFolder: string;
  /** Makes the app ready for the host, while the other servers start. */
  readonly buildApp?: () => Promise<void>;
  /** Paths of the topology files. */
  readonly topology: { readonly serviceBus: string; readonly cosmos: string };
  /** Workers of the functions host that compete; 1 by default. */
  readonly instances?: number;
  /** Further settings of the app. */
  readonly settings?: Readonly<Record<string, string>>;
  /** Path of Azure's own `func`, to be used instead of the embedded functions host. */
  readonly func?: string;
  readonly onLog?: (log: Log) => void;
  /** Whatever else the servers tell: what happens to messages, documents, workers. */
  readonly onEvent?: (server: ServerName, event: unknown) => void;
}

/** Something that a server has to say. */
export interface Log {
  readonly server: ServerName;
  readonly level: string;
  readonly message: string;
  readonly category?: string | undefined;
  readonly instance?: number | undefined;
  readonly functionName?: string | undefined;
}

export type ServerName = "azurite" | "serviceBus" | "cosmos" | "host";
export type Server = Pick<Child<unknown>, "pid" | "start" | "stop" | "kill">;

export interface Death {
  /** Its title. */
  readonly server: string;
  readonly exit: Exit;
}

export interface Stack {
  /** The functions host's address, without a slash at its end. */
  readonly url: string;
  readonly ports: Omit<Ports, "queue" | "table">;
  /** Connection strings, as the app gets them. */
  readonly connections: Connections;
  /** Each can be stopped, killed, and started again on the same ports and data. */
  readonly servers: Readonly<Record<ServerName, Server>>;
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
  readonly storage: string;
}

const loopback = "127.0.0.1";
const ServiceBusFacts = z.object({ port: z.int(), adminPort: z.int(), connectionString: z.string() });
const CosmosFacts = z.object({ port: z.int(), connectionString: z.string() });
const AzuriteFacts = z.object({ port: z.int(), connectionString: z.string() });
const HostFacts = z.object({ port: z.int(), url: z.string() });
const LogEvent = z.object({
  type: z.literal("log"),
  level: z.string(),
  message: z.string(),
  category: z.string().optional(),
  instance: z.int().optional(),
  functionName: z.string().optional(),
});

/**
 * Starts Azurite, Service Bus, Cosmos DB and the functions host, each as a process of its own.
 * @throws PortError before anything is started, StartError after all that was started has ended again
 */
export async function startStack(options: StackOptions): Promise<Stack> {
  const { ports, dataFolder, topology, onLog = () => {}, onEvent = () => {} } = options;
  await checkPorts(ports, loopback);

  const environment = { ...process.env, ...withoutProxy(process.env), ...compileCache(process.env) };
  let appSettings: Readonly<Record<string, string>> = {};
  const ended = Promise.withResolvers<Death | undefined>();
  let stopping: Promise<void> | undefined;

  const server = <Facts>(
    name: ServerName,
    file: string,
    facts: z.ZodType<Facts>,
    args: (last: Facts | undefined) => readonly (string | number)[],
  ): Child<Facts> =>
    child({
      name: titles[name],
      file: join(import.meta.dirname, file),
      args: (last) => ["--host", loopback, ...args(last).map(String)],
      env: () => ({ ...environment, ...(name === "host" ? appSettings : {}) }),
      facts: (ready) => facts.parse(ready),
      onEvent: (event) => {
        const log = LogEvent.safeParse(event);
        if (log.success) onLog({ ...log.data, server: name });
        else onEvent(name, event);
      },
      onLine: (message) => onLog({ server: name, level: "info", category: "output", message }),
      onDeath: (exit) => {
        void stop({ server: titles[name], exit });
      },
      stopWithin: name === "host" ? 30_000 : 10_000,
    });

  const data = (name: string) => ["--data", join(dataFolder, name)];
  const azurite = server("azurite", "stack/azurite.ts", AzuriteFacts, (last) => [
    ...data("azurite"),
    ...["--port", last?.port ?? ports.blob],
  ]);
  const serviceBus = server("serviceBus", "service-bus/main.ts", ServiceBusFacts, (last) => [
    ...data("service-bus"),
    ...["--config", topology.serviceBus],
    ...["--port", last?.port ?? ports.serviceBus],
    ...["--admin-port", last?.adminPort ?? ports.serviceBusAdmin],
  ]);
  const cosmos = server("cosmos", "cosmos/main.ts", CosmosFacts, (last) => [
    ...data("cosmos"),
    ...["--port", last?.port ?? ports.cosmos],
  ]);
  const host = server(
    "host",
    options.func === undefined ? "functions-host/main.ts" : "stack/func.ts",
    HostFacts,
    (last) => [
      ...["--app", options.appFolder, "--port", last?.port ?? ports.host],
      ...(options.func === undefined
        ? [...data("functions-host"), "--instances", options.instances ?? 1]
        : ["--func", options.func]),
    ],
  );
  const others = [azurite, serviceBus, cosmos];

  function stop(death?: Death): Promise<void> {
    stopping ??= (async () => {
      await host.stop();
      await Promise.all(others.map((other) => other.stop()));
      ended.resolve(death);
    })();
    return stopping;
  }

  async function kill(): Promise<void> {
    await Promise.all([host, ...others].map((each) => each.kill()));
    ended.resolve(undefined);
  }

  try {
    const [storage, bus, database] = await Promise.all([
      azurite.start(),
      serviceBus.start(),
      cosmos.start().then(async (facts) => {
        await applyCosmosTopology(facts.connectionString, topology.cosmos);
        return facts;
      }),
      options.buildApp?.(),
    ]);
    const connections = {
      serviceBus: bus.connectionString,
      cosmos: database.connectionString,
      storage: storage.connectionString,
    };
    appSettings = {
      ServiceBus: connections.serviceBus,
      Cosmos: connections.cosmos,
      AzureWebJobsStorage: connections.storage,
      ...options.settings,
    };
    const { url, port } = await host.start();
    if (stopping !== undefined)
      throw new StartError("the stack", "DIED", "one of its servers died meanwhile");
    return {
      url: url.replace(/\/$/, ""),
      ports: {
        host: port,
        serviceBus: bus.port,
        serviceBusAdmin: bus.adminPort,
        cosmos: database.port,
        blob: storage.port,
      },
      connections,
      servers: { azurite, serviceBus, cosmos, host },
      ended: ended.promise,
      stop: () => stop(),
      kill,
      [Symbol.asyncDispose]: () => stop(),
    };
  } catch (error) {
    await kill();
    throw error;
  }
}

const titles: Readonly<Record<ServerName, string>> = {
  azurite: "Azurite",
  serviceBus: "Service Bus",
  cosmos: "Cosmos DB",
  host: "the functions host",
};
