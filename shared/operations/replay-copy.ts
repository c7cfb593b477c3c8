import type { ServiceBusMessage, ServiceBusReceivedMessage } from "@azure/service-bus";
import { laneOf } from "../messaging/lane.ts";
import { orders } from "../pierogi/orders.ts";

/** What a replay looks at in a message that was stopped. */
export type Stopped = Pick<
  ServiceBusReceivedMessage,
  "body" | "subject" | "contentType" | "correlationId" | "sessionId" | "applicationProperties"
>;

/**
 * What a replay sends: the same logical id, creation time and content (16), under a fresh broker id, so that the
 * broker's duplicate detection can't swallow it (14).
 * @param to The queue that it is sent to
 * @param replayedAt ISO 8601
 */
export function replayCopy(
  message: Stopped,
  to: string,
  replayedAt: string,
  messageId: string,
): ServiceBusMessage {
  const { body, subject, contentType, correlationId, sessionId } = message;
  const session = sessionId || propertyOf(message, "originalSessionId") || laneOfBody(message);
  return {
    body: bytesOf(body),
    messageId,
    ...(subject === undefined ? {} : { subject }),
    ...(contentType === undefined ? {} : { contentType }),
    ...(correlationId === undefined ? {} : { correlationId }),
    // Only the orders queue has sessions; elsewhere the id does no harm.
    ...(session === undefined || (to !== orders.name && sessionId === undefined)
      ? {}
      : { sessionId: session }),
    applicationProperties: { ...ownProperties(message), replayedAt },
  };
}

export const propertyOf = (message: Pick<Stopped, "applicationProperties">, name: string): string =>
  String(message.applicationProperties?.[name] ?? "");

/** The properties that the message was sent with, without those of its stop. */
const ownProperties = (message: Stopped): Record<string, string | number | boolean> =>
  Object.fromEntries(
    Object.entries(message.applicationProperties ?? {}).filter(
      (entry): entry is [string, string | number | boolean] =>
        !/^(quarantine[A-Z]|quarantined|original[MS]|DeadLetter)/.test(entry[0]) &&
        ["string", "number", "boolean"].includes(typeof entry[1]),
    ),
  );

/** A sender may have used another form than bytes, such as an AMQP value. */
export const bytesOf = (body: unknown): Buffer =>
  body instanceof Uint8Array ? Buffer.from(body) : Buffer.from(JSON.stringify(body) ?? "");

function laneOfBody(message: Stopped): string | undefined {
  try {
    const body: unknown = JSON.parse(bytesOf(message.body).toString("utf8"));
    if (typeof body === "object" && body !== null && "orderId" in body) return laneOf(String(body.orderId));
  } catch {
    // Not JSON: it has no order, so it goes without a lane, and comes back with a reason to read.
  }
  return undefined;
}
