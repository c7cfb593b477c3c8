import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import type { FunctionDefinition, HttpTrigger } from "../config/bindings.ts";
import type { Log } from "../log.ts";
import { messageOf } from "../log.ts";
import type { InvocationResponse, TypedData } from "../worker/rpc.ts";
import { decodeResponse, type EncodedResponse, encodeRequest } from "./encode.ts";
import { isAuthorized, type Keys } from "./keys.ts";
import { matchRoute, type Route } from "./routes.ts";

/** The body limit of the real host: 100 MB. */
export const BODY_LIMIT = 104_857_600;

export type HttpFunction = FunctionDefinition<HttpTrigger>;

export interface HttpOptions {
  readonly host: string;
  readonly port: number;
  readonly log: Log;
}

/** What the server answers with; given once the workers have started. */
export interface HttpApp {
  readonly routePrefix: string;
  readonly routes: readonly Route<HttpFunction>[];
  readonly keys: Keys;
  /** Runs a function on some instance. */
  invoke(
    definition: HttpFunction,
    request: TypedData,
    traceParent: string | undefined,
  ): Promise<InvocationResponse>;
  /** The answers of `/admin/host/status` and `/admin/functions`. */
  status(): object;
  functions(): readonly object[];
}

export interface HttpServer {
  readonly port: number;
  serve(app: HttpApp): void;
  /** Refuses new requests, and resolves when those under way are answered. */
  close(): Promise<void>;
  /** Ends all connections, without a word. */
  cutAll(): void;
}

/** Starts to listen; until there is an app, every request is answered with 503. */
export async function startHttpServer({ host, port, log }: HttpOptions): Promise<HttpServer> {
  let app: HttpApp | undefined;
  let closing = false;
  const server = createServer((request, response) => {
    answer(request, app === undefined || closing ? undefined : app)
      .then((reply) => send(response, closing || reply.status === 413 ? lastOf(reply) : reply))
      .catch((error: unknown) => {
        // A caller that went away; anything else was turned into an answer already.
        log({ level: "debug", category: "Host.Http", message: messageOf(error), instance: 0 });
        response.destroy();
      });
  });
  await listen(server, host, port);
  return {
    port: (server.address() as AddressInfo).port,
    serve(served) {
      app = served;
    },
    close() {
      closing = true;
      return new Promise((resolve) => {
        server.close(() => resolve());
        server.closeIdleConnections();
      });
    },
    cutAll: () => server.closeAllConnections(),
  };
}

async function answer(request: IncomingMessage, app: HttpApp | undefined): Promise<EncodedResponse> {
  if (app === undefined) return text(503, "The host is starting or stopping.");
  const url = urlOf(request);
  if (url === undefined) return text(400, "");
  const path = url.pathname.replace(/^\/+/, "");
  if (request.method === "GET") {
    if (path === "") return text(200, "Your functions are up and running.\n");
    if (path === "admin/host/status") return json(app.status());
    if (path === "admin/functions") return json(app.functions());
  }
  const prefix = app.routePrefix === "" ? "" : `${app.routePrefix.toLowerCase()}/`;
  const below = `${path}/`.toLowerCase().startsWith(prefix) ? path.slice(prefix.length) : undefined;
  const match = below === undefined ? undefined : matchRoute(app.routes, request.method ?? "GET", below);
  if (match === undefined) return text(404, "");

  const header = request.headers["x-functions-key"];
  const key = (Array.isArray(header) ? header[0] : header) ?? url.searchParams.get("code") ?? undefined;
  if (!isAuthorized(match.value.trigger.authLevel, key, app.keys)) return text(401, "");

  const body = await readBody(request);
  if (body === undefined) return text(413, "");
  try {
    const encoded = encodeRequest(request, url, body, match.parameters);
    const response = await app.invoke(match.value, encoded, request.headersDistinct["traceparent"]?.[0]);
    return decodeResponse(returned(match.value, response));
  } catch {
    // The log has the reason; like the real host, the answer has none.
    return text(500, "");
  }
}

/** The `$return` value; when the http output has another name, that output. */
function returned(definition: HttpFunction, response: InvocationResponse): TypedData | null | undefined {
  const named = response.outputData?.find(({ data }) => data.http !== undefined);
  const isServiceBus = definition.outputs.some(({ name }) => name === "$return");
  return isServiceBus ? named?.data : (response.returnValue ?? named?.data);
}

function urlOf(request: IncomingMessage): URL | undefined {
  try {
    return new URL(request.url ?? "/", `http://${request.headers.host ?? "localhost"}`);
  } catch {
    return undefined;
  }
}

/** @returns undefined when the body is over the limit */
async function readBody(request: IncomingMessage): Promise<Uint8Array | undefined> {
  if (Number(request.headers["content-length"] ?? 0) > BODY_LIMIT) return undefined;
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of request) {
    length += (chunk as Buffer).length;
    if (length > BODY_LIMIT) return undefined;
    chunks.push(chunk as Buffer);
  }
  return Buffer.concat(chunks);
}

function send(response: ServerResponse, { status, headers, body }: EncodedResponse): void {
  try {
    response.writeHead(status, {
      ...headers,
      ...(status === 204 || status === 304 ? {} : { "content-length": body.length }),
    });
    response.end(body);
  } catch {
    // A header that Node does not allow.
    response.writeHead(500, { "content-length": 0 });
    response.end();
  }
}

/** Ends the connection too: else it would stay open for another request. */
const lastOf = (reply: EncodedResponse): EncodedResponse => ({
  ...reply,
  headers: { ...reply.headers, connection: "close" },
});

const text = (status: number, content: string): EncodedResponse => ({
  status,
  headers: content === "" ? {} : { "content-type": "text/plain; charset=utf-8" },
  body: Buffer.from(content),
});

const json = (value: object): EncodedResponse => ({
  status: 200,
  headers: { "content-type": "application/json; charset=utf-8" },
  body: Buffer.from(JSON.stringify(value)),
});

function listen(server: Server, host: string, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, host, () => {
      server.removeListener("error", reject);
      resolve();
    });
  });
}
