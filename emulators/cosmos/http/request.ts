import type { IncomingHttpHeaders, IncomingMessage } from "node:http";
import { badRequest, tooLarge, unsupported } from "../errors.ts";
import { isObject, type Json, type JsonObject, nestsDeeperThan } from "../json.ts";
import { HTTP_LIMITS } from "../limits.ts";

/** One request, read to its end. */
export interface CosmosRequest {
  readonly method: string;
  /** The path's parts, decoded: `["dbs", "pierogi", "colls", "endpoints"]`. */
  readonly segments: readonly string[];
  /** The same as they came. */
  readonly rawSegments: readonly string[];
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

/** Reads a request. Throws 413 for a body above the limit, 400 for a path that is not UTF-8. */
export async function readRequest(message: IncomingMessage): Promise<CosmosRequest> {
  const body = await readBody(message);
  const path = (message.url ?? "/").split("?", 1)[0] ?? "/";
  const rawSegments = path.split("/").filter((segment) => segment !== "");
  return {
    method: message.method ?? "GET",
    segments: rawSegments.map(decode),
    rawSegments,
    headers: message.headers,
    body,
  };
}

function readBody(message: IncomingMessage): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let bytes = 0;
    message.on("data", (chunk: Buffer) => {
      bytes += chunk.length;
      if (bytes <= HTTP_LIMITS.bodyBytes) chunks.push(chunk);
      // Read on without keeping it: a client that is still sending would not see the answer.
      else chunks.length = 0;
      if (bytes > HTTP_LIMITS.drainedBytes) message.destroy();
    });
    message.on("end", () => {
      if (bytes > HTTP_LIMITS.bodyBytes) reject(tooLarge("The request's body", bytes, HTTP_LIMITS.bodyBytes));
      else resolve(Buffer.concat(chunks, bytes));
    });
    message.on("error", reject);
    message.on("close", () => reject(badRequest("The connection was closed before the body's end.")));
  });
}

/** A request's body as JSON. Throws 400 when it is none, and for bodies in binary. */
export function jsonBody(request: CosmosRequest): Json {
  // HybridRow (batches of the .NET client) and CosmosBinary begin with bytes that no JSON text has.
  if ((request.body[0] ?? 0) >= 0x80) throw unsupported("binary request bodies", "Send JSON text.");
  let value: Json;
  try {
    value = JSON.parse(request.body.toString("utf8")) as Json;
  } catch (cause) {
    throw badRequest("The request's body is not JSON.", cause);
  }
  if (nestsDeeperThan(value, HTTP_LIMITS.bodyNesting))
    throw badRequest(`The request's body nests deeper than ${HTTP_LIMITS.bodyNesting} levels.`);
  return value;
}

/** A request's body as a JSON object. */
export function objectBody(request: CosmosRequest): JsonObject {
  const value = jsonBody(request);
  if (!isObject(value)) throw badRequest("The request's body must be a JSON object.");
  return value;
}

function decode(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch (cause) {
    throw badRequest(`The path's part "${segment}" is not URL-encoded UTF-8.`, cause);
  }
}
