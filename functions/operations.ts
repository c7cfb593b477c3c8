import { app } from "@azure/functions";
import { program } from "../shared/app.ts";

const { operations } = program;

// Registered only when OPERATIONS_AUTH says who may use it.
if (operations !== undefined) {
  app.http("stoppedMessages", {
    methods: ["GET"],
    authLevel: "anonymous",
    route: "operations/messages",
    handler: operations.list,
  });

  app.http("replayMessages", {
    methods: ["POST"],
    authLevel: "anonymous",
    route: "operations/replay",
    handler: operations.replay,
  });
}
