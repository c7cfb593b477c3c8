import { join } from "node:path";
import { z } from "zod";
import { type Child, child, type Exit } from "./child.ts";
import type { ServerName, StackOptions } from "./options.ts";
import { loopback } from "./ports.ts";

export interface Hooks {
  readonly environment: (server: ServerName) => NodeJS.ProcessEnv;
  /** Its process runs, but is not ready yet. */
  readonly onStarting: (server: ServerName) => void;
  readonly onEvent: (server: ServerName, event: unknown) => void;
  /** Its process has ended, wanted or not. */
  readonly onEnded: (server: ServerName) => void;
  /** @param title what people call the server */
  readonly onDeath: (title: string, exit: Exit, lastLines: readonly string[]) => void;
}

const ServiceBusFacts = z.object({ port: z.int(), adminPort: z.int(), connectionString: z.string() });
const CosmosFacts = z.object({ port: z.int(), connectionString: z.string() });
const SqlFacts = z.object({ port: z.int(), connectionString: z.string() });
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

const titles: Readonly<Record<ServerName, string>> = {
  azurite: "Azurite",
  serviceBus: "Service Bus",
  cosmos: "Cosmos DB",
  sql: "SQL Server",
  host: "the functions host",
};

/** Where each keeps its data, below the stack's folder. */
const folders: Readonly<Record<ServerName, string>> = {
  azurite: "azurite",
  serviceBus: "service-bus",
  cosmos: "cosmos",
  sql: "sql",
  host: "functions-host",
};

/** Milliseconds for an orderly stop: the host finishes what it has begun, for 30 s at most, and ends its workers. */
const stopWithin: Readonly<Record<ServerName, number>> = {
  azurite: 10_000,
  serviceBus: 10_000,
  cosmos: 10_000,
  sql: 10_000,
  host: 45_000,
};

/** The stack's servers, none started yet. Started again, each gets the ports that it had. */
export function servers(options: StackOptions, hooks: Hooks) {
  const { environment, onStarting, onEvent, onEnded, onDeath } = hooks;
  const { ports, dataFolder, topology, func, onLog = () => {} } = options;

  const server = <Facts>(
    name: ServerName,
    file: string,
    facts: z.ZodType<Facts>,
    args: (last: Facts | undefined) => readonly (string | number)[],
  ): Child<Facts> =>
    child({
      name: titles[name],
      // The host's is of no use to anyone: a start fails for other reasons.
      ...(name === "host" ? {} : { dataFolder: join(dataFolder, folders[name]) }),
      file: join(import.meta.dirname, "..", file),
      args: (last) => ["--host", loopback, ...args(last).map(String)],
      env: () => environment(name),
      facts: (ready) => facts.parse(ready),
      onStarting: () => onStarting(name),
      onEvent: (event) => {
        const log = LogEvent.safeParse(event);
        if (log.success) onLog({ ...log.data, server: name });
        else onEvent(name, event);
      },
      onLine: (message) => onLog({ server: name, level: "info", category: "output", message }),
      onEnded: () => onEnded(name),
      onDeath: (exit, lastLines) => onDeath(titles[name], exit, lastLines),
      stopWithin: stopWithin[name],
    });

  // Without a listener nobody decodes messages and sends rows for nothing.
  const events = options.onEvent === undefined ? [] : ["--events"];
  const data = (name: ServerName) => ["--data", join(dataFolder, folders[name])];
  return {
    azurite: server("azurite", "stack/azurite.ts", AzuriteFacts, (last) => [
      ...data("azurite"),
      ...["--port", last?.port ?? ports.blob],
    ]),
    serviceBus: server("serviceBus", "service-bus/main.ts", ServiceBusFacts, (last) => [
      ...data("serviceBus"),
      ...["--config", topology.serviceBus],
      ...["--port", last?.port ?? ports.serviceBus],
      ...["--admin-port", last?.adminPort ?? ports.serviceBusAdmin],
      ...events,
    ]),
    cosmos: server("cosmos", "cosmos/main.ts", CosmosFacts, (last) => [
      ...data("cosmos"),
      ...["--port", last?.port ?? ports.cosmos],
      ...events,
    ]),
    sql: server("sql", "sql/main.ts", SqlFacts, (last) => [
      ...data("sql"),
      ...["--port", last?.port ?? ports.sql],
      ...events,
    ]),
    host: server(
      "host",
      func === undefined ? "functions-host/main.ts" : "stack/func.ts",
      HostFacts,
      (last) => [
        ...["--app", options.appFolder, "--port", last?.port ?? ports.host],
        ...(func === undefined
          ? [...data("host"), "--instances", options.instances ?? 1, ...events]
          : ["--func", func]),
      ],
    ),
  };
}
