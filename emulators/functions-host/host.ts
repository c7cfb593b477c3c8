import { createHash } from "node:crypto";
import { realpathSync } from "node:fs";
import { createInjector } from "../faults/index.ts";
import { defineFunction } from "./config/bindings.ts";
import { ConfigurationError } from "./config/errors.ts";
import { loadHostConfig } from "./config/host-json.ts";
import { loadSettings } from "./config/settings.ts";
import { within } from "./deferred.ts";
import { workerEnvironment } from "./environment.ts";
import { createPerform, createStrike } from "./faults.ts";
import { createHttpApp } from "./http/app.ts";
import { loadKeys } from "./http/keys.ts";
import { startHttpServer } from "./http/server.ts";
import { type Instance, startInstance } from "./instance.ts";
import { createInvoke } from "./invocation.ts";
import type { Listener } from "./listener.ts";
import type { FunctionsHost, FunctionsHostOptions } from "./options.ts";
import { createServiceBusClients } from "./service-bus/clients.ts";
import { sendOutputs } from "./service-bus/output.ts";
import { startListener } from "./start-listener.ts";
import { createSpanExport } from "./telemetry.ts";

/** How long an appTerminate hook may take, in milliseconds. */
const TERMINATE_LIMIT = 10_000;

/**
 * Runs an Azure Functions app.
 * @throws ConfigurationError for what can't be run here; HostError APP_NOT_LOADED naming the file that can't be loaded
 */
export async function startFunctionsHost(options: FunctionsHostOptions): Promise<FunctionsHost> {
  const { random = Math.random, onLog: log = () => {}, onEvent: emit = () => {} } = options;
  const { host = "127.0.0.1", drainLimit = 30_000, loadLimit = 60_000, instances: count = 1 } = options;
  if (count < 1) throw new ConfigurationError(`${count} instances can't run anything; expected 1 or more`);
  const instances: Instance[] = [];
  const faults = createInjector({
    server: "host",
    perform: createPerform(instances),
    ...(options.now === undefined ? {} : { now: options.now }),
    ...options.faults,
  });
  const { now } = faults;
  const appFolder = realpathSync(options.appFolder);
  const settings = loadSettings(appFolder, options.environment ?? process.env, options.settings ?? {});
  const config = loadHostConfig(appFolder, settings);
  const keys = loadKeys(options.keys ?? {}, options.dataFolder);
  const hostId =
    config.id ?? `functions-host-${createHash("sha256").update(appFolder).digest("hex").slice(0, 16)}`;
  const isDisabled = (name: string): boolean =>
    /^(true|1)$/i.test(settings.get(`AzureWebJobs.${name}.Disabled`) ?? "");

  const server = await startHttpServer({ host, port: options.port ?? 0, log });
  const url = `http://${host.includes(":") ? `[${host}]` : host}:${server.port}`;
  const clients = Array.from({ length: count }, () => createServiceBusClients(config.extensions.serviceBus));
  const listeners: Listener[] = [];
  const endpoint = settings.get("OTEL_EXPORTER_OTLP_ENDPOINT") ?? "";
  const spans =
    config.telemetryMode?.toLowerCase() !== "opentelemetry" || endpoint === ""
      ? undefined
      : createSpanExport({
          endpoint,
          headers: settings.get("OTEL_EXPORTER_OTLP_HEADERS") ?? "",
          triggerOf: (name) => triggers.get(name) ?? "",
          log,
        });
  /** The type of each function's trigger, once the app is loaded. */
  const triggers = new Map<string, string>();

  /** Takes no more work and waits for what runs, then ends the workers; after the limit without waiting. */
  const stop = async (limit: number): Promise<void> => {
    faults.close();
    for (const instance of instances) instance.thaw();
    const drained = Promise.all([server.close(), ...listeners.map((listener) => listener.stop())]);
    const inTime = await within(drained, limit);
    if (!inTime && limit > 0) {
      log({
        level: "warning",
        category: "Host",
        message: `Not drained after ${limit} ms; the workers are ended`,
        instance: 0,
      });
    }
    await Promise.all(instances.map((instance) => instance.close(inTime ? TERMINATE_LIMIT : 0)));
    // With the workers gone, what was running has failed, and is settled now.
    if (!inTime) await within(drained, TERMINATE_LIMIT);
    await Promise.all(clients.map((own) => own.close()));
    await spans?.close();
  };

  try {
    const address = new URL(url).host;
    instances.push(
      ...(await allStarted(
        clients.map((_, index) => {
          const number = index + 1;
          const environment = workerEnvironment(settings, { appFolder, address, instance: number });
          return startInstance({ number, appFolder, environment, loadLimit, log, emit, now });
        }),
      )),
    );
    const definitions = (instances[0]?.functions ?? []).map((metadata) =>
      defineFunction(metadata, config, settings),
    );
    for (const { name, trigger } of definitions) triggers.set(name, trigger.type);
    const byName = new Map(definitions.map((definition) => [definition.name, definition]));
    const invoke = createInvoke({
      log,
      emit,
      now,
      functionTimeout: config.functionTimeout,
      ...(spans === undefined ? {} : { onSpan: spans.add }),
      strike: createStrike(faults, server.cutAll),
      async sendOutputs({ number }, functionName, response) {
        const own = clients[number - 1];
        const outputs = byName.get(functionName)?.outputs ?? [];
        if (own !== undefined) await sendOutputs(outputs, response, settings, own);
      },
    });
    const { routePrefix } = config.extensions.http;
    const app = createHttpApp({ hostId, routePrefix, definitions, isDisabled, instances, invoke, keys, now });

    const enabled = definitions.filter(({ name }) => !isDisabled(name));
    for (const instance of instances) {
      const context = { instance, invoke, host: config, settings, hostId, log, emit, now, random };
      for (const definition of enabled) {
        const own = clients[instance.number - 1];
        const listener = own && startListener(definition, context, own);
        if (listener !== undefined) listeners.push(listener);
      }
    }
    server.serve(app);

    const close = once(() => stop(drainLimit));
    return {
      port: server.port,
      url,
      keys,
      functions: app.summaries,
      workers: () => instances.map(({ number, pid }) => ({ instance: number, pid: pid() })),
      killWorker: (number) => void instances.find((instance) => instance.number === number)?.kill(),
      faults,
      close,
      [Symbol.asyncDispose]: close,
    };
  } catch (error) {
    await stop(0);
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

function once(action: () => Promise<void>): () => Promise<void> {
  let result: Promise<void> | undefined;
  return () => {
    result ??= action();
    return result;
  };
}
