import type { FunctionDefinition, ServiceBusTrigger } from "./config/bindings.ts";
import type { Listener, ListenerContext } from "./listener.ts";
import type { ServiceBusClients } from "./service-bus/clients.ts";
import { listenToServiceBus } from "./service-bus/listener.ts";

/** Starts what brings a function its work; an HTTP function gets its own from the server. */
export function startListener(
  definition: FunctionDefinition,
  context: ListenerContext,
  serviceBus: ServiceBusClients,
): Listener | undefined {
  const { trigger } = definition;
  switch (trigger.type) {
    case "serviceBusTrigger":
      return listenToServiceBus(definition as FunctionDefinition<ServiceBusTrigger>, context, serviceBus);
    default:
      return undefined;
  }
}
