import { badRequest, unsupported } from "./errors.ts";
import { compileIndexing, DEFAULT_INDEXING, type IndexingPolicy } from "./indexing.ts";
import { isObject, type Json, type JsonObject } from "./json.ts";
import { LIMITS } from "./limits.ts";
import { parsePath } from "./partition-key.ts";

/** What a container was created with, as its reader gets it back. */
export interface ContainerDefinition {
  readonly id: string;
  readonly indexingPolicy: JsonObject;
  readonly partitionKey: JsonObject;
  readonly defaultTtl?: number;
}

/** Properties that say nothing when empty; anything in them is refused by name. */
const HARMLESS_WHEN_EMPTY = [
  "uniqueKeyPolicy",
  "computedProperties",
  "vectorEmbeddingPolicy",
  "fullTextPolicy",
];
/** Properties that a reader gets back and may send again; the server sets its own. */
const READ_BACK = ["_rid", "_self", "_etag", "_ts", "_docs", "_sprocs", "_triggers", "_udfs", "_conflicts"];

/** Reads the body of a container's creation or replacement. Throws 400 for what this server cannot keep. */
export function parseDefinition(body: JsonObject): ContainerDefinition {
  for (const name of Object.keys(body)) check(name, body[name] ?? null);
  const id = resourceId(body);
  const { partitionKey, indexingPolicy = {}, defaultTtl } = body;
  const merged = { ...DEFAULT_INDEXING, ...objectOf(indexingPolicy, "indexingPolicy") };
  compileIndexing(merged);
  return {
    id,
    indexingPolicy: merged,
    partitionKey: parsePartitionKeyDefinition(partitionKey),
    ...(defaultTtl === undefined || defaultTtl === null
      ? {}
      : { defaultTtl: parseTtl(defaultTtl, "defaultTtl") }),
  };
}

/** The parts of a definition that every request needs. */
export const compileDefinition = (
  definition: ContainerDefinition,
): { definition: ContainerDefinition; partitionPath: string[]; indexing: IndexingPolicy } => ({
  definition,
  partitionPath: parsePath(partitionPathOf(definition.partitionKey)),
  indexing: compileIndexing(definition.indexingPolicy),
});

function check(name: string, value: Json): void {
  const known = ["id", "partitionKey", "indexingPolicy", "defaultTtl", ...READ_BACK];
  if (known.includes(name) || value === null) return;
  if (HARMLESS_WHEN_EMPTY.includes(name) && isEmpty(value)) return;
  if (name === "conflictResolutionPolicy" && isObject(value) && value["mode"] !== "Custom") return;
  if (name === "geospatialConfig" && isObject(value) && value["type"] === "Geography") return;
  throw unsupported(`the container property "${name}": ${JSON.stringify(value).slice(0, 200)}`);
}

/** True for [], {}, and objects whose properties are all empty. */
const isEmpty = (value: Json): boolean =>
  Array.isArray(value) ? value.length === 0 : isObject(value) && Object.values(value).every(isEmpty);

function parsePartitionKeyDefinition(value: Json | undefined): JsonObject {
  if (!isObject(value))
    throw badRequest('A container needs a partitionKey such as {"paths": ["/partition"]}.');
  const { paths, kind = "Hash", version = 2, ...rest } = value;
  if (!Array.isArray(paths) || paths.length === 0 || !paths.every((path) => typeof path === "string"))
    throw badRequest('partitionKey.paths must be an array of one path such as "/partition".');
  if (paths.length > 1 || kind === "MultiHash") throw unsupported("hierarchical partition keys");
  if (kind !== "Hash") throw unsupported(`partitionKey.kind ${JSON.stringify(kind)}`);
  for (const name of Object.keys(rest))
    if (name !== "systemKey" || rest[name] === true) throw unsupported(`partitionKey.${name}`);
  const definition = { paths, kind, version };
  parsePath(partitionPathOf(definition));
  return definition;
}

function partitionPathOf(partitionKey: JsonObject): string {
  const [path] = Array.isArray(partitionKey["paths"]) ? partitionKey["paths"] : [];
  return typeof path === "string" ? path : "";
}

/** A database's or container's id. Throws 400 if it is none. */
export function resourceId(body: JsonObject): string {
  const id = body["id"];
  if (typeof id !== "string" || id === "") throw badRequest('The "id" must be a non-empty string.');
  if (id.length > LIMITS.resourceIdChars || /[/\\?#]|\s$|\p{Surrogate}/u.test(id))
    throw badRequest(
      `The id "${id.slice(0, 100)}" must have at most ${LIMITS.resourceIdChars} characters, without / \\ ? # and without a space at its end.`,
    );
  return id;
}

/** A ttl in seconds, or -1 for never. Throws 400 for 0 and anything else. */
export function parseTtl(value: Json, name: string): number {
  if (
    typeof value !== "number" ||
    !Number.isInteger(value) ||
    value === 0 ||
    value < -1 ||
    value > LIMITS.ttlSeconds
  )
    throw badRequest(
      `${name} must be -1 or a whole number of seconds from 1 to ${LIMITS.ttlSeconds}, but is ${JSON.stringify(value)}.`,
    );
  return value;
}

function objectOf(value: Json, name: string): JsonObject {
  if (!isObject(value)) throw badRequest(`${name} must be an object.`);
  return value;
}
