import type { ServiceBusMessage } from "@azure/service-bus";
import type {
  Delivery,
  Envelope,
  OriginalMessage,
  Outgoing,
  TraceContext,
} from "../exactly-once/contracts.ts";

/*
 * Our message on Service Bus: the body is JSON bytes; what identifies it stands in application properties. Their
 * names begin with a small letter and their texts are no JSON, because the Functions host camel-cases the
 * names and parses the texts on their way to a handler.
 */

/** A message as it is sent. The broker's message id equals the logical id on the first send. */
export const toServiceBus = (outgoing: Outgoing): ServiceBusMessage => ({
  messageId: outgoing.id,
  subject: outgoing.type,
  contentType: "application/json",
  body: Buffer.from(outgoing.body, "utf8"),
  ...(outgoing.sessionId === undefined ? {} : { sessionId: outgoing.sessionId }),
  applicationProperties: {
    logicalId: outgoing.id,
    schema: outgoing.schema,
    createdAt: new Date(outgoing.createdAt).toISOString(),
    ...outgoing.trace,
  },
});

/** What a Functions trigger passes beside the body, as far as it is used here. */
export interface TriggerContext {
  readonly functionName: string;
  readonly triggerMetadata?: Readonly<Record<string, unknown>> | undefined;
}

/** A message as a Service Bus trigger with `dataType: "binary"` delivers it. */
export function incoming(body: unknown, { functionName, triggerMetadata = {} }: TriggerContext): Delivery {
  const original = originalOf(body, triggerMetadata);
  return {
    envelope: envelopeOf(original),
    entity: functionName,
    deliveryCount: typeof triggerMetadata.deliveryCount === "number" ? triggerMetadata.deliveryCount : 1,
    original,
  };
}

function originalOf(body: unknown, metadata: Readonly<Record<string, unknown>>): OriginalMessage {
  // Without the binary data type the host passes text or parsed JSON: better a message in quarantine than none.
  const bytes =
    body instanceof Uint8Array
      ? body
      : Buffer.from(typeof body === "string" ? body : (JSON.stringify(body) ?? ""));
  return {
    body: bytes,
    properties: scalars(metadata.applicationProperties),
    ...texts({
      messageId: metadata.messageId,
      subject: metadata.subject,
      contentType: metadata.contentType,
      correlationId: metadata.correlationId,
      sessionId: metadata.sessionId,
    }),
  };
}

/** The envelope, or what is missing in it. */
export function envelopeOf({ body, subject, properties }: OriginalMessage): Envelope | { problem: string } {
  const { logicalId, schema, createdAt, traceparent, tracestate } = properties;
  const time = typeof createdAt === "string" ? Date.parse(createdAt) : Number.NaN;
  const problems = [
    ...(typeof logicalId === "string" && uuid.test(logicalId)
      ? []
      : [`logicalId must be a UUID, came ${show(logicalId)}`]),
    ...(typeof schema === "number" ? [] : [`schema must be a number, came ${show(schema)}`]),
    ...(Number.isNaN(time) ? [`createdAt must be an ISO 8601 date and time, came ${show(createdAt)}`] : []),
    ...(subject === undefined ? ["the subject must be the message's type, but there is none"] : []),
  ];
  if (problems.length > 0) return { problem: problems.join("; ") };
  return {
    id: String(logicalId).toLowerCase(),
    type: subject ?? "",
    schema: Number(schema),
    createdAt: time,
    body: Buffer.from(body).toString("utf8"),
    ...(typeof traceparent === "string" ? { trace: traceOf(traceparent, tracestate) } : {}),
  };
}

const traceOf = (traceparent: string, tracestate: unknown): TraceContext =>
  typeof tracestate === "string" ? { traceparent, tracestate } : { traceparent };

const uuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

const show = (value: unknown): string => (value === undefined ? "nothing" : JSON.stringify(value));

/** The host passes a text like "42" as a number, and leaves out what is null. */
function texts<Name extends string>(values: Record<Name, unknown>): Partial<Record<Name, string>> {
  const present = Object.entries(values).filter(
    ([, value]) => value !== undefined && value !== null && value !== "",
  );
  return Object.fromEntries(present.map(([name, value]) => [name, String(value)])) as Partial<
    Record<Name, string>
  >;
}

function scalars(value: unknown): OriginalMessage["properties"] {
  if (typeof value !== "object" || value === null) return {};
  return Object.fromEntries(
    Object.entries(value).flatMap(([name, property]): [string, string | number | boolean][] => {
      if (typeof property === "string" || typeof property === "number" || typeof property === "boolean") {
        return [[name, property]];
      }
      return property === null || property === undefined ? [] : [[name, JSON.stringify(property)]];
    }),
  );
}
