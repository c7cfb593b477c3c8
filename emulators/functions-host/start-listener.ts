import type {
  CosmosDbTrigger,
  FunctionDefinition,
  ServiceBusTrigger,
  TimerTrigger,
} from "./config/bindings.ts";
import { listenToChangeFeed } from "./cosmos/listener.ts";
import type { Listener, ListenerContext } from "./listener.ts";
import type { ServiceBusClients } from "./service-bus/clients.ts";
import { listenToServiceBus } from "./service-bus/listener.ts";
import { listenToTimer } from "./timer/listener.ts";

/** Starts what brings a function its work; an HTTP function gets its own from the server. */
export function startListener(
  definition: FunctionDefinition,
  context: ListenerContext,
  serviceBus: ServiceBusClients,
): Listener | undefined {
  // A missing setting is told now, not by the first message.
  for (const { name, connection } of definition.outputs) {
    context.settings.connectionString(connection, `Function "${definition.name}", output "${name}"`);
  }
  switch (definition.trigger.type) {
    case "httpTrigger":
      return undefined;
    case "serviceBusTrigger":
      return listenToServiceBus(definition as FunctionDefinition<ServiceBusTrigger>, context, serviceBus);
    case "cosmosDBTrigger":
      return listenToChangeFeed(definition as FunctionDefinition<CosmosDbTrigger>, context);
    case "timerTrigger":
      return listenToTimer(definition as FunctionDefinition<TimerTrigger>, context);
  }
}
