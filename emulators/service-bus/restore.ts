import type { Namespace } from "./broker/namespace.ts";
import type { Queue } from "./broker/queue.ts";
import type { Stored } from "./storage/storage.ts";

/** Puts back what storage kept. What belongs to entities that are no longer configured stays in storage. */
export function restore(namespace: Namespace, stored: Stored): void {
  const queues = new Map<string, Queue>([...namespace.queues()].map((queue) => [queue.address, queue]));
  for (const { queue, lastSequence } of stored.counters) queues.get(queue)?.restoreCounter(lastSequence);
  for (const { queue, sessionId, state } of stored.sessions)
    queues.get(queue)?.restoreSessionState(sessionId, state);
  let lastId = 0;
  for (const { queue, message } of stored.messages) {
    lastId = message.id;
    queues.get(queue)?.restore(message);
  }
  namespace.restoreMessageIds(lastId);
}
