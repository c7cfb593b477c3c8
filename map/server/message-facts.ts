import type { ShownMessage } from "../../emulators/service-bus/index.ts";
import type { NodeId } from "../protocol.ts";
import type { About } from "./effects.ts";
import { type Lineage, orderOf } from "./lineage.ts";
import { isEndpoint } from "./places.ts";

/** What a message says of itself, with what is known of it. */
export function aboutMessage(
  message: ShownMessage | undefined,
  messageId: string | undefined,
  lineage: Lineage,
): About {
  const logical = message?.properties["logicalId"];
  const id = typeof logical === "string" ? logical.toLowerCase() : messageId;
  lineage.learn(id, { type: message?.type, order: orderOf(message?.body ?? "") });
  return { ...lineage.about(id), trace: traceOf(message?.properties["traceparent"]) };
}

/** The trace of a W3C traceparent. */
const traceOf = (parent: unknown): string | undefined =>
  typeof parent === "string" ? /^[0-9a-f]{2}-([0-9a-f]{32})-/.exec(parent)?.[1] : undefined;

/** Who sent a message: the endpoint that had it in its outbox, the one that sorted it out, or an HTTP function. */
export function origin(
  id: string | undefined,
  properties: Readonly<Record<string, unknown>>,
  lineage: Lineage,
): NodeId {
  const from = properties["quarantinedFrom"];
  if (typeof from === "string" && isEndpoint(from)) return `function:${from}`;
  const sender = lineage.senderOf(id);
  return sender === undefined ? "frontend" : `store:${sender}`;
}
