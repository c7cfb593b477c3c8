import type { EventEmitter } from "node:events";
import type { Log } from "./log.ts";

/**
 * Keeps the host alive when the Service Bus SDK (7.9) drops a rejected promise of its own: a link that the server
 * closes with an error while the SDK closes it, too, rejects with the AMQP error (AMQP 1.0, 2.8.14), which nobody
 * handles. The host's own waits have limits, so what hung on that link is tried again. Any other rejection that nobody
 * handles is a defect, and ends the process as it would without this.
 */
export function surviveSdkRejections(process: Pick<EventEmitter, "on">, log: Log): void {
  process.on("unhandledRejection", (reason: unknown) => {
    if (!isAmqpError(reason)) throw reason;
    const message = `The Service Bus SDK did not handle "${reason.condition}": ${reason.description}`;
    log({ level: "warning", category: "Host.ServiceBus", message, instance: 0 });
  });
}

/** As rhea reads it from the wire: fields of a composite value, no Error. */
function isAmqpError(reason: unknown): reason is { condition: string; description?: string } {
  if (typeof reason !== "object" || reason === null || reason instanceof Error) return false;
  return "condition" in reason && typeof reason.condition === "string";
}
