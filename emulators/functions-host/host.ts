import { createHash } from "node:crypto";
import { realpathSync } from "node:fs";
import { defineFunction, type FunctionDefinition, type HttpTrigger } from "./config/bindings.ts";
import { loadHostConfig } from "./config/host-json.ts";
import { loadSettings, type Settings } from "./config/settings.ts";
import { workerEnvironment } from "./environment.ts";
import { HostError } from "./errors.ts";
import { type Keys, loadKeys } from "./http/keys.ts";
import { parseRoute } from "./http/routes.ts";
import { startHttpServer } from "./http/server.ts";
import { type Instance, startInstance } from "./instance.ts";
import { createInvoke } from "./invocation.ts";
import type { Listener, ListenerContext } from "./listener.ts";
import type { HostEvent, Log } from "./log.ts";
import { createServiceBusClients, type ServiceBusClients } from "./service-bus/clients.ts";
import { sendOutputs } from "./service-bus/output.ts";
import { startListener } from "./start-listener.ts";

export interface FunctionsHostOptions {
  /** The folder of package.json, host.json and local.settings.json. */
  readonly appFolder: string;
  /** 127.0.0.1 by default. */
  readonly host?: string;
  /** 0, the default: any free one. */
  readonly port?: number;
  /** How many workers compete for the work; 1 by default. */
  readonly instances?: number;
  /** Win over the environment, which wins over local.settings.json. */
  readonly settings?: Readonly<Record<string, string>>;
  /** `process.env` by default. */
  readonly environment?: NodeJS.ProcessEnv;
  /** Where the keys are kept; without it they are made anew at each start. */
  readonly dataFolder?: string;
  readonly keys?: Partial<Keys>;
  /** How long a stop waits for what is running, in milliseconds; 30 s by default. */
  readonly drainLimit?: number;
  /** Milliseconds since 1970. */
  readonly now?: () => number;
  /** 0 up to 1. */
  readonly random?: () => number;
  readonly onEvent?: (event: HostEvent) => void;
  readonly onLog?: Log;
}

export interface FunctionSummary {
  readonly name: string;
  readonly trigger: string;
  /** Of an HTTP function: the path, with the prefix. */
  readonly route?: string;
}

export interface FunctionsHost {
  readonly port: number;
  readonly url: string;
  readonly keys: Keys;
  readonly functions: readonly FunctionSummary[];
  workers(): { readonly instance: number; readonly pid: number | undefined }[];
  /** Ends an instance's worker at once, as a crash would. */
  killWorker(instance: number): void;
  /** Drains: no new work, what runs finishes or is cut off at the limit, appTerminate hooks, workers exit. */
  close(): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
}

/** How long an appTerminate hook may take, in milliseconds. */
const TERMINATE_LIMIT = 10_000;

/**
 * Runs an Azure Functions app.
 * @throws ConfigurationError for what can't be run here; HostError APP_NOT_LOADED naming the file that can't be loaded
 */
