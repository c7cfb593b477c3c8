import { type Answer, Refused, type WebRequest } from "../../web/server.ts";
import type { AskedRequest } from "../protocol.ts";

/** Where the program's HTTP API is, and what its operations want to see. */
export interface Api {
  /** Without a slash at its end. */
  readonly url: string;
  readonly token: string;
}

const METHODS = ["GET", "POST", "DELETE"];
/** Milliseconds until a request without an answer is given up. */
const WITHIN = 60_000;

/** Told of each request that carries a key, with its body. */
export type OnAsked = (request: Omit<AskedRequest, "at">) => void;

/** Hands a request of the page on to the program's API, which has another address: the same path, body and answer. */
export async function forward(request: WebRequest, api: Api, onAsked: OnAsked): Promise<Answer> {
  const { method, url, headers } = request;
  if (!METHODS.includes(method)) throw new Refused(405, `expected ${METHODS.join(", ")}, not ${method}`);
  const body = method === "GET" ? undefined : await request.json();
  const key = headers["idempotency-key"];
  if (typeof key === "string") onAsked({ method, path: url.pathname, key, body });
  let response: Response;
  try {
    response = await fetch(`${api.url}${url.pathname}${url.search}`, {
      method,
      headers: {
        ...(typeof key === "string" ? { "idempotency-key": key } : {}),
        ...(body === undefined ? {} : { "content-type": "application/json" }),
        ...(url.pathname.startsWith("/api/operations/") ? { authorization: `Bearer ${api.token}` } : {}),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      redirect: "manual",
      signal: AbortSignal.timeout(WITHIN),
    });
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new Refused(
      502,
      `the functions host does not answer (${why}); repeat with the same Idempotency-Key`,
    );
  }
  return {
    status: response.status,
    type: response.headers.get("content-type") ?? "text/plain; charset=utf-8",
    content: new Uint8Array(await response.arrayBuffer()),
  };
}
