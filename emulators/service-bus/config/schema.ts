import { z } from "zod";
import { parseDuration } from "./duration.ts";

/** The official emulator's Config.json. Unknown properties are refused: a typing error must not go unnoticed. */

const name = z
  .string()
  .max(260)
  .regex(/^[A-Za-z0-9]$|^[A-Za-z0-9][\w\-./]*[A-Za-z0-9]$/, "must start and end with a letter or digit");

const duration = (least?: string, most?: string) =>
  z.string().transform((text, context) => {
    const value = parseDuration(text);
    const low = least === undefined ? 1 : parseDuration(least);
    const high = most === undefined ? undefined : parseDuration(most);
    if (value !== undefined && value >= (low ?? 0) && value <= (high ?? Number.POSITIVE_INFINITY))
      return value;
    const range = least === undefined ? "" : ` of ${least} to ${most}`;
    context.addIssue({ code: "custom", message: `expected an ISO 8601 duration${range}, not '${text}'` });
    return z.NEVER;
  });

/** Accepted by the official emulator, not yet by this one. */
const off = (what: string) =>
  z
    .boolean()
    .default(false)
    .refine((value) => !value, `${what} is not supported: set it to false`);

const target = z
  .string()
  .optional()
  .transform((text) => (text === "" ? undefined : text));

const timeToLive = duration().default(3_600_000);
const duplicateWindow = duration("PT5S", "PT5M").default(20_000);

const receiving = {
  DeadLetteringOnMessageExpiration: z.boolean().default(false),
  DefaultMessageTimeToLive: timeToLive,
  ForwardDeadLetteredMessagesTo: target,
  ForwardTo: target,
  LockDuration: duration("PT5S", "PT5M").default(60_000),
  // The official emulator's default; Azure's is 10.
  MaxDeliveryCount: z.int().min(1).max(10).default(3),
  RequiresSession: z.boolean().default(false),
};

const duplicates = {
  DuplicateDetectionHistoryTimeWindow: duplicateWindow,
  RequiresDuplicateDetection: off("RequiresDuplicateDetection"),
};

const correlationFilter = z.strictObject({
  ContentType: z.string().optional(),
  CorrelationId: z.string().optional(),
  Label: z.string().optional(),
  MessageId: z.string().optional(),
  ReplyTo: z.string().optional(),
  ReplyToSessionId: z.string().optional(),
  SessionId: z.string().optional(),
  To: z.string().optional(),
  Properties: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])).optional(),
});

const sqlFilter = z.strictObject({
  SqlExpression: z
    .string()
    .refine(
      (text) => /^\s*1\s*=\s*[01]\s*$/.test(text),
      "only 1=1 and 1=0 are supported: use a correlation filter",
    ),
});

const Action = z
  .strictObject({ SqlExpression: z.string().optional() })
  .optional()
  .refine((action) => !action?.SqlExpression, "rule actions are not supported: leave Action out");

const rule = z.strictObject({
  Name: name,
  Properties: z.discriminatedUnion("FilterType", [
    z.strictObject({ FilterType: z.literal("Correlation"), CorrelationFilter: correlationFilter, Action }),
    z.strictObject({ FilterType: z.literal("Sql"), SqlFilter: sqlFilter, Action }),
    z.strictObject({ FilterType: z.literal("TrueFilter"), Action }),
    z.strictObject({ FilterType: z.literal("FalseFilter"), Action }),
  ]),
});

const subscription = z.strictObject({
  Name: name,
  Properties: z.strictObject(receiving).prefault({}),
  Rules: z.array(rule).max(1000).default([]),
});

const queue = z.strictObject({
  Name: name,
  Properties: z.strictObject({ ...receiving, ...duplicates }).prefault({}),
});

const topic = z.strictObject({
  Name: name,
  Properties: z.strictObject({ DefaultMessageTimeToLive: timeToLive, ...duplicates }).prefault({}),
  Subscriptions: z.array(subscription).default([]),
});

export const configSchema = z.strictObject({
  UserConfig: z.strictObject({
    Namespaces: z
      .array(
        z.strictObject({
          Name: z.literal("sbemulatorns"),
          Queues: z.array(queue).default([]),
          Topics: z.array(topic).default([]),
        }),
      )
      .length(1),
    Logging: z.strictObject({ Type: z.enum(["File", "Console", "File,Console", "Console,File"]) }).optional(),
  }),
});

export type Config = z.infer<typeof configSchema>;
export type QueueConfig = z.infer<typeof queue>;
export type SubscriptionConfig = z.infer<typeof subscription>;
export type RuleConfig = z.infer<typeof rule>;