export async function startFunctionsHost(options: FunctionsHostOptions): Promise<FunctionsHost> {
  const { now = Date.now, random = Math.random, onLog: log = () => {}, onEvent: emit = () => {} } = options;
  const { host = "127.0.0.1", drainLimit = 30_000 } = options;
  const appFolder = realpathSync(options.appFolder);
  const settings = loadSettings(appFolder, options.environment ?? process.env, options.settings ?? {});
  const config = loadHostConfig(appFolder, settings);
  const keys = loadKeys(options.keys ?? {}, options.dataFolder);
  const hostId =
    config.id ?? `functions-host-${createHash("sha256").update(appFolder).digest("hex").slice(0, 16)}`;
  const invoke = createInvoke({ log, emit, now, functionTimeout: config.functionTimeout });

  const server = await startHttpServer({ host, port: options.port ?? 0, log });
  const url = `http://${host.includes(":") ? `[${host}]` : host}:${server.port}`;
  const instances: Instance[] = [];
  const listeners: Listener[] = [];
  const clients: ServiceBusClients[] = [];

  try {
    const starts = Array.from({ length: options.instances ?? 1 }, (_, index) =>
      startInstance({
        number: index + 1,
        appFolder,
        environment: workerEnvironment(settings, {
          appFolder,
          address: new URL(url).host,
          instance: index + 1,
        }),
        log,
        emit,
        now,
      }),
    );
    instances.push(...(await allStarted(starts)));
    const definitions = (instances[0]?.functions ?? []).map((metadata) =>
      defineFunction(metadata, config, settings),
    );
    const enabled = definitions.filter(({ name }) => !isDisabled(name, settings));

    for (const instance of instances) {
      const own = createServiceBusClients(config.extensions.serviceBus);
      clients.push(own);
      const context: ListenerContext = {
        instance,
        invoke,
        host: config,
        settings,
        hostId,
        log,
        emit,
        now,
        random,
      };
      for (const definition of enabled) {
        const listener = startListener(definition, context, own);
        if (listener !== undefined) listeners.push(listener);
      }
    }

    let turn = 0;
    const routePrefix = config.extensions.http.routePrefix.replace(/^\/+|\/+$/g, "");
    const http = enabled.filter(isHttp);
    const startedAt = now();
    server.serve({
      routePrefix,
      keys,
      routes: http.map((definition) => {
        const { route, methods } = definition.trigger;
        return parseRoute(route ?? definition.name, methods, definition, `Function "${definition.name}"`);
      }),
      async invoke(definition, request, traceParent) {
        const chosen = instances.filter((instance) => instance.isRunning());
        const candidates = chosen.length === 0 ? instances : chosen;
        const index = turn++ % candidates.length;
        const instance = candidates[index];
        if (instance === undefined) throw new HostError("HOST_STOPPED", "There is no instance");
        const response = await invoke(instance, {
          functionName: definition.name,
          input: { name: definition.trigger.name, data: request },
          triggerMetadata: {},
          traceParent,
          reason: "This function was programmatically called via the host APIs.",
        });
        const own = clients[instance.number - 1];
        if (own !== undefined) await sendOutputs(definition.outputs, response, settings, own);
        return response;
      },
      status: () => ({
        id: hostId,
        state: "Running",
        version: "4.0.0",
        processUptime: now() - startedAt,
        instances: instances.map(({ number, pid, isRunning }) => ({
          instance: number,
          pid: pid(),
          running: isRunning(),
        })),
      }),
      functions: () =>
        functions.map((summary) => ({ ...summary, isDisabled: isDisabled(summary.name, settings) })),
    });
    const functions = definitions.map((definition) => summaryOf(definition, routePrefix));

    const close = once(async () => {
      const drained = Promise.all([server.close(), ...listeners.map((listener) => listener.stop())]);
      const inTime = await within(drained, drainLimit);
      if (!inTime) {
        log({
          level: "warning",
          category: "Host",
          message: `Not drained after ${drainLimit} ms; workers are ended`,
          instance: 0,
        });
      }
      await Promise.all(instances.map((instance) => instance.close(inTime ? TERMINATE_LIMIT : 0)));
      // With the workers gone, what was running has failed, and is settled now.
      if (!inTime) await within(drained, TERMINATE_LIMIT);
      await Promise.all(clients.map((own) => own.close()));
    });
    return {
      port: server.port,
      url,
      keys,
      functions,
      workers: () => instances.map(({ number, pid }) => ({ instance: number, pid: pid() })),
      killWorker: (number) => instances.find((instance) => instance.number === number)?.kill(),
      close,
      [Symbol.asyncDispose]: close,
    };
  } catch (error) {
    await Promise.allSettled(listeners.map((listener) => listener.stop()));
    await Promise.allSettled([server.close(), ...instances.map((instance) => instance.close(0))]);
    await Promise.allSettled(clients.map((own) => own.close()));
    throw error;
  }
}

/** All of them, or the first error once the others are ended again. */
async function allStarted(starts: Promise<Instance>[]): Promise<Instance[]> {
  const results = await Promise.allSettled(starts);
  const failure = results.find((result) => result.status === "rejected");
  const started = results.flatMap((result) => (result.status === "fulfilled" ? [result.value] : []));
  if (failure === undefined) return started;
  await Promise.allSettled(started.map((instance) => instance.close(0)));
  throw failure.reason;
}

function summaryOf({ name, trigger }: FunctionDefinition, routePrefix: string): FunctionSummary {
  if (trigger.type !== "httpTrigger") return { name, trigger: trigger.type };
  const path = [routePrefix, trigger.route ?? name].filter((part) => part !== "").join("/");
  return { name, trigger: trigger.type, route: `/${path}` };
}

const isHttp = (definition: FunctionDefinition): definition is FunctionDefinition<HttpTrigger> =>
  definition.trigger.type === "httpTrigger";

const isDisabled = (name: string, settings: Settings): boolean =>
  /^(true|1)$/i.test(settings.get(`AzureWebJobs.${name}.Disabled`) ?? "");

/** @returns whether the work ended before the limit */
async function within(work: Promise<unknown>, milliseconds: number): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined;
  const limit = new Promise<boolean>((resolve) => {
    timer = setTimeout(resolve, milliseconds, false);
  });
  try {
    return await Promise.race([work.then(() => true), limit]);
  } finally {
    clearTimeout(timer);
  }
}

function once(action: () => Promise<void>): () => Promise<void> {
  let result: Promise<void> | undefined;
  return () => {
    result ??= action();
    return result;
  };
}
