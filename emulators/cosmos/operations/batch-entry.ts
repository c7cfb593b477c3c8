import { badRequest, unsupported } from "../errors.ts";
import { isObject, type Json, type JsonObject } from "../json.ts";
import { type PartitionKey, parsePartitionKey } from "../partition-key.ts";
import type { ItemOperation } from "./item-changes.ts";
import { parsePatch } from "./patch.ts";

const KINDS: Readonly<Record<string, ItemOperation["kind"]>> = {
  Create: "create",
  Upsert: "upsert",
  Read: "read",
  Delete: "delete",
  Replace: "replace",
  Patch: "patch",
};
const KNOWN = [
  "operationType",
  "id",
  "partitionKey",
  "resourceBody",
  "ifMatch",
  "ifNoneMatch",
  "resourceType",
];

/** Reads one operation of a batch; `batchKey` is the one partition that a transactional batch may touch. */
export function parseEntry(entry: Json, batchKey: PartitionKey | undefined): ItemOperation {
  if (!isObject(entry)) throw badRequest("An operation of a batch must be an object.");
  for (const name of Object.keys(entry))
    if (!KNOWN.includes(name)) throw unsupported(`the batch property "${name}"`);
  const { operationType, id, partitionKey, resourceBody = null } = entry;
  const kind =
    typeof operationType === "string" && Object.hasOwn(KINDS, operationType)
      ? KINDS[operationType]
      : undefined;
  if (kind === undefined) throw unsupported(`the batch operation ${JSON.stringify(operationType)}`);

  const ownKey = partitionKey === undefined ? undefined : parsePartitionKey(textOf(partitionKey));
  const pk = ownKey ?? batchKey;
  if (pk === undefined) throw badRequest("An operation of a bulk request must name its partitionKey.");
  if (batchKey !== undefined && pk !== batchKey)
    throw badRequest(
      `The operation names partition ${pk}, but the batch is for ${batchKey}: a batch has one partition.`,
    );

  const base = {
    pk,
    ifMatch: optionalText(entry, "ifMatch"),
    ifNoneMatch: optionalText(entry, "ifNoneMatch"),
  };
  if (kind === "create" || kind === "upsert") return { kind, item: itemOf(resourceBody), ...base };
  if (typeof id !== "string") throw badRequest(`The batch operation "${operationType}" needs an id.`);
  if (kind === "replace") return { kind, id, item: itemOf(resourceBody), ...base };
  if (kind === "patch") return { kind, id, patch: parsePatch(resourceBody), ...base };
  return { kind, id, ...base };
}

/** SDKs send the key as the text of a JSON array; a plain array is taken, too. */
const textOf = (partitionKey: Json): string =>
  typeof partitionKey === "string" ? partitionKey : JSON.stringify(partitionKey);

function itemOf(value: Json): JsonObject {
  if (!isObject(value)) throw badRequest("The operation's resourceBody must be an object.");
  return value;
}

function optionalText(entry: JsonObject, name: string): string | undefined {
  const value = entry[name];
  if (value !== undefined && typeof value !== "string")
    throw badRequest(`The operation's ${name} must be a text.`);
  return value;
}
