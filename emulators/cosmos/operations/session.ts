import type { IncomingHttpHeaders } from "node:http";
import { badRequest, CosmosError, SUBSTATUS } from "../errors.ts";
import { H, headerOf } from "../http/headers.ts";
import type { Container } from "../storage/catalog.ts";

/** The only partition key range of every container. */
export const RANGE_ID = "0";

/** How far a container's history went: `range:version#lsn`. */
export const sessionToken = ({ lsn }: Container): string => `${RANGE_ID}:-1#${lsn}`;

/**
 * A read under session consistency must see all that its session has seen.
 * Throws 404/1002 for a token of a later point than the container has come to (its data was deleted, perhaps).
 */
export function checkSession(headers: IncomingHttpHeaders, container: Container): void {
  const tokens = headerOf(headers, H.sessionToken);
  if (tokens === undefined || tokens === "") return;
  for (const token of tokens.split(",")) {
    const match = /^\s*([^:]+):-?\d+#(\d{1,15})(?:#[\d=#]*)?\s*$/.exec(token);
    if (match === null)
      throw badRequest(`The session token "${token.slice(0, 100)}" does not look like 0:-1#12.`);
    if (match[1] === RANGE_ID && Number(match[2]) > container.lsn)
      throw new CosmosError(
        404,
        `The session's token ${token} is ahead of this container's ${sessionToken(container)}.`,
        {
          substatus: SUBSTATUS.readSessionNotAvailable,
        },
      );
  }
}
