import { createHash } from "node:crypto";
import type { IncomingHttpHeaders } from "node:http";
import { badRequest } from "../errors.ts";
import { H, wholeOf } from "../http/headers.ts";
import { isObject, type Json } from "../json.ts";
import type { Position } from "../query/order.ts";

/**
 * Continuation tokens: base64url of JSON, bound to the query that they go on with (container, partition, text and
 * parameters).
 */
export function writeToken(position: Position, boundTo: string, headers: IncomingHttpHeaders): string {
  const token = Buffer.from(JSON.stringify({ ...position, of: digest(boundTo) })).toString("base64url");
  const limitKb = wholeOf(headers, H.continuationLimitKb);
  if (limitKb !== undefined && limitKb > 0 && token.length > limitKb * 1024)
    throw badRequest(
      `The continuation token would be ${token.length} bytes, above ${H.continuationLimitKb}: ${limitKb}. Order by shorter values, or raise continuationTokenLimitInKB.`,
    );
  return token;
}

/** Reads a token back. Throws 400 if it is none, or belongs to another query. */
export function readToken(token: string | undefined, boundTo: string): Position | undefined {
  if (token === undefined || token === "") return undefined;
  let value: Json;
  try {
    value = JSON.parse(Buffer.from(token, "base64url").toString("utf8")) as Json;
  } catch (cause) {
    throw badRequest("The continuation token is not one of this server's.", cause);
  }
  if (!isObject(value) || value["of"] !== digest(boundTo))
    throw badRequest(
      "The continuation token does not belong to this query, its parameters and its partition.",
    );
  const { given, after, missing } = value;
  if (typeof given !== "number" || !Number.isSafeInteger(given) || given < 0)
    throw badRequest("The continuation token was changed.");
  if (after === undefined) return { given };
  if (!isObject(after) || !Array.isArray(missing)) throw badRequest("The continuation token was changed.");
  const { pk, id, order } = after;
  const indexes = missing.filter((index) => typeof index === "number");
  if (typeof pk !== "string" || typeof id !== "string" || !Array.isArray(order))
    throw badRequest("The continuation token was changed.");
  return { given, missing: indexes, after: { pk, id, order } };
}

const digest = (text: string): string => createHash("sha256").update(text).digest("base64url").slice(0, 16);
