import { filterable } from "./amqp/codec.ts";
import { splitBatch, splitSections } from "./amqp/sections.ts";
import type { BrokerEvent, Message } from "./broker/message.ts";
import type { ServiceBusEvent } from "./server.ts";

/** A message as people read it. */
export interface ShownMessage {
  /** The subject (AMQP; "label" in older SDKs). */
  readonly type: string | undefined;
  /** Application properties, with what the broker added to them. */
  readonly properties: Readonly<Record<string, unknown>>;
  /** Text of the body, cut off after 2000 characters. */
  readonly body: string;
}

/** An event as it leaves this process: JSON, with a message that people can read. */
export type ShownEvent =
  | (Omit<BrokerEvent, "message"> & { readonly message?: ShownMessage })
  | Exclude<ServiceBusEvent, BrokerEvent>;

const LONGEST_BODY = 2_000;

export function shownEvent(event: ServiceBusEvent): ShownEvent {
  if (event.type === "connectionFailed" || event.message === undefined) return event as ShownEvent;
  return { ...event, message: show(event.message) };
}

function show({ content, changes }: Pick<Message, "content" | "changes">): ShownMessage {
  try {
    const { label: type, properties } = filterable(content);
    return { type, properties: plain({ ...properties, ...changes }), body: bodyOf(content) };
  } catch {
    // Whoever receives it will say what is wrong with it.
    return { type: undefined, properties: plain(changes), body: "" };
  }
}

/** Data sections as text; a body of another kind (AMQP's values) is not shown. */
const bodyOf = (content: Uint8Array): string =>
  Buffer.concat(splitBatch(splitSections(Buffer.from(content)).body))
    .toString("utf8")
    .slice(0, LONGEST_BODY);

/** A big integer has no form in JSON. */
const plain = (values: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> =>
  Object.fromEntries(
    Object.entries(values).map(([name, value]) => [name, typeof value === "bigint" ? String(value) : value]),
  );
