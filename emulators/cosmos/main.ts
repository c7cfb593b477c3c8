import { parseArgs } from "node:util";
import { processFaults } from "../faults/index.ts";
import { type Parent, report, runServer } from "../server-process/index.ts";
import { type CosmosOptions, startCosmos } from "./index.ts";
import { shownEvent } from "./shown-event.ts";

/**
 * `--data DIR` keeps data there (else in memory), `--host H`, `--port N` (0: a free one), `--faults FILE` strikes by a
 * plan, `--events` tells the parent what happens, `--verbose` whoever reads along.
 */
async function optionsOf(args: readonly string[], parent: Parent): Promise<CosmosOptions> {
  const { data, host, port, events, verbose, faults } = parseArgs({
    args: [...args],
    options: {
      data: { type: "string" },
      host: { type: "string" },
      port: { type: "string" },
      faults: { type: "string" },
      events: { type: "boolean", default: false },
      verbose: { type: "boolean", default: false },
    },
  }).values;
  if (port !== undefined && !/^\d{1,5}$/.test(port))
    throw new Error(`--port must be a number, but is "${port}".`);
  return {
    ...(data === undefined ? {} : { dataFolder: data }),
    ...(host === undefined ? {} : { host }),
    ...(port === undefined ? {} : { port: Number(port) }),
    faults: await processFaults(parent, faults),
    ...(events || verbose
      ? {
          onEvent: (event) => {
            const told = shownEvent(event);
            if (events) report(told);
            if (verbose) console.log(JSON.stringify(told));
          },
        }
      : {}),
  };
}

await runServer(async (parent) => {
  const options = await optionsOf(process.argv.slice(2), parent);
  const { port, endpoint, connectionString, close } = await startCosmos(options);
  return { ready: { port, endpoint, connectionString }, close };
});
