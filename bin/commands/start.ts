import { existsSync } from "node:fs";
import { delimiter, join } from "node:path";
import process from "node:process";
import { parseArgs } from "node:util";
import { defaultPorts, PortError, portsFrom, StartError } from "../../emulators/stack.ts";
import { CommandError, UsageError } from "../command.ts";
import { dataFolder, resetCommand, shown } from "../data-folder.ts";
import { planFrom } from "../fault-plan.ts";
import { onInterrupt } from "../interrupt.ts";
import { type LocalStack, startLocalStack } from "../local-stack.ts";
import { logPrinter } from "../log-printer.ts";
import { storeKind, wholeNumber } from "../options.ts";
import { onOrphaned, startedByNpm } from "../orphan.ts";
import { prepareMap } from "../show-map.ts";

export const usage = `Usage: npx pierogi start [--port-base N] [--instances N] [--stores S] [--quiet]
                         [--data FOLDER] [--faults FILE] [--func] [--no-map] [--allow-host NAME]

Builds the functions and runs them against local servers until Ctrl-C; the data stays in .local/.
  --port-base N   use eight ports from N on: functions host, Service Bus, its administration, Cosmos DB,
                  Azurite, SQL Server, faults, live map (default: 7071, 5672, 5300, 8081, 10000, 1433, 7072, 7073)
  --instances N   run N workers that compete for the messages (default 1)
  --stores S      keep all endpoints in one store, cosmos or sql (default: each where ORDERS_STORE,
                  BILLING_STORE, MARKETING_STORE say, which is cosmos, sql, cosmos)
  --quiet         do not print a line for each step of a message
  --data FOLDER   keep the data there instead; other commands find this stack with the same option
  --faults FILE   let go wrong what this fault plan says (emulators/faults/README.md)
  --func          use Azure's own func (Azure Functions Core Tools) instead of the embedded host
  --no-map        do not show the live map in the browser
  --allow-host N  let browsers reach the live map as N too, the name by which a dev container forwards its port;
                  may be repeated, and *.N means all names below N (Codespaces' own are known)`;

export async function run(args: readonly string[]): Promise<number> {
  const { values } = parseArgs({
    args: [...args],
    allowNegative: true,
    options: {
      "port-base": { type: "string" },
      instances: { type: "string", default: "1" },
      stores: { type: "string" },
      quiet: { type: "boolean", default: false },
      data: { type: "string" },
      faults: { type: "string" },
      func: { type: "boolean", default: false },
      map: { type: "boolean", default: true },
      "allow-host": { type: "string", multiple: true, default: [] },
    },
  });
  const base = values["port-base"];
  const instances = wholeNumber("--instances", values.instances, 1, 64);
  const func = values.func ? findFunc() : undefined;
  const faults = values.faults === undefined ? undefined : await planFrom(values.faults);
  const stores = storeKind(values.stores);
  const folder = dataFolder(values.data);
  const parent = process.ppid;
  console.log("starting the servers and building the functions …");
  const print = logPrinter(values.quiet ? "warnings" : "steps");
  const ports = base === undefined ? defaultPorts : portsFrom(wholeNumber("--port-base", base, 1, 65_528));
  const map = values.map ? prepareMap(values["allow-host"]) : undefined;
  const stack = await startLocalStack({
    ports: values.map ? ports : { ...ports, map: 0 },
    dataFolder: folder,
    instances,
    logSteps: !values.quiet,
    onLog: print,
    ...map?.events,
    ...(stores === undefined ? {} : { stores }),
    ...(func === undefined ? {} : { func }),
    ...(faults === undefined ? {} : { faults }),
  }).catch((error: unknown) => {
    throw explained(error, folder);
  });
  const shownMap = await map?.serve(stack);
  console.log(addresses(stack, instances, shownMap?.address));
  console.log(`ready ${stack.url}`);

  let isStopping = false;
  const stop = (why: string) => {
    if (!isStopping) console.log(why);
    isStopping = true;
    void stack.stop();
  };
  const forget = onInterrupt(
    () => stop("stopping; Ctrl-C again ends it at once"),
    () => {
      void stack.kill();
    },
  );
  const stopWatching = startedByNpm(process.env)
    ? onOrphaned(parent, () => stop("stopping, since npm was stopped"))
    : () => {};
  const death = await stack.ended;
  await shownMap?.close();
  forget();
  stopWatching();
  if (death === undefined) return 0;
  throw new CommandError(
    `${death.server} ended by itself (${death.reason}), so everything was stopped; its last lines are above`,
  );
}

/** A failed start, with what its reader can do. */
function explained(error: unknown, folder: string): unknown {
  if (error instanceof PortError) return new CommandError(error.message, { cause: error });
  if (!(error instanceof StartError)) return error;
  const remedy =
    error.dataFolder === undefined || error.code === "EADDRINUSE"
      ? ""
      : `\nIts data is in ${shown(error.dataFolder)}. If that is damaged, \`${resetCommand(folder)}\` forgets what all servers stored.`;
  return new CommandError(`${error.message}${remedy}`, { cause: error });
}

function addresses(
  { url, ports, operationsToken }: LocalStack,
  instances: number,
  map: string | undefined,
): string {
  const workers = instances === 1 ? "1 instance" : `${instances} instances`;
  return [
    `  functions host    ${url}  (${workers})`,
    `  Service Bus       sb://127.0.0.1:${ports.serviceBus}  (administration http://127.0.0.1:${ports.serviceBusAdmin})`,
    `  Cosmos DB         http://127.0.0.1:${ports.cosmos}`,
    `  SQL Server        127.0.0.1,${ports.sql}`,
    `  Azurite           http://127.0.0.1:${ports.blob}`,
    `  faults            http://127.0.0.1:${ports.faults}/faults`,
    `  token             ${operationsToken}  (operations, faults)`,
    ...(map === undefined ? [] : [`  live map          ${map}`]),
  ].join("\n");
}

function findFunc(): string {
  const names = process.platform === "win32" ? ["func.exe", "func.cmd"] : ["func"];
  for (const folder of (process.env["PATH"] ?? "").split(delimiter)) {
    for (const name of names) {
      if (folder !== "" && existsSync(join(folder, name))) return join(folder, name);
    }
  }
  throw new UsageError(
    "func is not on the PATH: install the Azure Functions Core Tools with `npm install -g azure-functions-core-tools@4`, or leave out --func",
  );
}
