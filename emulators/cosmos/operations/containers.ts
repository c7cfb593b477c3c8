import { FIXED } from "../charges.ts";
import { type ContainerDefinition, parseDefinition } from "../definition.ts";
import { badRequest, conflict } from "../errors.ts";
import { H } from "../http/headers.ts";
import { objectBody } from "../http/request.ts";
import type { JsonObject } from "../json.ts";
import type { Container } from "../storage/catalog.ts";
import { etagOf } from "./item-text.ts";
import { type Account, containerOf, databaseOf, type Operation, type Reply, secondOf } from "./operation.ts";
import { checkPreconditions, preconditionsOf } from "./preconditions.ts";

/** POST /dbs/{id}/colls */
export const createContainer: Operation = (request, account) => {
  const database = databaseOf(request, account);
  const definition = parseDefinition(objectBody(request));
  if (database.containers.has(definition.id))
    throw conflict(`The container "${definition.id}" in database "${database.id}"`);
  const { catalog } = account.store;
  const container = account.store.atomically(() =>
    catalog.createContainer(database, rowOf(account, definition, 0)),
  );
  tell(account, container, "created");
  return replyOf(201, FIXED.metadataWrite, container);
};

/** GET /dbs/{id}/colls/{id} */
export const readContainer: Operation = (request, account) =>
  replyOf(200, FIXED.metadataRead, containerOf(request, account));

/** PUT /dbs/{id}/colls/{id}: all but id and partition key may change. */
export const replaceContainer: Operation = (request, account) => {
  const before = containerOf(request, account);
  checkPreconditions(preconditionsOf(request.headers), before.etag);
  const definition = parseDefinition(objectBody(request));
  if (definition.id !== before.id) throw badRequest(`The id of container "${before.id}" cannot change.`);
  if (JSON.stringify(definition.partitionKey) !== JSON.stringify(before.definition.partitionKey))
    throw badRequest(`The partition key of container "${before.id}" cannot change.`);
  const { catalog, items } = account.store;
  // Its history goes on, so that no etag repeats; items keep theirs.
  const version = Number.parseInt(before.etag.slice(10, 14), 16) + 1;
  const container = account.store.atomically(() => {
    items.setDefaultTtl(before.key, definition.defaultTtl);
    return catalog.replaceContainer(before, rowOf(account, definition, version));
  });
  tell(account, container, "replaced");
  return replyOf(200, FIXED.metadataWrite, container);
};

/** DELETE /dbs/{id}/colls/{id} */
export const deleteContainer: Operation = (request, account) => {
  const container = containerOf(request, account);
  checkPreconditions(preconditionsOf(request.headers), container.etag);
  account.store.atomically(() => account.store.catalog.removeContainer(container));
  tell(account, container, "deleted");
  return { status: 204, charge: FIXED.metadataWrite };
};

/** A container as its reader sees it. */
export function containerResource({ definition, rid, database, etag, ts }: Container): JsonObject {
  const { id, indexingPolicy, partitionKey, defaultTtl } = definition;
  return {
    id,
    indexingPolicy,
    partitionKey,
    ...(defaultTtl === undefined ? {} : { defaultTtl }),
    conflictResolutionPolicy: {
      mode: "LastWriterWins",
      conflictResolutionPath: "/_ts",
      conflictResolutionProcedure: "",
    },
    geospatialConfig: { type: "Geography" },
    _rid: rid,
    _ts: ts,
    _self: `dbs/${database.rid}/colls/${rid}/`,
    _etag: etag,
    _docs: "docs/",
    _sprocs: "sprocs/",
    _triggers: "triggers/",
    _udfs: "udfs/",
    _conflicts: "conflicts/",
  };
}

function rowOf(account: Account, definition: ContainerDefinition, version: number) {
  const second = secondOf(account);
  return { definition, ts: second, etag: etagOf({ lsn: 0, ordinal: version, second }, 0) };
}

const tell = (
  account: Account,
  { id, database }: Container,
  action: "created" | "replaced" | "deleted",
): void =>
  account.store.afterCommit(() =>
    account.emit({ type: "container", action, database: database.id, container: id }),
  );

const replyOf = (status: number, charge: number, container: Container): Reply => ({
  status,
  charge,
  container,
  headers: { [H.etag]: container.etag },
  body: JSON.stringify(containerResource(container)),
});
