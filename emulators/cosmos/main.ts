import { parseArgs } from "node:util";
import { report, runServer } from "../server-process/index.ts";
import { type CosmosOptions, startCosmos } from "./index.ts";

/** `--data DIR` keeps data there (else in memory), `--host H`, `--port N` (0: a free one), `--verbose` tells what happens. */
function optionsOf(args: readonly string[]): CosmosOptions {
  const { data, host, port, verbose } = parseArgs({
    args: [...args],
    options: {
      data: { type: "string" },
      host: { type: "string" },
      port: { type: "string" },
      verbose: { type: "boolean", default: false },
    },
  }).values;
  if (port !== undefined && !/^\d{1,5}$/.test(port))
    throw new Error(`--port must be a number, but is "${port}".`);
  return {
    ...(data === undefined ? {} : { dataFolder: data }),
    ...(host === undefined ? {} : { host }),
    ...(port === undefined ? {} : { port: Number(port) }),
    onEvent: (event) => {
      report(event);
      if (verbose) console.log(JSON.stringify(event));
    },
  };
}

await runServer(async () => {
  const { port, endpoint, connectionString, close } = await startCosmos(optionsOf(process.argv.slice(2)));
  return { ready: { port, endpoint, connectionString }, close };
});
