import type { Facts } from "../../faults/index.ts";
import type { Message } from "../broker/message.ts";
import type { Queue } from "../broker/queue.ts";
import { filterable, partitionKey } from "./codec.ts";
import type { Operation } from "./service.ts";

/**
 * What a fault plan compares of a message: its type is the subject (AMQP; "label" in older SDKs), else the
 * application property `type`; its logical id the application property `logicalId`; its aggregate the session's id,
 * else the partition key.
 */
export function factsOfContent(content: Uint8Array): Facts {
  try {
    const { label, messageId, sessionId, properties } = filterable(content);
    return {
      messageType: label ?? text(properties["type"]),
      messageId,
      logicalId: text(properties["logicalId"]),
      properties,
      aggregate: sessionId ?? partitionKey(content),
    };
  } catch {
    // Malformed: the operation itself will say so.
    return {};
  }
}

/** @param delivery which one it is; 1 is the first */
export const factsOfMessage = ({ content, changes, sequence }: Message, delivery: number): Facts => {
  const facts = factsOfContent(content);
  return { ...facts, properties: { ...facts.properties, ...changes }, delivery, sequence };
};

/** What an operation that names locks of a queue is about. */
export const aboutLocks = (
  queue: () => Queue,
  tokens: readonly string[],
): Pick<Operation, "about" | "loseLock"> => ({
  about: () =>
    tokens.map((token) => {
      const message = queue().lockedMessage(token);
      return message === undefined ? {} : factsOfMessage(message, message.deliveryCount);
    }),
  loseLock() {
    for (const token of tokens) queue().loseLock(token);
  },
});

const text = (value: unknown): string | undefined => (typeof value === "string" ? value : undefined);
