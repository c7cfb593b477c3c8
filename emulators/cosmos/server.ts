import { randomUUID } from "node:crypto";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { createInjector, type FaultOptions, type Injector, type Wire } from "../faults/index.ts";
import { startCleaner } from "./cleaner.ts";
import { type Answer, answerOf, dispatch, type Gate, replyOfError } from "./dispatch.ts";
import type { CosmosEvent } from "./events.ts";
import { watchConnections } from "./http/connections.ts";
import { type CosmosRequest, readRequest } from "./http/request.ts";
import { HTTP_LIMITS } from "./limits.ts";
import type { Account } from "./operations/operation.ts";
import { restored } from "./restored.ts";
import { openStore } from "./storage/store.ts";

/** The account key that every Cosmos DB emulator has: well known, no secret. */
export const WELL_KNOWN_KEY =
  "C2y6yDjf5/R+ob0N8A7Cgv30VRDJIWEHLM+4QDU5DE2nQ9nDuVTqobD4b8mGGyPMbIZnqyMsEcaGQy67XIw/Jw==";

const CLOSE_DEADLINE_MS = 2_000;

export interface CosmosOptions {
  /** Address to listen on; 127.0.0.1 by default. */
  readonly host?: string;
  /** 0 (the default) takes a free one. */
  readonly port?: number;
  /** Where data lives; without it, in memory. */
  readonly dataFolder?: string;
  /** Account key, base64; the well-known emulator key by default. */
  readonly key?: string;
  /** Milliseconds since 1970. */
  readonly now?: () => number;
  readonly onEvent?: (event: CosmosEvent) => void;
  /** None strike by default. */
  readonly faults?: FaultOptions;
}

export interface CosmosServer {
  readonly port: number;
  readonly endpoint: string;
  readonly key: string;
  readonly connectionString: string;
  /** Takes another fault plan. */
  readonly faults: Pick<Injector, "setPlan">;
  /** Answers what is under way, then stops listening and closes the file. */
  close(): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
}

/**
 * Starts an embedded Cosmos DB account for NoSQL.
 * Rejects if the port is taken (the error's code is EADDRINUSE) or the data folder cannot be used.
 */
export async function startCosmos(options: CosmosOptions = {}): Promise<CosmosServer> {
  const { host = "127.0.0.1", port = 0, key = WELL_KNOWN_KEY, now = Date.now, onEvent = () => {} } = options;
  const faults = createInjector({ server: "cosmos", now, ...options.faults });
  const store = openStore(options.dataFolder);
  const account: Account = { store, now: faults.now, emit: onEvent };
  const gate: Gate = { key: Buffer.from(key, "base64"), activityId: randomUUID, faults, now };

  const http = createServer(
    {
      maxHeaderSize: HTTP_LIMITS.headerBytes,
      headersTimeout: HTTP_LIMITS.headersTimeoutMs,
      requestTimeout: HTTP_LIMITS.requestTimeoutMs,
      keepAliveTimeout: HTTP_LIMITS.keepAliveMs,
    },
    (message, response) => {
      const connection = { cut: () => message.socket.destroy(), cutAll: () => http.closeAllConnections() };
      connected(message.socket)
        .then(() => serve(message, response, account, gate, connection))
        .catch(() => response.destroy());
    },
  );
  const connected = watchConnections(http, faults);

  try {
    await new Promise<void>((resolve, reject) => {
      http.once("error", reject);
      http.listen(port, host, resolve);
    });
  } catch (error) {
    store.close();
    throw error;
  }
  // Before the first request: what it changes comes behind.
  if (options.onEvent !== undefined) for (const event of restored(account)) onEvent(event);
  const cleaner = startCleaner(account);
  const { port: actual } = http.address() as AddressInfo;
  const endpoint = `http://${host.includes(":") ? `[${host}]` : host}:${actual}/`;

  let closing: Promise<void> | undefined;
  const close = (): Promise<void> => {
    closing ??= new Promise<void>((resolve) => {
      cleaner.stop();
      faults.close();
      // A client that never ends its request must not hold up the stop.
      const deadline = setTimeout(() => http.closeAllConnections(), CLOSE_DEADLINE_MS);
      http.close(() => {
        clearTimeout(deadline);
        resolve();
      });
    }).then(() => store.close());
    return closing;
  };
  return {
    port: actual,
    endpoint,
    key,
    connectionString: `AccountEndpoint=${endpoint};AccountKey=${key};`,
    faults,
    close,
    [Symbol.asyncDispose]: close,
  };
}

async function serve(
  message: IncomingMessage,
  response: ServerResponse,
  account: Account,
  gate: Gate,
  connection: Pick<Wire, "cut" | "cutAll">,
) {
  let request: CosmosRequest;
  try {
    request = await readRequest(message);
  } catch (error) {
    // Perhaps not read to its end: then the connection's next bytes belong to no request.
    response.setHeader("connection", "close");
    write(response, answerOf(replyOfError(error, message.method ?? "GET"), gate));
    return;
  }
  const answer = await dispatch(request, account, gate, connection);
  if (answer !== undefined) write(response, answer);
}

function write(response: ServerResponse, { status, headers, body }: Answer): void {
  if (response.destroyed) return;
  response.writeHead(status, {
    ...headers,
    ...(status === 204 || status === 304 ? {} : { "content-length": Buffer.byteLength(body) }),
  });
  response.end(status === 204 || status === 304 ? undefined : body);
}
