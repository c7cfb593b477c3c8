import { createHmac, timingSafeEqual } from "node:crypto";
import { CosmosError } from "./errors.ts";
import { H, headerOf } from "./http/headers.ts";
import type { CosmosRequest } from "./http/request.ts";
import { HTTP_LIMITS } from "./limits.ts";

const unauthorized = (message: string): CosmosError => new CosmosError(401, message);

/**
 * Checks a request's master key signature (Access control in the Cosmos DB REST API): HMAC-SHA256 over method,
 * resource type, resource link and date.
 * Throws 401 if it is missing, of another kind, made with another key, or its date is further than 15 minutes off.
 */
export function authenticate(request: CosmosRequest, key: Buffer, nowMs: number): void {
  const header = headerOf(request.headers, H.authorization);
  if (header === undefined) throw unauthorized("The authorization header is missing.");
  const signature = signatureOf(header);

  const msDate = headerOf(request.headers, H.date);
  const date = msDate ?? headerOf(request.headers, "date");
  const time = Date.parse(date ?? "");
  if (date === undefined || Number.isNaN(time))
    throw unauthorized(`x-ms-date must be an HTTP date, but is "${date ?? ""}".`);
  if (Math.abs(nowMs - time) > HTTP_LIMITS.signatureAgeMs)
    throw unauthorized(
      `The signature is for ${date}, more than 15 minutes from the server's ${new Date(nowMs).toUTCString()}.`,
    );

  const dates = msDate === undefined ? `\n${date.toLowerCase()}` : `${date.toLowerCase()}\n`;
  const { type, links } = signedResource(request);
  const matches = links.some((link) => {
    const text = `${request.method.toLowerCase()}\n${type}\n${link}\n${dates}\n`;
    const expected = createHmac("sha256", key).update(text).digest();
    return expected.length === signature.length && timingSafeEqual(expected, signature);
  });
  if (!matches)
    throw unauthorized(
      "The signature does not match: the account key differs, or something else was signed.",
    );
}

function signatureOf(header: string): Buffer {
  let text = header;
  try {
    text = decodeURIComponent(header);
  } catch {
    // Not encoded; the pattern below says what is wrong with it.
  }
  const match = /^type=([^&]*)&ver=([^&]*)&sig=(.+)$/.exec(text);
  if (match === null || match[2] !== "1.0")
    throw unauthorized("The authorization header must be type=master&ver=1.0&sig=..., URL-encoded.");
  if (match[1] !== "master")
    throw unauthorized(
      `Tokens of type "${match[1]}" are not supported; sign with the account key (type=master).`,
    );
  return Buffer.from(match[3] ?? "", "base64");
}

/**
 * What SDKs sign for a path: its type, `docs` of both /dbs/d/colls/c/docs and /dbs/d/colls/c/docs/i, and its link,
 * the names as they are or as sent; by resource id, that id alone in lower case.
 */
function signedResource({ segments, rawSegments }: CosmosRequest): { type: string; links: string[] } {
  // POST /dbs/d/colls/c/operations/partitionkeydelete is signed as one of the container.
  if (segments[4] === "operations") return { type: "partitionkey", links: [segments.slice(0, 4).join("/")] };
  const isFeed = segments.length % 2 === 1;
  const end = isFeed ? -1 : undefined;
  const named = segments.slice(0, end);
  return {
    type: segments.at(isFeed ? -1 : -2)?.toLowerCase() ?? "",
    links: [named.join("/"), rawSegments.slice(0, end).join("/"), named.at(-1)?.toLowerCase() ?? ""],
  };
}
