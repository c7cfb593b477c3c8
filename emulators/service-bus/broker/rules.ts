import type { Filterable } from "./message.ts";
import type { CorrelationConditions, Filter, Rule } from "./topology.ts";

const SYSTEM_PROPERTIES = [
  "contentType",
  "correlationId",
  "label",
  "messageId",
  "replyTo",
  "replyToSessionId",
  "sessionId",
  "to",
] as const;

/** Whether a subscription with these rules takes the message: one copy, however many rules match. */
export const anyMatches = (rules: readonly Rule[], message: Filterable): boolean =>
  rules.some((rule) => matches(rule.filter, message));

/** Whether the filter lets the message through. String comparisons are case-sensitive, as in Azure. */
export function matches(filter: Filter, message: Filterable): boolean {
  switch (filter.type) {
    case "true":
      return true;
    case "false":
      return false;
    case "correlation":
      return correlates(filter.conditions, message);
  }
}

function correlates(conditions: CorrelationConditions, message: Filterable): boolean {
  for (const name of SYSTEM_PROPERTIES) {
    const wanted = conditions[name];
    if (wanted !== undefined && message[name] !== wanted) return false;
  }
  return Object.entries(conditions.properties ?? {}).every(([name, wanted]) =>
    sameValue(message.properties[name], wanted),
  );
}

const sameValue = (value: unknown, wanted: unknown): boolean =>
  value instanceof Date && wanted instanceof Date ? value.getTime() === wanted.getTime() : value === wanted;
