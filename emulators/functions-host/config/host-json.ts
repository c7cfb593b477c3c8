import { join } from "node:path";
import { z } from "zod";
import { ConfigurationError } from "./errors.ts";
import { readJsonFile, type Settings } from "./settings.ts";
import { parseTimeSpan } from "./time-span.ts";

const timeSpan = z.string().transform((text, context) => {
  const milliseconds = parseTimeSpan(text);
  if (milliseconds !== undefined) return milliseconds;
  context.addIssue({ code: "custom", message: `"${text}" is no time span; expected hh:mm:ss` });
  return z.NEVER;
});
const count = z.coerce.number().int();
/** Environment variables override host.json as text. */
const flag = z.union([z.boolean(), z.enum(["true", "false"]).transform((text) => text === "true")]);

/** Settings that change nothing here: they are about logs, telemetry or scale, or belong to the cloud. */
const ignored = z.unknown().optional();

const serviceBus = z.strictObject({
  prefetchCount: count.min(0).default(0),
  autoCompleteMessages: flag.default(true),
  maxAutoLockRenewalDuration: timeSpan.default(300_000),
  maxConcurrentCalls: count.min(1).default(16),
  maxConcurrentSessions: count.min(1).default(8),
  maxConcurrentCallsPerSession: count.min(1).default(1),
  sessionIdleTimeout: timeSpan.default(60_000),
  clientRetryOptions: z
    .strictObject({
      mode: z.enum(["exponential", "fixed", "Exponential", "Fixed"]).default("exponential"),
      tryTimeout: timeSpan.default(60_000),
      delay: timeSpan.default(800),
      maxDelay: timeSpan.default(60_000),
      maxRetries: count.min(0).default(3),
    })
    .prefault({}),
  // Batches and their settings: only with cardinality "many", which is refused at the binding.
  maxMessageBatchSize: ignored,
  minMessageBatchSize: ignored,
  maxBatchWaitTime: ignored,
  enableCrossEntityTransactions: z.literal(false).optional(),
  transportType: z.enum(["amqpTcp", "AmqpTcp"]).optional(),
});

const hostJson = z.strictObject({
  version: z.literal("2.0", '"version" must be "2.0"'),
  $schema: ignored,
  /** "-1": no limit. */
  functionTimeout: z
    .union([z.literal("-1").transform(() => Number.POSITIVE_INFINITY), timeSpan])
    .default(1_800_000),
  extensionBundle: z.looseObject({ id: z.string(), version: z.string() }).optional(),
  extensions: z
    .strictObject({
      http: z
        .strictObject({
          routePrefix: z.string().default("api"),
          maxOutstandingRequests: ignored,
          maxConcurrentRequests: ignored,
          dynamicThrottlesEnabled: ignored,
        })
        .prefault({}),
      serviceBus: serviceBus.prefault({}),
      cosmosDB: z.strictObject({ connectionMode: ignored, userAgentSuffix: ignored }).optional(),
    })
    .prefault({}),
  singleton: z
    .strictObject({
      listenerLockPeriod: timeSpan.pipe(z.number().min(15_000).max(60_000)).default(15_000),
      listenerLockRecoveryPollingInterval: timeSpan.default(5_000),
      lockPeriod: ignored,
      lockAcquisitionTimeout: ignored,
      lockAcquisitionPollingInterval: ignored,
    })
    .prefault({}),
  /** The host's identity in the storage account: its timers' locks and status. */
  id: z.string().optional(),
  telemetryMode: z.string().optional(),
  logging: ignored,
  aggregator: ignored,
  applicationInsights: ignored,
  healthMonitor: ignored,
  concurrency: z.looseObject({ dynamicConcurrencyEnabled: z.literal(false).optional() }).optional(),
  watchDirectories: ignored,
  watchFiles: ignored,
});

/** host.json, checked; durations in milliseconds. */
export type HostConfig = z.output<typeof hostJson>;
export type ServiceBusConfig = HostConfig["extensions"]["serviceBus"];

/**
 * Reads host.json under the settings `AzureFunctionsJobHost__…` that override it.
 * @throws ConfigurationError that names each setting that is not supported, and what is.
 */
export function loadHostConfig(appFolder: string, settings: Settings): HostConfig {
  const path = join(appFolder, "host.json");
  return parseHostConfig(withOverrides(readJsonFile(path), settings), path);
}

/** Checks the content of host.json; `path` is named in errors. */
export function parseHostConfig(document: object, path: string): HostConfig {
  const result = hostJson.safeParse(document);
  if (result.success) return result.data;
  const problems = result.error.issues.map((issue) => {
    const place = issue.path.join(".") || "the top level";
    if (issue.code !== "unrecognized_keys") return `${place}: ${issue.message}`;
    return `${issue.keys.map((key) => `"${[...issue.path, key].join(".")}"`).join(", ")} is not supported here; ${place} may hold ${keysAt(issue.path).join(", ")}`;
  });
  throw new ConfigurationError(`${path}: ${problems.join("; ")}`);
}

/** The supported settings at a place of host.json, for messages. */
function keysAt(path: readonly PropertyKey[]): string[] {
  let schema: unknown = hostJson;
  for (const key of path) {
    schema = shapeOf(schema)[String(key)];
  }
  return Object.keys(shapeOf(schema));
}

function shapeOf(schema: unknown): Record<string, unknown> {
  let inner = schema;
  while (inner instanceof z.ZodOptional || inner instanceof z.ZodPrefault || inner instanceof z.ZodDefault) {
    inner = inner.unwrap();
  }
  return inner instanceof z.ZodObject ? inner.shape : {};
}

/** `AzureFunctionsJobHost__extensions__serviceBus__maxConcurrentCalls=4` wins over the file, as in the real host. */
function withOverrides(document: Record<string, unknown>, settings: Settings): Record<string, unknown> {
  const result = structuredClone(document);
  for (const [name, value] of Object.entries(settings.values)) {
    const [prefix, ...path] = name.split(/__|:/);
    if (prefix?.toLowerCase() !== "azurefunctionsjobhost") continue;
    const last = path.pop();
    if (last === undefined) continue;
    let place = result;
    for (const key of path) {
      const known = sameKey(place, key);
      const next = place[known];
      place[known] = typeof next === "object" && next !== null ? next : {};
      place = place[known] as Record<string, unknown>;
    }
    place[sameKey(place, last)] = value;
  }
  return result;
}

const sameKey = (object: object, key: string): string =>
  Object.keys(object).find((known) => known.toLowerCase() === key.toLowerCase()) ?? key;
