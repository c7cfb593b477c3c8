import { mkdir } from "node:fs/promises";
import { createRequire, registerHooks } from "node:module";
import { parseArgs } from "node:util";
import { runServer } from "../server-process/index.ts";
import { storageConnection } from "./storage-connection.ts";

/** What is used of Azurite, which ships no types: its blob server, started in this process. */
interface BlobServer {
  start(): Promise<void>;
  close(): Promise<void>;
  getHttpServerAddress(): string;
}
interface BlobServerFactory {
  createServer(environment: BlobEnvironment): Promise<BlobServer>;
}
/** What Azurite reads from its command line. */
type BlobEnvironment = Readonly<Record<string, () => string | number | boolean | undefined>>;

/** Loading its telemetry takes three quarters of Azurite's start, and it is switched off here. */
const telemetry = "applicationinsights";
registerHooks({
  resolve: (specifier, context, nextResolve) =>
    specifier === telemetry
      ? { url: `none:${telemetry}`, format: "commonjs", shortCircuit: true }
      : nextResolve(specifier, context),
  load: (url, context, nextLoad) =>
    url === `none:${telemetry}`
      ? { format: "commonjs", source: "", shortCircuit: true }
      : nextLoad(url, context),
});

const { values } = parseArgs({
  options: {
    data: { type: "string" },
    host: { type: "string", default: "127.0.0.1" },
    port: { type: "string", default: "10000" },
  },
});
const { data, host, port } = values;

await runServer(async () => {
  if (data === undefined) throw new Error("expected --data FOLDER, where Azurite keeps its blobs");
  await mkdir(data, { recursive: true });
  const module: unknown = createRequire(import.meta.url)("azurite/dist/src/blob/BlobServerFactory.js");
  const { BlobServerFactory } = module as { BlobServerFactory: new () => BlobServerFactory };
  const server = await new BlobServerFactory().createServer(environment(data));
  await server.start();
  const listening = Number(new URL(server.getHttpServerAddress()).port);
  return {
    ready: { port: listening, connectionString: storageConnection(listening) },
    close: () => server.close(),
  };
});

function environment(location: string): BlobEnvironment {
  const nothing = () => undefined;
  return {
    location: () => location,
    blobHost: () => host,
    blobPort: () => Number(port),
    blobKeepAliveTimeout: () => 5,
    silent: () => true,
    loose: () => false,
    // The SDKs are newer than Azurite's list of versions; the calls that the host makes are old.
    skipApiVersionCheck: () => true,
    disableProductStyleUrl: () => false,
    inMemoryPersistence: () => false,
    debug: nothing,
    extentMemoryLimit: nothing,
    cert: nothing,
    key: nothing,
    pwd: nothing,
    oauth: nothing,
  };
}
