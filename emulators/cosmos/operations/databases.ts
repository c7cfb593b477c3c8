import { FIXED } from "../charges.ts";
import { resourceId } from "../definition.ts";
import { conflict } from "../errors.ts";
import { H } from "../http/headers.ts";
import { objectBody } from "../http/request.ts";
import type { JsonObject } from "../json.ts";
import type { Database } from "../storage/catalog.ts";
import { etagOf } from "./item-text.ts";
import { databaseOf, type Operation, type Reply, secondOf } from "./operation.ts";
import { checkPreconditions, preconditionsOf } from "./preconditions.ts";

/** POST /dbs. A throughput is accepted and has no effect: this server never throttles. */
export const createDatabase: Operation = (request, account) => {
  const id = resourceId(objectBody(request));
  const { catalog } = account.store;
  if (catalog.database(id) !== undefined) throw conflict(`The database "${id}"`);
  const second = secondOf(account);
  const row = { id, ts: second, etag: etagOf({ lsn: 0, ordinal: 0, second }, 0) };
  const database = account.store.atomically(() => catalog.createDatabase(row));
  account.store.afterCommit(() => account.emit({ type: "database", action: "created", database: id }));
  return replyOf(201, FIXED.metadataWrite, database);
};

/** GET /dbs/{id} */
export const readDatabase: Operation = (request, account) =>
  replyOf(200, FIXED.metadataRead, databaseOf(request, account));

/** DELETE /dbs/{id}: with all its containers. */
export const deleteDatabase: Operation = (request, account) => {
  const database = databaseOf(request, account);
  checkPreconditions(preconditionsOf(request.headers), database.etag);
  account.store.atomically(() => account.store.catalog.removeDatabase(database));
  account.store.afterCommit(() =>
    account.emit({ type: "database", action: "deleted", database: database.id }),
  );
  return { status: 204, charge: FIXED.metadataWrite };
};

/** A database as its reader sees it. */
export const databaseResource = ({ id, rid, etag, ts }: Database): JsonObject => ({
  id,
  _rid: rid,
  _self: `dbs/${rid}/`,
  _etag: etag,
  _colls: "colls/",
  _users: "users/",
  _ts: ts,
});

const replyOf = (status: number, charge: number, database: Database): Reply => ({
  status,
  charge,
  headers: { [H.etag]: database.etag },
  body: JSON.stringify(databaseResource(database)),
});
