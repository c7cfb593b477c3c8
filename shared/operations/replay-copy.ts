import type { ServiceBusMessage, ServiceBusReceivedMessage } from "@azure/service-bus";
import { laneOf } from "../messaging/lane.ts";
import { orders } from "../pierogi/orders.ts";

/** A message that waits, as far as a replay looks at it. */
export type Stopped = Pick<
  ServiceBusReceivedMessage,
  | "body"
  | "messageId"
  | "sequenceNumber"
  | "subject"
  | "contentType"
  | "correlationId"
  | "sessionId"
  | "applicationProperties"
>;

/**
 * What a replay sends: the same logical id, creation time and content (16), under a fresh broker id, so that the
 * broker's duplicate detection can't swallow it (14).
 * @param to The queue that it is sent to
 * @param mark Properties that tell of the replay
 */
export function replayCopy(
  message: Stopped,
  to: string,
  messageId: string,
  mark: Readonly<Record<string, string>>,
): ServiceBusMessage {
  const session = message.sessionId || propertyOf(message, "originalSessionId") || laneOfBody(message);
  return {
    ...contentOf(message, messageId),
    // Only the orders queue has sessions; elsewhere the id does no harm.
    ...(session === undefined || (to !== orders.name && message.sessionId === undefined)
      ? {}
      : { sessionId: session }),
    applicationProperties: { ...ownProperties(message), ...mark },
  };
}

/** The same message as it waits here, with no delivery counted. */
export const renewed = (message: Stopped, messageId: string): ServiceBusMessage => ({
  ...contentOf(message, messageId),
  applicationProperties: scalarsOf(message),
});

function contentOf(message: Stopped, messageId: string): ServiceBusMessage {
  const { body, subject, contentType, correlationId } = message;
  return {
    body: bytesOf(body),
    messageId,
    ...(subject === undefined ? {} : { subject }),
    ...(contentType === undefined ? {} : { contentType }),
    ...(correlationId === undefined ? {} : { correlationId }),
  };
}

type Scalars = Record<string, string | number | boolean>;

const scalarsOf = (message: Stopped): Scalars =>
  Object.fromEntries(
    Object.entries(message.applicationProperties ?? {}).filter(
      (entry): entry is [string, string | number | boolean] =>
        ["string", "number", "boolean"].includes(typeof entry[1]),
    ),
  );

/** The properties that the message was sent with, without those of its stop. */
const ownProperties = (message: Stopped): Scalars =>
  Object.fromEntries(
    Object.entries(scalarsOf(message)).filter(
      ([name]) => !/^(quarantine[A-Z]|quarantined|original[MS]|DeadLetter)/.test(name),
    ),
  );

/** Everything about one order goes in its lane; a message that names no order goes where nothing waits behind it. */
function laneOfBody(message: Stopped): string {
  let order: unknown;
  try {
    const body: unknown = JSON.parse(bytesOf(message.body).toString("utf8"));
    if (typeof body === "object" && body !== null && "orderId" in body) order = body.orderId;
  } catch {
    // Not JSON: it comes back with a reason to read.
  }
  return laneOf(String(order ?? logicalIdOf(message)));
}

/** A message that is none of ours has no logical id: its broker id has to do. */
export const logicalIdOf = (message: Stopped): string =>
  propertyOf(message, "logicalId") || String(message.messageId ?? message.sequenceNumber ?? "");

export const propertyOf = (message: Stopped, name: string): string =>
  String(message.applicationProperties?.[name] ?? "");

/** A sender may have used another form than bytes, such as an AMQP value. */
export const bytesOf = (body: unknown): Buffer =>
  body instanceof Uint8Array ? Buffer.from(body) : Buffer.from(JSON.stringify(body) ?? "");
