import { createServer, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from "node:http";
import {
  bodyText,
  checkToken as checkBearer,
  ownHosts,
  parseJson,
  Refused,
} from "../emulators/server-process/index.ts";

export { Refused };

/** What a handler answers; a stream's `content` writes until `ended` aborts or it returns. */
export interface Answer {
  readonly status: number;
  readonly type: string;
  readonly content: string | Uint8Array | Stream;
}

/**
 * Writes a response that lasts.
 * @param write resolves when the network took it, or nobody is there any more
 * @param ended aborts when the browser has gone or the server closes
 */
export type Stream = (write: (text: string) => Promise<void>, ended: AbortSignal) => Promise<void>;

export interface WebRequest {
  readonly method: string;
  readonly url: URL;
  readonly headers: IncomingHttpHeaders;
  /**
   * The body as JSON, undefined if there is none.
   * @throws Refused when it is too large or not JSON
   */
  json(): Promise<unknown>;
}

export interface WebServerOptions {
  /** 0 for any free one. */
  readonly port: number;
  /** Undefined: there is nothing at that address. */
  readonly answer: (request: WebRequest) => Promise<Answer | undefined>;
  /** Content-Security-Policy; by default everything comes from this server, and no style stands in line. */
  readonly policy?: string;
  /**
   * Hosts by which browsers may reach this server besides 127.0.0.1 and localhost, such as a dev container's
   * forwarded one; `*.example.org` means any name below it.
   */
  readonly forwardedHosts?: readonly string[];
}

export interface WebServer {
  /** `http://127.0.0.1:<port>` */
  readonly url: string;
  readonly port: number;
  close(): Promise<void>;
}

export const strictPolicy = [
  "default-src 'self'",
  "img-src 'self' data:",
  "object-src 'none'",
  "frame-ancestors 'none'",
  "base-uri 'none'",
  "form-action 'none'",
].join("; ");

const MAX_BODY_BYTES = 1_000_000;

/**
 * Serves pages to browsers on this machine, on 127.0.0.1 only. A Host or Origin that is not this server's is
 * refused, so that no page of another site reaches it under a name of its own.
 * @throws the system's error when the port is taken
 */
export async function serveWeb(options: WebServerOptions): Promise<WebServer> {
  const { port, policy = strictPolicy } = options;
  const closing = new AbortController();
  const server = createServer((request, response) => {
    respond(options, request).then(
      (answer) => send(response, policy, answer, closing.signal),
      (error: unknown) => send(response, policy, explained(error), closing.signal),
    );
  });
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject).listen(port, "127.0.0.1", resolve);
  });
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("expected a TCP address");
  return {
    url: `http://127.0.0.1:${address.port}`,
    port: address.port,
    close: () =>
      new Promise((resolve, reject) => {
        closing.abort();
        server.close((error) => (error === undefined ? resolve() : reject(error)));
        server.closeAllConnections();
      }),
  };
}

/** @throws Refused with 401 unless the request carries `Authorization: Bearer <token>` */
export const checkToken = ({ headers }: Pick<WebRequest, "headers">, token: string): void =>
  checkBearer(headers, token, "the token of the address that was printed");

export const page = (content: string): Answer => ({
  status: 200,
  type: "text/html; charset=utf-8",
  content,
});

export const json = (body: unknown, status = 200): Answer => ({
  status,
  type: "application/json",
  content: `${JSON.stringify(body)}\n`,
});

export const plain = (status: number, text: string): Answer => ({
  status,
  type: "text/plain; charset=utf-8",
  content: `${text}\n`,
});

async function respond({ answer, forwardedHosts = [] }: WebServerOptions, request: IncomingMessage) {
  checkSource(request, forwardedHosts);
  const { method = "GET", headers } = request;
  // Never a URL made from the Host header, and never one that points elsewhere ("//example.org").
  const url = new URL(`http://127.0.0.1${(request.url ?? "/").replace(/^\/*/, "/")}`);
  return (
    (await answer({ method, url, headers, json: () => readJson(request) })) ??
    plain(404, `nothing at ${url.pathname}; see /`)
  );
}

function checkSource(request: IncomingMessage, forwarded: readonly string[]): void {
  const own = ownHosts(request);
  const isOurs = (host: string) => own.includes(host) || forwarded.some((name) => isNamed(host, name));
  const { host = "", origin } = request.headers;
  if (!isOurs(host)) throw new Refused(403, `expected the Host ${own[0]}, not "${host}"`);
  if (origin !== undefined && !isOurs(origin.replace(/^https?:\/\//, ""))) {
    throw new Refused(403, "a page of another site may not call this");
  }
}

const isNamed = (host: string, name: string): boolean =>
  name.startsWith("*.") ? host.endsWith(name.slice(1)) && host.length >= name.length : host === name;

async function readJson(request: IncomingMessage): Promise<unknown> {
  const text = await bodyText(request, MAX_BODY_BYTES);
  return text === "" ? undefined : parseJson(text);
}

const explained = (error: unknown): Answer =>
  error instanceof Refused ? plain(error.status, error.message) : plain(500, String(error));

function send(response: ServerResponse, policy: string, answer: Answer, closing: AbortSignal): void {
  const { status, type, content } = answer;
  response.writeHead(status, {
    "content-type": type,
    "content-security-policy": policy,
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "cache-control": "no-store",
  });
  if (typeof content !== "function") {
    response.end(content);
    return;
  }
  const gone = new AbortController();
  response.once("close", () => gone.abort());
  const ended = AbortSignal.any([gone.signal, closing]);
  // Node calls back also when the connection is gone.
  const write = (text: string) => new Promise<void>((resolve) => response.write(text, () => resolve()));
  content(write, ended).then(
    () => response.end(),
    (error: unknown) => response.destroy(error instanceof Error ? error : new Error(String(error))),
  );
}
