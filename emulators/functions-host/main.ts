import { parseArgs } from "node:util";
import { processFaults } from "../faults/index.ts";
import { report, runServer } from "../server-process/index.ts";
import { type LogLine, startFunctionsHost, surviveSdkRejections } from "./index.ts";

const { values } = parseArgs({
  options: {
    app: { type: "string", default: "." },
    host: { type: "string", default: "127.0.0.1" },
    port: { type: "string", default: "7071" },
    instances: { type: "string", default: "1" },
    data: { type: "string" },
    faults: { type: "string" },
    events: { type: "boolean", default: false },
    verbose: { type: "boolean", default: false },
  },
});

function onLog(line: LogLine): void {
  if (!values.verbose && (line.level === "trace" || line.level === "debug")) return;
  if (process.connected) report({ type: "log", ...line });
  else console.log(`[${line.level}] ${line.instance} ${line.category}: ${line.message}`);
}

surviveSdkRejections(process, onLog);
await runServer(async (parent) => {
  const host = await startFunctionsHost({
    appFolder: values.app,
    host: values.host,
    port: numberOf("port", values.port),
    instances: numberOf("instances", values.instances),
    ...(values.data === undefined ? {} : { dataFolder: values.data }),
    faults: await processFaults(parent, values.faults),
    ...(values.events ? { onEvent: report } : {}),
    onLog,
  });
  const { port, url, functions } = host;
  return { ready: { port, url, functions, workers: host.workers() }, close: () => host.close() };
});

function numberOf(name: string, text: string): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 0)
    throw new Error(`--${name} is "${text}"; expected a whole number`);
  return value;
}
