import type { IncomingHttpHeaders } from "node:http";
import { FIXED } from "../charges.ts";
import { CosmosError, unsupported } from "../errors.ts";
import { H, headerOf } from "../http/headers.ts";
import { rangeRid } from "../rids.ts";
import { containerOf, type Operation } from "./operation.ts";
import { RANGE_ID } from "./session.ts";

/** GET /pkranges: one range holds all. As a feed: the range once, then 304. */
export const readRanges: Operation = (request, account) => {
  const container = containerOf(request, account);
  const etag = `"${container.rid}"`;
  const headers = { [H.etag]: etag, [H.itemCount]: "1" };
  if (headerOf(request.headers, H.ifNoneMatch) === etag)
    return {
      status: 304,
      charge: FIXED.metadataRead,
      headers: { [H.etag]: etag, [H.itemCount]: "0" },
      container,
    };
  const rid = rangeRid(container.database.key, container.key);
  const range = {
    _rid: rid,
    id: RANGE_ID,
    _etag: etag,
    minInclusive: "",
    maxExclusive: "FF",
    ridPrefix: 0,
    _self: `dbs/${container.database.rid}/colls/${container.rid}/pkranges/${rid}/`,
    throughputFraction: 1,
    status: "online",
    parents: [],
    _ts: container.ts,
    _lsn: container.lsn,
  };
  const body = JSON.stringify({ _rid: container.rid, PartitionKeyRanges: [range], _count: 1 });
  return { status: 200, charge: FIXED.metadataRead, headers, container, body };
};

/** Refuses reads of a range that does not exist (410, so that the SDK looks anew) and of a part of the range (400). */
export function checkRange(headers: IncomingHttpHeaders): void {
  const id = headerOf(headers, H.rangeId);
  if (id !== undefined && id.split(",").at(-1) !== RANGE_ID)
    throw new CosmosError(
      410,
      `The partition key range "${id}" does not exist; there is only "${RANGE_ID}".`,
      {
        substatus: 1002,
      },
    );
  const start = headerOf(headers, H.startEpk) ?? "";
  const end = headerOf(headers, H.endEpk) ?? "FF";
  if (start !== "" || end !== "FF")
    throw unsupported("parts of a partition key range", `Headers ${H.startEpk}, ${H.endEpk}.`);
}
