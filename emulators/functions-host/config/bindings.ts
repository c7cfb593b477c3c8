import { z } from "zod";
import type { BindingInfo, FunctionMetadata } from "../worker/rpc.ts";
import {
  common,
  cosmosDbTrigger,
  httpTrigger,
  serviceBusOutput,
  serviceBusTrigger,
  timerTrigger,
} from "./binding-schemas.ts";
import { ConfigurationError } from "./errors.ts";
import type { HostConfig } from "./host-json.ts";
import { type RetryPolicy, readRetryPolicy } from "./retry-policy.ts";
import type { Settings } from "./settings.ts";

export type HttpTrigger = z.output<typeof httpTrigger> & { type: "httpTrigger" };
export type TimerTrigger = z.output<typeof timerTrigger> & { type: "timerTrigger" };
export type ServiceBusTrigger = z.output<typeof serviceBusTrigger> & {
  type: "serviceBusTrigger";
  address: string;
};
export type CosmosDbTrigger = z.output<typeof cosmosDbTrigger> & { type: "cosmosDBTrigger" };
export type Trigger = HttpTrigger | TimerTrigger | ServiceBusTrigger | CosmosDbTrigger;

/** An output that sends messages. */
export interface ServiceBusOutput {
  readonly name: string;
  readonly connection: string;
  readonly entity: string;
}

/** A function as the host runs it. */
export interface FunctionDefinition<T extends Trigger = Trigger> {
  readonly name: string;
  readonly trigger: T;
  readonly outputs: readonly ServiceBusOutput[];
  readonly retry: RetryPolicy | undefined;
}

const SCHEMAS = {
  httptrigger: httpTrigger,
  timertrigger: timerTrigger,
  servicebustrigger: serviceBusTrigger,
  cosmosdbtrigger: cosmosDbTrigger,
} as const;
const NAMES: Record<keyof typeof SCHEMAS, Trigger["type"]> = {
  httptrigger: "httpTrigger",
  timertrigger: "timerTrigger",
  servicebustrigger: "serviceBusTrigger",
  cosmosdbtrigger: "cosmosDBTrigger",
};

/**
 * Checks what a function registered, with `%SETTING%` references replaced.
 * @throws ConfigurationError naming the function, the property, and what is supported.
 */
export function defineFunction(
  metadata: FunctionMetadata,
  host: HostConfig,
  settings: Settings,
): FunctionDefinition {
  const where = `Function "${metadata.name}"`;
  const bindings = Object.entries(metadata.bindings).map(([name, binding]) => ({ ...binding, name }));
  const [triggerBinding, ...more] = bindings.filter(({ type }) => /trigger$/i.test(type));
  if (triggerBinding === undefined || more.length > 0) {
    throw new ConfigurationError(
      `${where} has ${bindings.length - more.length === 0 ? "no" : "more than one"} trigger; expected one`,
    );
  }
  const trigger = readTrigger(triggerBinding, where, settings);
  if (
    trigger.type !== "httpTrigger" &&
    trigger.type !== "timerTrigger" &&
    host.extensionBundle === undefined
  ) {
    throw new ConfigurationError(
      `${where} has a ${trigger.type}, but host.json names no extension bundle; without one there are HTTP and timer ` +
        'triggers only. Add "extensionBundle": {"id": "Microsoft.Azure.Functions.ExtensionBundle", "version": "[4.*, 5.0.0)"}',
    );
  }
  return {
    name: metadata.name,
    trigger,
    outputs: bindings
      .filter((binding) => binding !== triggerBinding)
      .flatMap((binding) => readOutput(binding, trigger, host, where, settings)),
    retry: readRetryPolicy(metadata.retryOptions, trigger.type, where),
  };
}

function readTrigger(binding: BindingInfo & { name: string }, where: string, settings: Settings): Trigger {
  const key = binding.type.toLowerCase();
  if (!isSupported(key)) {
    throw new ConfigurationError(
      `${where}: trigger "${binding.type}" is not supported; supported: ${Object.values(NAMES).join(", ")}`,
    );
  }
  const parsed = check(SCHEMAS[key], binding, where, settings);
  const type = NAMES[key];
  if (type !== "serviceBusTrigger") return { ...parsed, type } as Trigger;
  const { queueName, topicName, subscriptionName } = parsed as z.output<typeof serviceBusTrigger>;
  return {
    ...parsed,
    type,
    address: queueName ?? `${topicName}/Subscriptions/${subscriptionName}`,
  } as ServiceBusTrigger;
}

function readOutput(
  binding: BindingInfo & { name: string },
  trigger: Trigger,
  host: HostConfig,
  where: string,
  settings: Settings,
): ServiceBusOutput[] {
  const type = binding.type.toLowerCase();
  if (binding.direction === "out" && type === "http" && trigger.type === "httpTrigger") return [];
  if (binding.direction !== "out" || type !== "servicebus") {
    throw new ConfigurationError(
      `${where}: ${binding.direction === "in" ? "input" : "output"} binding "${binding.type}" is not supported; ` +
        'supported: "http" and "serviceBus" outputs',
    );
  }
  if (host.extensionBundle === undefined) {
    throw new ConfigurationError(`${where}: a serviceBus output needs the extension bundle in host.json`);
  }
  const { name, connection, queueName, topicName } = check(serviceBusOutput, binding, where, settings);
  return [{ name, connection, entity: queueName ?? topicName ?? "" }];
}

function check<S extends z.ZodType>(
  schema: S,
  binding: BindingInfo,
  where: string,
  settings: Settings,
): z.output<S> {
  const place = `${where}, ${binding.type}`;
  const resolved = Object.fromEntries(
    Object.entries(binding).map(([key, value]) => [
      key,
      typeof value === "string" && key !== "connection" ? settings.resolve(value, `${place}, ${key}`) : value,
    ]),
  );
  const result = schema.safeParse(resolved);
  if (result.success) return result.data;
  const problems = result.error.issues.map((issue) =>
    issue.code === "unrecognized_keys"
      ? `${issue.keys.map((key) => `"${key}"`).join(", ")} is not supported; supported: ${propertiesOf(schema).join(", ")}`
      : `${issue.path.join(".") || "binding"}: ${issue.message}`,
  );
  throw new ConfigurationError(`${place}: ${problems.join("; ")}`);
}

function propertiesOf(schema: z.ZodType): string[] {
  const names = schema instanceof z.ZodObject ? Object.keys(schema.shape) : [];
  return names.filter((name) => !(name in common));
}

const isSupported = (key: string): key is keyof typeof SCHEMAS => key in SCHEMAS;
