import type { EventEmitter } from "node:events";
import type { ServiceBusReceivedMessage } from "@azure/service-bus";

/** A received message has the AMQP delivery that it came with, though its type does not tell. */
interface WithDelivery {
  readonly delivery?: { readonly link?: { readonly connection?: Connection } };
}
interface Connection extends EventEmitter {
  is_open(): boolean;
}

/**
 * Settles a message, unless the connection that it came over has ended or ends before the answer comes.
 * The client itself does not see that: it waits for its time-out, which is a minute for a message of a session whatever
 * its options say (`MessageSession.settleMessage`), and meanwhile the message would keep its place among the calls.
 * @throws what the settlement throws; Error for a connection that ended: the message comes again unless it is settled
 */
export async function whileConnected(
  message: ServiceBusReceivedMessage,
  settle: () => Promise<void>,
): Promise<void> {
  const connection = (message as WithDelivery).delivery?.link?.connection;
  if (connection === undefined) return settle();
  if (!connection.is_open()) throw new Error("the connection that it came over was lost before");
  const lost = Promise.withResolvers<never>();
  const lose = (): void => lost.reject(new Error("the connection was lost before the answer came"));
  connection.once("disconnected", lose);
  try {
    await Promise.race([settle(), lost.promise]);
  } finally {
    connection.off("disconnected", lose);
  }
}
