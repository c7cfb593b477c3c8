import type { IncomingHttpHeaders } from "node:http";
import { preconditionFailed } from "../errors.ts";
import { H, headerOf } from "../http/headers.ts";

/** What a caller wants to be true of the version that an operation meets. */
export interface Preconditions {
  readonly ifMatch?: string | undefined;
  readonly ifNoneMatch?: string | undefined;
}

export const preconditionsOf = (headers: IncomingHttpHeaders): Preconditions => ({
  ifMatch: headerOf(headers, H.ifMatch),
  ifNoneMatch: headerOf(headers, H.ifNoneMatch),
});

/** Whether a list of etags (or `*`) holds one. */
export const matchesEtag = (list: string, etag: string): boolean =>
  list.trim() === "*" || list.split(",").some((entry) => entry.trim() === etag);

/** Throws 412 when a write may not touch the version that is there. */
export function checkPreconditions({ ifMatch, ifNoneMatch }: Preconditions, etag: string): void {
  if (ifMatch !== undefined && !matchesEtag(ifMatch, etag))
    throw preconditionFailed(
      `If-Match wants ${ifMatch}, but the item's etag is ${etag}: it was changed since.`,
    );
  if (ifNoneMatch !== undefined && matchesEtag(ifNoneMatch, etag))
    throw preconditionFailed(`If-None-Match excludes ${ifNoneMatch}, and the item's etag is ${etag}.`);
}
