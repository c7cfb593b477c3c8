import { parseTtl } from "../definition.ts";
import { badRequest, CosmosError, SUBSTATUS, tooLarge } from "../errors.ts";
import { indexedTerms } from "../indexing.ts";
import { type Json, type JsonObject, nestsDeeperThan } from "../json.ts";
import { LIMITS } from "../limits.ts";
import { keyOfItem, type PartitionKey } from "../partition-key.ts";
import { itemRid } from "../rids.ts";
import type { Container } from "../storage/catalog.ts";
import { expiryOf, type StoredItem } from "../storage/items.ts";

/** The point in a container's history at which a version is written. */
export interface Slot {
  readonly lsn: number;
  readonly ordinal: number;
  /** Seconds since 1970. */
  readonly second: number;
}

/** A new version, checked, not yet stored. */
export interface Version {
  readonly stored: StoredItem;
  readonly terms: ReadonlyMap<string, Json>;
}

/**
 * Builds the version that a write leaves. Throws 400 for a bad id, key or ttl and for too deep nesting, 413 above 2 MB.
 * @param rid the resource id of the version before, which an item keeps
 */
export function versionOf(
  container: Container,
  pk: PartitionKey,
  item: JsonObject,
  slot: Slot,
  rid: string | undefined,
): Version {
  const user = withoutSystemProperties(item);
  const id = itemId(user["id"]);
  if (keyOfItem(user, container.partitionPath) !== pk) throw keyMismatch(container, pk);
  if (nestsDeeperThan(user, LIMITS.itemNesting))
    throw badRequest(`The item "${id}" nests deeper than ${LIMITS.itemNesting} levels.`);
  const ttl = user["ttl"] === undefined ? null : parseTtl(user["ttl"], "ttl");
  const text = JSON.stringify(user);
  const size = Buffer.byteLength(text);
  if (size > LIMITS.itemBytes) throw tooLarge(`The item "${id}"`, size, LIMITS.itemBytes);

  const { lsn, ordinal, second: ts } = slot;
  const { database, definition, indexing } = container;
  const ownRid = rid ?? itemRid(database.key, container.key, lsn, ordinal);
  const etag = etagOf(slot, container.key);
  const system = {
    _rid: ownRid,
    _self: `dbs/${database.rid}/colls/${container.rid}/docs/${ownRid}/`,
    _etag: etag,
    _attachments: "attachments/",
    _ts: ts,
  };
  const terms = indexedTerms(user, indexing);
  const expires = expiryOf(ts, ttl, definition.defaultTtl);
  const body = `${text.slice(0, -1)},${JSON.stringify(system).slice(1)}`;
  return {
    stored: { pk, id, rid: ownRid, lsn, ordinal, ts, ttl, expires, size, terms: terms.size, etag, body },
    terms,
  };
}

/** The item without what the server adds. */
export function withoutSystemProperties(item: JsonObject): JsonObject {
  const { _rid, _self, _etag, _attachments, _ts, _lsn, ...user } = item;
  return user;
}

/** An etag that no other version of anything has or will have: the write, the place in it, the container, the time. */
export function etagOf({ lsn, ordinal, second }: Slot, container: number): string {
  const hex = (value: number, digits: number): string => value.toString(16).padStart(digits, "0");
  return `"${hex(lsn, 8)}-${hex(ordinal, 4)}-${hex(container, 4)}-0000-${hex(second, 12)}"`;
}

/** Checks an item's id. */
export function itemId(id: Json | undefined): string {
  if (typeof id !== "string" || id === "") throw badRequest('The item\'s "id" must be a non-empty string.');
  const bytes = Buffer.byteLength(id);
  if (bytes > LIMITS.itemIdBytes)
    throw badRequest(`The item's id is ${bytes} bytes; the limit is ${LIMITS.itemIdBytes}.`);
  if (/[/\\]|\p{Surrogate}/u.test(id))
    throw badRequest(`The item's id ${JSON.stringify(id)} must hold no / and no \\ and be valid Unicode.`);
  return id;
}

const keyMismatch = (container: Container, pk: PartitionKey): CosmosError =>
  new CosmosError(
    400,
    `The item's value at /${container.partitionPath.join("/")} is not the request's partition key ${pk}.`,
    { substatus: SUBSTATUS.partitionKeyMismatch },
  );
