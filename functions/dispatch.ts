import { app } from "@azure/functions";
import { program } from "../shared/app.ts";

const { dispatch } = program;

// Registered only where an endpoint keeps its aggregates in Cosmos DB.
if (dispatch !== undefined) {
  app.cosmosDB("dispatch", {
    connection: "Cosmos",
    databaseName: "pierogi",
    containerName: "endpoints",
    leaseContainerName: "leases",
    leaseContainerPrefix: "dispatch-",
    // Without a policy the checkpoint would pass a failed batch; the sweeper runs behind this one in any case.
    retry: { strategy: "fixedDelay", maxRetryCount: 10, delayInterval: { seconds: 5 } },
    handler: (documents: unknown[]) => dispatch(documents),
  });
}
