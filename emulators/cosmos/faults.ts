import { type Facts, operations } from "../faults/index.ts";
import { CosmosError } from "./errors.ts";
import { H, headerOf } from "./http/headers.ts";
import { type CosmosRequest, jsonBody } from "./http/request.ts";
import { isObject, type Json, type JsonObject } from "./json.ts";
import { batch, refusedBatch } from "./operations/batch.ts";
import { changeFeed } from "./operations/change-feed.ts";
import { createOrUpsertItem, deleteItem, patchItem, readItem, replaceItem } from "./operations/items.ts";
import { type Account, containerOf, type Operation, type Reply } from "./operations/operation.ts";
import { queryItems, readItems } from "./operations/query.ts";
import { parsePartitionKey } from "./partition-key.ts";

type Name = (typeof operations.cosmos)[number];

const NAMES: ReadonlyMap<Operation, Name> = new Map([
  [readItem, "read"],
  [replaceItem, "replace"],
  [patchItem, "patch"],
  [deleteItem, "delete"],
  [batch, "batch"],
  [queryItems, "query"],
  [readItems, "query"],
  [changeFeed, "feed"],
]);

/** What a fault plan calls the operation. A bulk request of one kind is called as that kind. */
export function nameOf(operation: Operation, request: CosmosRequest): Name {
  if (operation === createOrUpsertItem) return isSet(request, H.upsert) ? "upsert" : "create";
  if (operation === batch && !isSet(request, H.batchAtomic)) {
    const [kind, ...others] = new Set(entriesOf(request).map(({ operationType }) => operationType));
    return (others.length === 0 && operations.cosmos.find((name) => name === lower(kind))) || "batch";
  }
  return NAMES.get(operation) ?? "other";
}

/** What a fault plan's rules compare. */
export function factsOf(request: CosmosRequest, account: Account): Facts {
  return {
    entity: entityOf(request, account),
    aggregate: aggregateOf(request),
    properties: propertiesOf(request),
  };
}

function entityOf(request: CosmosRequest, account: Account): string | undefined {
  const name = request.segments[3];
  if (name === undefined) return undefined;
  try {
    return containerOf(request, account).id;
  } catch {
    // There is none; the operation itself will say so.
    return name;
  }
}

/** The partition key's value; as JSON if it is no string. */
function aggregateOf({ headers }: CosmosRequest): string | undefined {
  const text = headerOf(headers, H.partitionKey);
  if (text === undefined) return undefined;
  try {
    const [value] = JSON.parse(parsePartitionKey(text)) as [Json];
    return typeof value === "string" ? value : JSON.stringify(value);
  } catch {
    return text;
  }
}

/** Of an item's operation its id and, if it is written, its fields; of a batch or bulk request the ids and the kinds, with commas. */
function propertiesOf(request: CosmosRequest): Facts["properties"] {
  if (isSet(request, H.batch)) {
    const entries = entriesOf(request);
    return {
      ids: entries.map(({ id, resourceBody }) => id ?? idOf(resourceBody)).join(),
      operations: entries.map(({ operationType }) => operationType).join(),
    };
  }
  const body = bodyOf(request);
  const item = isObject(body) ? body : {};
  const id = request.segments[5] ?? item["id"];
  return typeof id === "string" ? { ...item, id } : item;
}

const entriesOf = (request: CosmosRequest): JsonObject[] => [bodyOf(request)].flat().filter(isObject);

const idOf = (item: Json | undefined): Json | undefined =>
  item !== undefined && isObject(item) ? item["id"] : undefined;

function bodyOf(request: CosmosRequest): Json {
  try {
    return jsonBody(request);
  } catch {
    // No JSON; the operation itself will say so.
    return null;
  }
}

function isSet({ headers }: CosmosRequest, name: string): boolean {
  return lower(headerOf(headers, name)) === "true";
}

const lower = (value: unknown): string | undefined =>
  typeof value === "string" ? value.toLowerCase() : undefined;

/** What the service would answer with each status, as far as its SDKs look at it. */
const REFUSALS: Readonly<Record<number, ConstructorParameters<typeof CosmosError>[2]>> = {
  // The logical partition is full. Without a sub-status SDKs do not tell it from a missing permission.
  403: { substatus: 1014 },
  // The partition has moved: SDKs look for it anew.
  410: { substatus: 1008 },
  429: { substatus: 3200, headers: { "x-ms-retry-after-ms": "20" } },
  449: { headers: { "x-ms-retry-after-ms": "20" } },
};

/** A refusal by the fault plan. In a batch, what can only be said of one operation is said of one: see `reply`. */
export class PlannedRefusal extends CosmosError {
  /** Instead of the error's own. */
  readonly reply: Reply | undefined;

  constructor(status: number, request: CosmosRequest) {
    super(status, "Refused by the fault plan.", REFUSALS[status]);
    const isBatch = isSet(request, H.batch) && isSet(request, H.batchAtomic);
    this.reply = isBatch ? batchReply(this, entriesOf(request)) : undefined;
  }
}

/** A conflict is one of the last created item, a failed precondition one of the first that has any. */
function batchReply(refusal: CosmosError, entries: readonly JsonObject[]): Reply | undefined {
  const at: Readonly<Record<number, () => number>> = {
    404: () => entries.findIndex(({ id }) => id !== undefined),
    409: () => entries.findLastIndex(({ operationType }) => operationType === "Create"),
    412: () => entries.findIndex(({ ifMatch, ifNoneMatch }) => (ifMatch ?? ifNoneMatch) !== undefined),
  };
  const index = at[refusal.status]?.();
  return index === undefined ? undefined : refusedBatch(entries.length, Math.max(index, 0), refusal);
}
