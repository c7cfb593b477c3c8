import { parseArgs } from "node:util";
import { processFaults } from "../faults/index.ts";
import { report, runServer } from "../server-process/index.ts";
import { type ServiceBusEvent, startServiceBus } from "./index.ts";
import { shownEvent } from "./shown-event.ts";

const { values } = parseArgs({
  options: {
    config: { type: "string" },
    data: { type: "string" },
    host: { type: "string", default: "127.0.0.1" },
    port: { type: "string", default: "5672" },
    "admin-port": { type: "string", default: "5300" },
    faults: { type: "string" },
    events: { type: "boolean", default: false },
    verbose: { type: "boolean", default: false },
  },
});

/** `--events` tells the parent what happens, `--verbose` whoever reads along: each message is decoded for it. */
function told(event: ServiceBusEvent): void {
  const shown = shownEvent(event);
  if (values.events) report(shown);
  if (values.verbose) console.error(JSON.stringify(shown));
}

await runServer(async (parent) => {
  const { config, data, host, port, events, verbose } = values;
  if (config === undefined) throw new Error("--config FILE is missing: the official emulator's Config.json");
  const server = await startServiceBus({
    config,
    host,
    port: Number(port),
    adminPort: Number(values["admin-port"]),
    ...(data === undefined ? {} : { dataFolder: data }),
    faults: await processFaults(parent, values.faults),
    ...(events || verbose ? { onEvent: told } : {}),
  });
  const { adminPort, connectionString } = server;
  return { ready: { port: server.port, adminPort, connectionString }, close: server.close };
});
