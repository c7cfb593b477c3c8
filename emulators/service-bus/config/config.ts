import { readFile } from "node:fs/promises";
import { type ParseError, parse, printParseErrorCode } from "jsonc-parser";
import type { Filter, QueueSettings, Rule, SubscriptionSettings, Topology } from "../broker/topology.ts";
import { configSchema, type QueueConfig, type RuleConfig, type SubscriptionConfig } from "./schema.ts";

/** A configuration that can't be used; the message names each bad value's path. */
export class ConfigError extends Error {
  override readonly name = "ConfigError";
}

/** Reads a Config.json, which may have comments. @throws ConfigError */
export async function readConfig(file: string): Promise<Topology> {
  let text: string;
  try {
    text = await readFile(file, "utf8");
  } catch (error) {
    throw new ConfigError(`${file}: the configuration can't be read`, { cause: error });
  }
  const errors: ParseError[] = [];
  const value: unknown = parse(text, errors, { allowTrailingComma: true });
  const [first] = errors;
  if (first !== undefined) {
    const line = text.slice(0, first.offset).split("\n").length;
    throw new ConfigError(`${file}, line ${line}: ${printParseErrorCode(first.error)}`);
  }
  return parseConfig(value, file);
}

/** Checks a configuration. @param source Named in errors. @throws ConfigError */
export function parseConfig(value: unknown, source = "configuration"): Topology {
  const result = configSchema.safeParse(value);
  if (!result.success) {
    const problems = result.error.issues.map(({ path, message }) => `${pathText(path)}: ${message}`);
    throw new ConfigError(`${source}: ${problems.join("; ")}`);
  }
  const [namespace] = result.data.UserConfig.Namespaces;
  const queues = (namespace?.Queues ?? []).map(queueSettings);
  const topics = (namespace?.Topics ?? []).map((topic) => ({
    name: topic.Name,
    defaultTimeToLive: topic.Properties.DefaultMessageTimeToLive,
    subscriptions: topic.Subscriptions.map(subscriptionSettings),
  }));
  const topology = { queues, topics };
  const problem = inconsistency(topology);
  if (problem !== undefined) throw new ConfigError(`${source}: ${problem}`);
  return topology;
}

const queueSettings = ({ Name, Properties }: QueueConfig | SubscriptionConfig): QueueSettings => ({
  name: Name,
  lockDuration: Properties.LockDuration,
  maxDeliveryCount: Properties.MaxDeliveryCount,
  defaultTimeToLive: Properties.DefaultMessageTimeToLive,
  deadLetterOnExpiration: Properties.DeadLetteringOnMessageExpiration,
  requiresSession: Properties.RequiresSession,
  forwardTo: Properties.ForwardTo,
  forwardDeadLetteredTo: Properties.ForwardDeadLetteredMessagesTo,
});

const subscriptionSettings = (subscription: SubscriptionConfig): SubscriptionSettings => ({
  ...queueSettings(subscription),
  rules:
    subscription.Rules.length === 0
      ? [{ name: "$Default", filter: { type: "true" } }]
      : subscription.Rules.map(ruleOf),
});

const ruleOf = ({ Name, Properties }: RuleConfig): Rule => ({ name: Name, filter: filterOf(Properties) });

function filterOf(properties: RuleConfig["Properties"]): Filter {
  switch (properties.FilterType) {
    case "TrueFilter":
      return { type: "true" };
    case "FalseFilter":
      return { type: "false" };
    case "Sql":
      return { type: properties.SqlFilter.SqlExpression.trim().endsWith("0") ? "false" : "true" };
    case "Correlation": {
      const filter = properties.CorrelationFilter;
      return {
        type: "correlation",
        conditions: {
          contentType: filter.ContentType,
          correlationId: filter.CorrelationId,
          label: filter.Label,
          messageId: filter.MessageId,
          replyTo: filter.ReplyTo,
          replyToSessionId: filter.ReplyToSessionId,
          sessionId: filter.SessionId,
          to: filter.To,
          properties: filter.Properties,
        },
      };
    }
  }
}

/** What no single value shows: names that are there twice or not at all, and forwarding that Azure refuses. */
function inconsistency({ queues, topics }: Topology): string | undefined {
  const names = [...queues, ...topics].map(({ name }) => name.toLowerCase());
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice !== undefined) return `there are two entities with the name '${twice}'`;
  const all = [
    ...queues.map((settings) => ({ path: settings.name, settings })),
    ...topics.flatMap(({ name, subscriptions }) =>
      subscriptions.map((settings) => ({ path: `${name}/Subscriptions/${settings.name}`, settings })),
    ),
  ];
  for (const { path, settings } of all) {
    for (const target of [settings.forwardTo, settings.forwardDeadLetteredTo]) {
      if (target !== undefined && !names.includes(target.toLowerCase())) {
        return `${path} forwards to '${target}', which is neither a queue nor a topic here`;
      }
    }
    if (settings.forwardTo?.toLowerCase() === settings.name.toLowerCase() && !path.includes("/")) {
      return `${path} forwards to itself`;
    }
    if (settings.forwardTo !== undefined && settings.requiresSession) {
      return `${path} has RequiresSession and ForwardTo: an entity with sessions can't forward`;
    }
  }
  return undefined;
}

const pathText = (path: readonly PropertyKey[]): string =>
  path.reduce<string>(
    (text, key) =>
      typeof key === "number" ? `${text}[${key}]` : text === "" ? String(key) : `${text}.${String(key)}`,
    "",
  );
