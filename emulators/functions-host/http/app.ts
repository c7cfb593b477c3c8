import type { FunctionDefinition, HttpTrigger } from "../config/bindings.ts";
import { HostError } from "../errors.ts";
import type { Instance } from "../instance.ts";
import type { Invoke } from "../invocation.ts";
import type { FunctionSummary } from "../options.ts";
import type { Keys } from "./keys.ts";
import { parseRoute } from "./routes.ts";
import type { HttpApp, HttpFunction } from "./server.ts";

export interface HttpAppOptions {
  readonly hostId: string;
  readonly routePrefix: string;
  readonly definitions: readonly FunctionDefinition[];
  readonly isDisabled: (functionName: string) => boolean;
  readonly instances: readonly Instance[];
  readonly invoke: Invoke;
  readonly keys: Keys;
  readonly now: () => number;
}

/** What the HTTP server answers with, over all instances in turn. @throws ConfigurationError for a route */
export function createHttpApp(
  options: HttpAppOptions,
): HttpApp & { readonly summaries: readonly FunctionSummary[] } {
  const { definitions, instances, invoke, isDisabled, keys, now } = options;
  const routePrefix = options.routePrefix.replace(/^\/+|\/+$/g, "");
  const summaries = definitions.map((definition) => summaryOf(definition, routePrefix));
  const startedAt = now();
  let turn = 0;
  const nextInstance = (): Instance => {
    const running = instances.filter((instance) => instance.isRunning());
    // With all workers on their way back, one of them answers when it is there.
    const candidates = running.length === 0 ? instances : running;
    const instance = candidates[turn++ % candidates.length];
    if (instance === undefined) throw new HostError("HOST_STOPPED", "There is no instance");
    return instance;
  };
  return {
    summaries,
    routePrefix,
    keys,
    routes: definitions.filter(isHttp).flatMap((definition) => {
      const { name, trigger } = definition;
      const route = parseRoute(trigger.route ?? name, trigger.methods, definition, `Function "${name}"`);
      return isDisabled(name) ? [] : [route];
    }),
    invoke: ({ name, trigger }, request, traceParent) =>
      invoke(nextInstance(), {
        functionName: name,
        input: { name: trigger.name, data: request },
        triggerMetadata: {},
        traceParent,
        request: `${request.http?.method} ${new URL(request.http?.url ?? "http://localhost").pathname}`,
        reason: "This function was programmatically called via the host APIs.",
      }),
    status: () => ({
      id: options.hostId,
      state: "Running",
      version: "4.0.0",
      processUptime: now() - startedAt,
      instances: instances.map(({ number, pid, isRunning }) => ({
        instance: number,
        pid: pid(),
        running: isRunning(),
      })),
    }),
    functions: () => summaries.map((summary) => ({ ...summary, isDisabled: isDisabled(summary.name) })),
  };
}

function summaryOf({ name, trigger }: FunctionDefinition, routePrefix: string): FunctionSummary {
  if (trigger.type !== "httpTrigger") return { name, trigger: trigger.type };
  const path = [routePrefix, trigger.route ?? name].filter((part) => part !== "").join("/");
  return { name, trigger: trigger.type, route: `/${path}` };
}

const isHttp = (
  definition: FunctionDefinition,
): definition is FunctionDefinition<HttpTrigger> & HttpFunction => definition.trigger.type === "httpTrigger";
