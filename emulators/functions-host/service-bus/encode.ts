import type { ServiceBusReceivedMessage } from "@azure/service-bus";
import type { ServiceBusTrigger } from "../config/bindings.ts";
import { dotNetTime } from "../dot-net-time.ts";
import type { TypedData } from "../worker/rpc.ts";

/**
 * The body as the real host hands it to the worker: bytes with `dataType: "binary"`, else a string whatever the
 * content type says. The library then JSON-parses the string, so that `42` arrives as a number.
 * @param message received with `skipParsingBodyAsJson`
 */
export function encodeBody(
  message: ServiceBusReceivedMessage,
  dataType: ServiceBusTrigger["dataType"],
): TypedData {
  const body: unknown = message.body;
  const bytes =
    body instanceof Uint8Array
      ? body
      : Buffer.from(typeof body === "string" ? body : JSON.stringify(body ?? null));
  return dataType === "binary" ? { bytes } : { string: Buffer.from(bytes).toString("utf8") };
}

/**
 * `triggerMetadata` of a single message (`ServiceBusTriggerBindingStrategy` of the extension), with its traps:
 * null values are left out; strings are strings and so parsed as JSON by the library ("42" becomes a number);
 * everything else is JSON (a sequence number past 2^53 loses digits); `…Utc` times have no zone.
 * The library turns the first letter of every key, nested ones too, into lower case.
 */
export function encodeTriggerMetadata(message: ServiceBusReceivedMessage): Record<string, TypedData> {
  const properties = json(toJson(message.applicationProperties ?? {}));
  const expiresAt = message.expiresAtUtc;
  const enqueued = message.enqueuedTimeUtc;
  const entries: Record<string, TypedData | undefined> = {
    // .NET counts the delivery itself, the JavaScript client the failed ones before it.
    DeliveryCount: json((message.deliveryCount ?? 0) + 1),
    DeadLetterSource: string(message.deadLetterSource),
    LockToken: string(message.lockToken),
    ExpiresAtUtc: json(expiresAt && dotNetTime(expiresAt, "")),
    ExpiresAt: json(expiresAt && dotNetTime(expiresAt, "+00:00")),
    EnqueuedTimeUtc: json(enqueued && dotNetTime(enqueued, "")),
    EnqueuedTime: json(enqueued && dotNetTime(enqueued, "+00:00")),
    MessageId: string(message.messageId),
    ContentType: string(message.contentType),
    ReplyTo: string(message.replyTo),
    SequenceNumber:
      message.sequenceNumber === undefined ? undefined : { json: message.sequenceNumber.toString() },
    To: string(message.to),
    Subject: string(message.subject),
    Label: string(message.subject),
    CorrelationId: string(message.correlationId),
    ApplicationProperties: properties,
    UserProperties: properties,
    SessionId: string(message.sessionId),
    ReplyToSessionId: string(message.replyToSessionId),
    PartitionKey: string(message.partitionKey),
    TransactionPartitionKey: string(message._rawAmqpMessage.messageAnnotations?.["x-opt-via-partition-key"]),
  };
  return Object.fromEntries(
    Object.entries(entries).flatMap(([name, value]) => (value === undefined ? [] : [[name, value] as const])),
  );
}

const string = (value: unknown): TypedData | undefined =>
  value === undefined || value === null ? undefined : { string: String(value) };

const json = (value: unknown): TypedData | undefined =>
  value === undefined || value === null ? undefined : { json: JSON.stringify(value) };

/** Values of application properties as .NET would serialise them. */
function toJson(value: unknown): unknown {
  if (value instanceof Date) return dotNetTime(value, "Z");
  if (value instanceof Uint8Array) return Buffer.from(value).toString("base64");
  if (typeof value === "bigint") return Number(value);
  if (Array.isArray(value)) return value.map(toJson);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, toJson(inner)]));
}
