import { z } from "zod";

/** The properties of the supported bindings; one that is not here is refused, for it would change what the app does. */

/** What the library adds to every binding. */
export const common = {
  name: z.string(),
  type: z.string(),
  direction: z.enum(["in", "out"]),
  properties: z
    .object({ supportsDeferredBinding: z.literal("false", "SDK bindings (sdkBinding) are a preview") })
    .optional(),
  sdkBinding: z.literal(false).optional(),
};
const text = z.string().min(1);
const dataType = z
  .string()
  .transform((value) => value.toLowerCase())
  .pipe(z.enum(["string", "binary", "undefined"]))
  .default("undefined");

export const httpTrigger = z.strictObject({
  ...common,
  authLevel: z
    .string()
    .transform((value) => value.toLowerCase())
    .pipe(z.enum(["anonymous", "function", "admin"]))
    .default("function"),
  methods: z.array(z.string().transform((value) => value.toUpperCase())).optional(),
  route: z.string().optional(),
  dataType,
});

export const timerTrigger = z.strictObject({
  ...common,
  schedule: text,
  runOnStartup: z.boolean().default(false),
  useMonitor: z.boolean().default(true),
});

export const serviceBusTrigger = z
  .strictObject({
    ...common,
    connection: text.default("ServiceBus"),
    queueName: text.optional(),
    topicName: text.optional(),
    subscriptionName: text.optional(),
    isSessionsEnabled: z.boolean().default(false),
    autoCompleteMessages: z.boolean().optional(),
    cardinality: z
      .string()
      .transform((value) => value.toLowerCase())
      .pipe(z.literal("one", 'only cardinality "one" is supported'))
      .default("one"),
    dataType,
  })
  .refine(
    ({ queueName, topicName, subscriptionName }) =>
      queueName === undefined
        ? topicName !== undefined && subscriptionName !== undefined
        : topicName === undefined && subscriptionName === undefined,
    "expected either queueName, or topicName and subscriptionName",
  );

const milliseconds = z.number().int().min(1);
export const cosmosDbTrigger = z.strictObject({
  ...common,
  connection: text.default("CosmosDB"),
  databaseName: text,
  containerName: text,
  leaseConnection: text.optional(),
  leaseDatabaseName: text.optional(),
  leaseContainerName: text.default("leases"),
  leaseContainerPrefix: z.string().default(""),
  createLeaseContainerIfNotExists: z.boolean().default(false),
  maxItemsPerInvocation: z.number().int().min(1).optional(),
  feedPollDelay: milliseconds.default(5_000),
  leaseAcquireInterval: milliseconds.default(13_000),
  leaseExpirationInterval: milliseconds.default(60_000),
  leaseRenewInterval: milliseconds.default(17_000),
  startFromBeginning: z.boolean().default(false),
  changeFeedMode: z.literal("LatestVersion", 'only changeFeedMode "LatestVersion" is supported').optional(),
  // They change cost or routing in the cloud, and nothing here.
  leasesContainerThroughput: z.unknown().optional(),
  preferredLocations: z.unknown().optional(),
});

export const serviceBusOutput = z
  .strictObject({
    ...common,
    connection: text.default("ServiceBus"),
    queueName: text.optional(),
    topicName: text.optional(),
  })
  .refine(
    ({ queueName, topicName }) => (queueName === undefined) !== (topicName === undefined),
    "expected queueName or topicName",
  );
