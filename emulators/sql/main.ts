import { parseArgs } from "node:util";
import { processFaults } from "../faults/index.ts";
import { type Parent, report, runServer } from "../server-process/index.ts";
import { type SqlOptions, startSql } from "./index.ts";

const { values } = parseArgs({
  options: {
    data: { type: "string" },
    host: { type: "string" },
    port: { type: "string" },
    password: { type: "string" },
    faults: { type: "string" },
    events: { type: "boolean", default: false },
    verbose: { type: "boolean", default: false },
  },
});

/**
 * `--data DIR` keeps data there (else in memory), `--host H`, `--port N` (0: a free one), `--password P` of the user
 * "sa", `--faults FILE` strikes by a plan, `--events` tells the parent what happens, `--verbose` whoever
 * reads along.
 */
async function optionsOf(parent: Parent): Promise<SqlOptions> {
  const { data, host, port, password, faults, events, verbose } = values;
  if (port !== undefined && !/^\d{1,5}$/.test(port))
    throw new Error(`--port must be a number, but is "${port}".`);
  return {
    ...(data === undefined ? {} : { dataFolder: data }),
    ...(host === undefined ? {} : { host }),
    ...(port === undefined ? {} : { port: Number(port) }),
    ...(password === undefined ? {} : { password }),
    faults: await processFaults(parent, faults),
    ...(events || verbose
      ? {
          onEvent: (event) => {
            if (events) report(event);
            if (verbose) console.log(JSON.stringify(event));
          },
        }
      : {}),
  };
}

await runServer(async (parent) => {
  const { port, connectionString, close } = await startSql(await optionsOf(parent));
  return { ready: { port, connectionString }, close };
});
