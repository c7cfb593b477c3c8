import { parseArgs } from "node:util";
import { processFaults } from "../faults/index.ts";
import { report, runServer } from "../server-process/index.ts";
import { startServiceBus } from "./index.ts";
import { shownEvent } from "./shown-event.ts";

const { values } = parseArgs({
  options: {
    config: { type: "string" },
    data: { type: "string" },
    host: { type: "string", default: "127.0.0.1" },
    port: { type: "string", default: "5672" },
    "admin-port": { type: "string", default: "5300" },
    faults: { type: "string" },
    verbose: { type: "boolean", default: false },
  },
});

await runServer(async (parent) => {
  const { config, data, host, port, verbose } = values;
  if (config === undefined) throw new Error("--config FILE is missing: the official emulator's Config.json");
  const server = await startServiceBus({
    config,
    host,
    port: Number(port),
    adminPort: Number(values["admin-port"]),
    ...(data === undefined ? {} : { dataFolder: data }),
    faults: await processFaults(parent, values.faults),
    onEvent(event) {
      const shown = shownEvent(event);
      report(shown);
      if (verbose) console.error(JSON.stringify(shown));
    },
  });
  const { adminPort, connectionString } = server;
  return { ready: { port: server.port, adminPort, connectionString }, close: server.close };
});
