import { CosmosClient, type CosmosClientOptions } from "@azure/cosmos";
import { type CosmosServer, startCosmos } from "../../emulators/cosmos/index.ts";
import {
  createFaultControl,
  type FaultControl,
  type FaultedServer,
  type FaultOptions,
  type Firing,
  type OperationStep,
} from "../../emulators/faults/index.ts";
import { startServiceBus } from "../../emulators/service-bus/index.ts";
import type { createObserver } from "./observer.ts";
import { containers, database, serviceBusTopology } from "./topology.ts";

type Observer = ReturnType<typeof createObserver>;

export interface LabPorts {
  readonly serviceBus: number;
  readonly cosmos: number;
  readonly host: number;
}

/** The servers that stay warm between runs, in this process and in memory. */
export interface LabServers {
  /** The app's connection strings, by the names of its settings. */
  readonly settings: Readonly<Record<"ServiceBus" | "Cosmos", string>>;
  readonly faults: FaultControl;
  /** What the functions host is started with, so that it obeys the same plan. */
  readonly hostFaults: FaultOptions;
  /** The functions host runs: it is told the plan. */
  hostStarted(): void;
  close(): Promise<void>;
}

export async function startServers(ports: LabPorts, observer: Observer): Promise<LabServers> {
  const joined = joinFaults(observer.firing);
  const serviceBus = await startServiceBus({
    config: serviceBusTopology,
    port: ports.serviceBus,
    faults: joined.optionsOf("serviceBus", observer.serviceBusOperation),
    onEvent: observer.serviceBusEvent,
  });
  let cosmos: CosmosServer | undefined;
  try {
    cosmos = await startCosmos({
      port: ports.cosmos,
      faults: joined.optionsOf("cosmos", observer.cosmosOperation),
      onEvent: observer.cosmosEvent,
    });
    await createContainers(cosmos.connectionString);
  } catch (error) {
    await Promise.all([serviceBus.close(), cosmos?.close()]);
    throw error;
  }
  const { connectionString, close } = cosmos;
  return {
    settings: { ServiceBus: serviceBus.connectionString, Cosmos: connectionString },
    faults: joined.control,
    hostFaults: joined.optionsOf("host", observer.hostOperation),
    hostStarted: () => joined.control.started("host"),
    async close() {
      await joined.control.close();
      await Promise.all([serviceBus.close(), close()]);
    },
  };
}

/** One fault plan over servers that are no processes of their own. */
function joinFaults(onFired: (firing: Firing) => void) {
  const handlers = new Map<FaultedServer, (message: unknown) => void>();
  const controlled = (server: FaultedServer) => ({
    send: (message: object) => {
      const handle = handlers.get(server);
      handle?.(message);
      return handle !== undefined;
    },
    // They live in this process: the exercises have no use for their deaths.
    kill: async () => {},
    start: async () => {},
  });
  const control = createFaultControl({
    servers: { serviceBus: controlled("serviceBus"), cosmos: controlled("cosmos"), host: controlled("host") },
    onFired,
    onFailure: (error) => {
      throw error;
    },
    wait: async () => {},
  });
  return {
    control,
    optionsOf: (server: FaultedServer, onOperation: (step: OperationStep) => void): FaultOptions => ({
      tell: (message) => void control.receive(server, message),
      onMessage: (handle) => void handlers.set(server, handle),
      onOperation,
    }),
  };
}

export const cosmosOptions: CosmosClientOptions = {
  connectionPolicy: { enableBackgroundEndpointRefreshing: false },
};

async function createContainers(connectionString: string): Promise<void> {
  const client = new CosmosClient({ ...cosmosOptions, connectionString });
  const created = await client.databases.createIfNotExists({ id: database });
  await Promise.all(containers.map((container) => created.database.containers.createIfNotExists(container)));
  client.dispose();
}
