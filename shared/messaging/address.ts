import type { Outgoing } from "../exactly-once/contracts.ts";
import type { Message } from "../pierogi/messages.ts";
import { destinationOf, orderOf, schemaOf } from "../pierogi/routes.ts";
import { laneOf } from "./lane.ts";

/**
 * Where a message goes and how it is written. Everything about an order carries its lane, events too, since
 * their subscription may forward into a queue with sessions.
 */
export function addressOf(
  message: Message,
): Pick<Outgoing, "type" | "schema" | "destination" | "sessionId" | "body"> {
  const { type, ...body } = message;
  const order = orderOf(message);
  return {
    type,
    schema: schemaOf(type),
    destination: destinationOf(type),
    ...(order === undefined ? {} : { sessionId: laneOf(order) }),
    body: JSON.stringify(body),
  };
}
