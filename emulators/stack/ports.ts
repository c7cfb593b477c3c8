import { createServer } from "node:net";

/** Nothing outside of this machine reaches the servers. */
export const loopback = "127.0.0.1";

/** The ports of a stack; 0 lets the system choose one. */
export interface Ports {
  readonly host: number;
  readonly serviceBus: number;
  readonly serviceBusAdmin: number;
  readonly cosmos: number;
  readonly blob: number;
  readonly sql: number;
  /** The fault plan's endpoint. */
  readonly faults: number;
  /** The live map, which the stack keeps free for who serves it. */
  readonly map: number;
}

const serverNames: Readonly<Record<keyof Ports, string>> = {
  host: "the functions host",
  serviceBus: "Service Bus (AMQP)",
  serviceBusAdmin: "Service Bus (administration)",
  cosmos: "Cosmos DB",
  blob: "Azurite (blobs)",
  sql: "SQL Server",
  faults: "the fault plan's endpoint",
  map: "the live map",
};

/** Where the official tools and emulators listen, so that settings made for them fit. */
export const defaultPorts: Ports = {
  host: 7071,
  serviceBus: 5672,
  serviceBusAdmin: 5300,
  cosmos: 8081,
  blob: 10000,
  sql: 1433,
  faults: 7072,
  map: 7073,
};

export const anyPorts: Ports = {
  host: 0,
  serviceBus: 0,
  serviceBusAdmin: 0,
  cosmos: 0,
  blob: 0,
  sql: 0,
  faults: 0,
  map: 0,
};

/** Eight ports in a row, from the functions host's on. */
export const portsFrom = (base: number): Ports => ({
  host: base,
  serviceBus: base + 1,
  serviceBusAdmin: base + 2,
  cosmos: base + 3,
  blob: base + 4,
  sql: base + 5,
  faults: base + 6,
  map: base + 7,
});

/** A port that can't be listened on; `code` is EADDRINUSE, EACCES or what else the system said. */
export class PortError extends Error {
  override name = "PortError";
  readonly code: string;
  readonly port: number;

  constructor(port: number, server: string, code: string, cause: unknown) {
    super(`${server} can't listen on port ${port}: ${explain(code, port)}`, { cause });
    this.code = code;
    this.port = port;
  }
}

/**
 * Makes sure that every port can be had before anything is started.
 * @throws PortError that names the first one that can't, its server and what to do
 */
export async function checkPorts(ports: Ports, host: string): Promise<void> {
  for (const [name, server] of Object.entries(serverNames)) {
    const port = ports[name as keyof Ports];
    if (port !== 0) await tryPort(port, host, server);
  }
}

function tryPort(port: number, host: string, server: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once("error", (error: NodeJS.ErrnoException) =>
      reject(new PortError(port, server, error.code ?? "unknown", error)),
    );
    probe.listen({ port, host, exclusive: true }, () => probe.close(() => resolve()));
  });
}

function explain(code: string, port: number): string {
  const elsewhere = "move all ports with --port-base, for example --port-base 17000";
  switch (code) {
    case "EADDRINUSE":
      return `another program listens there (another \`pierogi start\`, or an official emulator?). Stop it, or ${elsewhere}`;
    case "EACCES":
      return port < 1024
        ? `the system gives ports below 1024 to administrators only: ${elsewhere}`
        : `the system refuses it (on Windows it lies in a reserved range: see \`netsh int ipv4 show excludedportrange protocol=tcp\`): ${elsewhere}`;
    default:
      return `${code}. If the port is the reason, ${elsewhere}`;
  }
}
