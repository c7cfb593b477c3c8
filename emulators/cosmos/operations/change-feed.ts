import { FIXED, readCharge } from "../charges.ts";
import { badRequest, unsupported } from "../errors.ts";
import { H, headerOf } from "../http/headers.ts";
import type { CosmosRequest } from "../http/request.ts";
import { LIMITS } from "../limits.ts";
import { parsePartitionKey } from "../partition-key.ts";
import type { Container } from "../storage/catalog.ts";
import type { StoredItem } from "../storage/items.ts";
import { containerOf, type Operation, secondOf } from "./operation.ts";
import { pageSize } from "./paging.ts";
import { checkRange } from "./ranges.ts";
import { checkSession } from "./session.ts";

/**
 * GET /docs with A-IM: the change feed in latest version mode. The etag of an answer is the number of the last
 * write it is about; sent as If-None-Match it goes on behind that one. The versions of one write (a batch) share
 * its number and are never torn apart by a page's end, so that none is lost or repeated.
 */
export const changeFeed: Operation = (request, account) => {
  const mode = headerOf(request.headers, H.aIm)?.toLowerCase();
  if (mode !== "incremental feed" && mode !== "incrementalfeed")
    throw unsupported(`the change feed "${mode}"`, "Use the latest version mode (A-IM: Incremental Feed).");
  const container = containerOf(request, account);
  checkSession(request.headers, container);
  checkRange(request.headers);
  const pkHeader = headerOf(request.headers, H.partitionKey);
  const start = startOf(request, container);
  const versions = account.store.items.feed(
    container.key,
    { ...start, pk: pkHeader === undefined ? undefined : parsePartitionKey(pkHeader) },
    secondOf(account),
  );
  const page = takePage(versions, pageSize(request.headers));
  // The page's end, or the end of all there is: what other partitions wrote since need not be looked at again.
  const lsn = page.more ? (page.items.at(-1)?.lsn ?? start.afterLsn) : container.lsn;
  const headers = { [H.etag]: `"${lsn}"`, [H.itemCount]: String(page.items.length) };
  if (page.items.length === 0) return { status: 304, charge: FIXED.emptyFeed, headers, container };
  const documents = page.items.map(({ body, lsn: ownLsn }) => `${body.slice(0, -1)},"_lsn":${ownLsn}}`);
  return {
    status: 200,
    charge: page.items.reduce((sum, { size }) => sum + readCharge(size), 0),
    headers,
    container,
    body: `{"_rid":"${container.rid}","Documents":[${documents.join(",")}],"_count":${documents.length}}`,
  };
};

/** Whole writes, until the page is full. */
function takePage(versions: Iterable<StoredItem>, limit: number): { items: StoredItem[]; more: boolean } {
  const items: StoredItem[] = [];
  let bytes = 0;
  for (const item of versions) {
    const isNewWrite = item.lsn !== items.at(-1)?.lsn;
    if (isNewWrite && items.length > 0 && (items.length >= limit || bytes >= LIMITS.pageBytes))
      return { items, more: true };
    items.push(item);
    bytes += Buffer.byteLength(item.body);
  }
  return { items, more: false };
}

function startOf({ headers }: CosmosRequest, container: Container): { afterLsn: number; since?: number } {
  const etag = headerOf(headers, H.ifNoneMatch)?.trim();
  if (etag === "*") return { afterLsn: container.lsn };
  if (etag !== undefined) {
    const match = /^"?(\d{1,15})"?$/.exec(etag);
    if (match === null)
      throw badRequest(
        `If-None-Match must be * or the etag of an answer of the change feed, but is ${etag.slice(0, 100)}`,
      );
    return { afterLsn: Number(match[1]) };
  }
  const since = headerOf(headers, H.ifModifiedSince);
  if (since === undefined) return { afterLsn: 0 };
  const time = Date.parse(since);
  if (Number.isNaN(time)) throw badRequest(`If-Modified-Since must be an HTTP date, but is "${since}".`);
  return { afterLsn: 0, since: Math.floor(time / 1000) };
}
