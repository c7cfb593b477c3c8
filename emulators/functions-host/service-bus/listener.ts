import { ConfigurationError } from "../config/errors.ts";
import type { Listener, ListenerContext } from "../listener.ts";
import { createAvailability, messageOf } from "../log.ts";
import { createServiceBusClient, type ServiceBusClients } from "./clients.ts";
import type { ServiceBusFunction } from "./handle.ts";
import { listenToQueue } from "./queue-listener.ts";
import { listenToSessions } from "./session-listener.ts";

/**
 * How long an accept waits for the next session before it is made again. It can't be aborted, so its timer is
 * what a stopped listener leaves behind.
 */
const LONGEST_ACCEPT = 5_000;

/** Starts to receive for one function on one instance; returns at once, whether the server is there or not. */
export function listenToServiceBus(
  definition: ServiceBusFunction,
  context: ListenerContext,
  clients: ServiceBusClients,
): Listener {
  const { name, trigger } = definition;
  const connectionString = context.settings.connectionString(trigger.connection, `Function "${name}"`);
  const availability = createAvailability(`Service Bus entity ${trigger.address}`, (level, message) =>
    context.log({
      level,
      category: "Host.ServiceBus",
      message,
      instance: context.instance.number,
      functionName: name,
    }),
  );
  const config = context.host.extensions.serviceBus;
  try {
    return trigger.isSessionsEnabled
      ? listenToSessions(
          definition,
          context,
          () => createServiceBusClient(connectionString, config, LONGEST_ACCEPT),
          availability,
        )
      : listenToQueue(definition, context, clients.get(connectionString), availability);
  } catch (cause) {
    throw new ConfigurationError(
      `Function "${name}": the connection string in "${trigger.connection}" can't be used: ${messageOf(cause)}`,
      { cause },
    );
  }
}
