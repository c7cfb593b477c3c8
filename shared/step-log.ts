import type { Step } from "./exactly-once/telemetry.ts";

/**
 * One line for a step of a message, for people who watch: endpoint, step, type, the aggregate, which message
 * (the logical id's last eight digits), which delivery of it, and the trace that it is recorded in.
 */
export function stepLine(
  { step, endpoint, message, aggregate, deliveryCount, detail }: Step,
  traceId?: string,
): string {
  const about =
    aggregate === undefined ? "" : ` ${aggregateNoun[aggregate.endpoint] ?? "aggregate"} ${aggregate.id}`;
  const delivery = deliveryCount === undefined ? "" : ` delivery ${deliveryCount}`;
  const explained = detail === undefined || detail === "" ? "" : `: ${detail}`;
  const trace = traceId === undefined ? "" : ` trace ${traceId}`;
  return `${endpoint.padEnd(9)} ${step.padEnd(11)} ${message.type}${about} …${message.id.slice(-8)}${delivery}${explained}${trace}`;
}

const aggregateNoun: Readonly<Record<string, string>> = {
  orders: "order",
  billing: "customer",
  marketing: "customer",
};
