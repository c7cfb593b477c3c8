import { parseArgs } from "node:util";
import { report, runServer } from "../server-process/index.ts";
import { type SqlOptions, startSql } from "./index.ts";

const { values } = parseArgs({
  options: {
    data: { type: "string" },
    host: { type: "string" },
    port: { type: "string" },
    password: { type: "string" },
    verbose: { type: "boolean", default: false },
  },
});

/**
 * `--data DIR` keeps data there (else in memory), `--host H`, `--port N` (0: a free one), `--password P` of the user
 * "sa", `--verbose` tells what happens.
 */
function optionsOf({ data, host, port, password, verbose }: typeof values): SqlOptions {
  if (port !== undefined && !/^\d{1,5}$/.test(port))
    throw new Error(`--port must be a number, but is "${port}".`);
  return {
    ...(data === undefined ? {} : { dataFolder: data }),
    ...(host === undefined ? {} : { host }),
    ...(port === undefined ? {} : { port: Number(port) }),
    ...(password === undefined ? {} : { password }),
    onEvent: (event) => {
      report(event);
      if (verbose) console.log(JSON.stringify(event));
    },
  };
}

await runServer(async () => {
  const { port, connectionString, close } = await startSql(optionsOf(values));
  return { ready: { port, connectionString }, close };
});
