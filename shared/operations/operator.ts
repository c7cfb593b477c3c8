import type { ServiceBusClient } from "@azure/service-bus";
import type { Stopped } from "./operations-api.ts";
import { type ReplayOptions, replay } from "./replay.ts";
import { listStopped } from "./stopped-messages.ts";

/** What an operator can do about messages that have stopped, over one client. */
export const operatorOf = (client: ServiceBusClient, options: ReplayOptions): Stopped => ({
  list: () => listStopped(client),
  replay: (place, wanted) => replay(client, place, wanted, options),
});
