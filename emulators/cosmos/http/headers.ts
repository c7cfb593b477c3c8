import type { IncomingHttpHeaders } from "node:http";
import { badRequest, unsupported } from "../errors.ts";

/** Names of the protocol's headers. */
export const H = {
  activityId: "x-ms-activity-id",
  aIm: "a-im",
  authorization: "authorization",
  batch: "x-ms-cosmos-is-batch-request",
  batchAtomic: "x-ms-cosmos-batch-atomic",
  batchContinueOnError: "x-ms-cosmos-batch-continue-on-error",
  charge: "x-ms-request-charge",
  consistency: "x-ms-consistency-level",
  containerPath: "x-ms-alt-content-path",
  containerRid: "x-ms-content-path",
  continuation: "x-ms-continuation",
  continuationLimitKb: "x-ms-documentdb-responsecontinuationtokenlimitinkb",
  crossPartition: "x-ms-documentdb-query-enablecrosspartition",
  date: "x-ms-date",
  endEpk: "x-ms-end-epk",
  etag: "etag",
  ifMatch: "if-match",
  ifModifiedSince: "if-modified-since",
  ifNoneMatch: "if-none-match",
  itemCount: "x-ms-item-count",
  maxItemCount: "x-ms-max-item-count",
  partitionKey: "x-ms-documentdb-partitionkey",
  prefer: "prefer",
  query: "x-ms-documentdb-isquery",
  queryPlan: "x-ms-cosmos-is-query-plan-request",
  rangeId: "x-ms-documentdb-partitionkeyrangeid",
  sessionToken: "x-ms-session-token",
  startEpk: "x-ms-start-epk",
  substatus: "x-ms-substatus",
  upsert: "x-ms-documentdb-is-upsert",
  version: "x-ms-version",
} as const;

/** Headers that would change what a request means and that this server cannot honour; values listed are harmless. */
const REFUSED: ReadonlyArray<{ name: string; what: string; harmless: readonly string[] }> = [
  { name: "x-http-method", what: "method override (X-HTTP-Method)", harmless: [] },
  { name: "x-ms-documentdb-pre-trigger-include", what: "triggers (pre-trigger-include)", harmless: [] },
  { name: "x-ms-documentdb-post-trigger-include", what: "triggers (post-trigger-include)", harmless: [] },
  { name: "x-ms-indexing-directive", what: "indexing directives", harmless: ["default"] },
  {
    name: H.consistency,
    what: "a consistency stronger than Session",
    harmless: ["session", "consistentprefix", "eventual"],
  },
  { name: "x-ms-cosmos-is-client-encrypted", what: "client-side encryption", harmless: ["false"] },
  { name: "x-ms-documentdb-expiry-seconds", what: "resource tokens", harmless: [] },
  { name: "x-ms-cosmos-batch-ordered", what: "unordered batches", harmless: ["true"] },
  {
    name: "x-ms-cosmos-changefeed-wire-format-version",
    what: "the all versions and deletes change feed",
    harmless: [],
  },
];

/** Throws 400 for a header that this server cannot honour. */
export function refuseHeaders(headers: IncomingHttpHeaders): void {
  for (const { name, what, harmless } of REFUSED) {
    const value = headerOf(headers, name);
    if (value !== undefined && !harmless.includes(value.toLowerCase()))
      throw unsupported(what, `Header ${name}: ${value}.`);
  }
}

/** A header's value; several of one name are joined, as HTTP says. */
export function headerOf(headers: IncomingHttpHeaders, name: string): string | undefined {
  const value = headers[name];
  return Array.isArray(value) ? value.join(",") : value;
}

/** A header that is `true` or `false`, in any case. */
export function flagOf(headers: IncomingHttpHeaders, name: string): boolean {
  const value = headerOf(headers, name)?.toLowerCase();
  if (value === undefined || value === "false") return false;
  if (value === "true") return true;
  throw badRequest(`Header ${name} must be true or false, but is "${value}".`);
}

/** A header that is a whole number. */
export function wholeOf(headers: IncomingHttpHeaders, name: string): number | undefined {
  const value = headerOf(headers, name);
  if (value === undefined) return undefined;
  if (!/^-?\d{1,15}$/.test(value))
    throw badRequest(`Header ${name} must be a whole number, but is "${value}".`);
  return Number(value);
}
