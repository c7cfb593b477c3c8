import type { IncomingHttpHeaders } from "node:http";
import { badRequest } from "../errors.ts";
import { H, wholeOf } from "../http/headers.ts";
import { LIMITS } from "../limits.ts";

/** How many items an answer may hold; -1 leaves it to the server. */
export function pageSize(headers: IncomingHttpHeaders): number {
  const wanted = wholeOf(headers, H.maxItemCount);
  if (wanted === undefined) return LIMITS.defaultPageItems;
  if (wanted === -1) return LIMITS.maxPageItems;
  if (wanted < 1) throw badRequest(`${H.maxItemCount} must be -1 or at least 1, but is ${wanted}.`);
  return Math.min(wanted, LIMITS.maxPageItems);
}
