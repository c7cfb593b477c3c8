import type { CosmosEvent } from "../../emulators/cosmos/index.ts";
import type { Firing, OperationStep, operations } from "../../emulators/faults/index.ts";
import type { HostEvent } from "../../emulators/functions-host/index.ts";
import type { ServiceBusEvent } from "../../emulators/service-bus/index.ts";
import { firstLine } from "../first-line.ts";
import { createCopies, endpointOf } from "./copies.ts";
import type { Rest } from "./rest.ts";
import type { MessageFacts, Trace } from "./trace.ts";

type Point = OperationStep["points"][number];

const writes: readonly string[] = [
  "create",
  "upsert",
  "replace",
  "patch",
  "delete",
  "batch",
] satisfies readonly (typeof operations.cosmos)[number][];

/** Makes one story per order of what the servers tell, and knows when all is at rest. */
export function createObserver(trace: Trace, rest: Rest) {
  const copies = createCopies();
  /** Which order a message is about. */
  const orderOf = new Map<string, string>();

  function serviceBusOperation({ phase, points, error }: OperationStep): void {
    for (const point of points) {
      const { operation, entity = "", aggregate, sequence, delivery = 1 } = point;
      const message = factsOf(point);
      if (aggregate === undefined || message === undefined) continue;
      orderOf.set(message.messageId, aggregate);
      if (operation === "deliver" && phase === "begun" && sequence !== undefined)
        copies.delivering(entity, sequence, aggregate, message, delivery);
      if (operation !== "send" || phase === "begun") continue;
      const sent = { by: entity === "orders" ? "customer" : "orders", entity, ...message };
      if (phase === "answered") trace.add(aggregate, { kind: "sent", ...sent });
      else trace.add(aggregate, { kind: "notSent", ...sent, error: wordsOf(error) });
    }
  }

  function serviceBusEvent(event: ServiceBusEvent): void {
    if (event.type === "connectionFailed") return;
    const { type, entity, messageId, sequence, deliveryCount, reason } = event;
    // Dead letters wait for an operator, not for the app.
    if (sequence === undefined || endpointOf(entity) === undefined) return;
    const key = `${entity}#${sequence}`;
    if (type === "enqueued") {
      rest.arrived(key);
      if (messageId !== undefined) copies.enqueued(entity, messageId, sequence);
      return;
    }
    // The event's own count: the next delivery may have begun when this one's end is told.
    const copy = copies.find(entity, sequence, deliveryCount);
    if (copy !== undefined) {
      const { orderId, facts } = copy;
      if (type === "completed") trace.add(orderId, { kind: "settled", ...facts });
      if (type === "abandoned") trace.add(orderId, { kind: "givenBack", ...facts });
      if (type === "lockExpired") trace.add(orderId, { kind: "lockLost", ...facts });
      if (type === "deadLettered")
        trace.add(orderId, { kind: "deadLettered", ...facts, reason: reason ?? "" });
    }
    if (type === "completed" || type === "deadLettered" || type === "expired") rest.left(key);
  }

  function hostOperation({ phase, points, error }: OperationStep): void {
    for (const { entity = "", sequence, delivery } of points) {
      if (sequence === undefined) continue;
      const copy = copies.find(queueOf(entity), sequence, delivery);
      if (copy === undefined) continue;
      const { orderId, facts } = copy;
      if (phase === "begun") trace.add(orderId, { kind: "delivered", ...facts });
      if (phase === "answered") trace.add(orderId, { kind: "handled", ...facts });
      if (phase === "failed") trace.add(orderId, { kind: "failed", ...facts, error: wordsOf(error) });
    }
  }

  function hostEvent(event: HostEvent): void {
    if (event.type === "invocation") {
      if (event.phase === "started") rest.began();
      else rest.ended();
    }
  }

  function cosmosOperation({ phase, points, error }: OperationStep): void {
    if (phase !== "failed") return;
    for (const { operation, entity = "", aggregate } of points) {
      if (aggregate === undefined || !writes.includes(operation)) continue;
      trace.add(aggregate, { kind: "notStored", container: entity, error: wordsOf(error) });
    }
  }

  function cosmosEvent(event: CosmosEvent): void {
    if (!("partitionKey" in event)) return;
    const [orderId] = JSON.parse(event.partitionKey) as [unknown];
    if (typeof orderId !== "string") return;
    const { container, id } = event;
    if ("body" in event) {
      const document = JSON.parse(event.body) as Record<string, unknown>;
      trace.add(orderId, { kind: "stored", container, document: withoutSystemFields(document) });
    } else trace.add(orderId, { kind: "removed", container, id });
  }

  /** A fault struck. */
  function firing({ rule, kind, point }: Firing): void {
    const { server, operation, aggregate, messageType, messageId } = point;
    const orderId = aggregate ?? (messageId === undefined ? undefined : orderOf.get(messageId));
    if (orderId === undefined) return;
    trace.add(orderId, {
      kind: "fault",
      rule,
      fault: kind,
      at: `${server} ${operation}`,
      ...(messageType === undefined ? {} : { type: messageType }),
      ...(messageId === undefined ? {} : { messageId }),
    });
  }

  return {
    serviceBusOperation,
    serviceBusEvent,
    hostOperation,
    hostEvent,
    cosmosOperation,
    cosmosEvent,
    firing,
  };
}

/** A function's queue or subscription. */
const queueOf = (functionName: string): string =>
  functionName === "orders" ? "orders" : `events/subscriptions/${functionName}`;

function factsOf({ messageType, messageId, properties }: Point): MessageFacts | undefined {
  if (messageType === undefined || messageId === undefined) return undefined;
  const filling = properties?.["filling"];
  return { type: messageType, messageId, ...(typeof filling === "string" ? { filling } : {}) };
}

/** Cosmos's own fields start with an underscore; the version is worth seeing, the others are not. */
const withoutSystemFields = (document: Record<string, unknown>): Record<string, unknown> =>
  Object.fromEntries(Object.entries(document).filter(([name]) => !name.startsWith("_")));

/** One line of an error. */
function wordsOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if (error.name === "Lost") return "the connection was lost";
  const status = "status" in error && typeof error.status === "number" ? `${error.status} ` : "";
  return `${status}${firstLine(error)}`;
}
