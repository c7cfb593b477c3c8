import { FIXED, queryCharge } from "../charges.ts";
import type { CosmosRequest } from "../http/request.ts";
import type { JsonObject } from "../json.ts";
import type { Query } from "../query/ast.ts";
import type { Row } from "../query/order.ts";
import { runQuery } from "../query/run.ts";
import { containerResource } from "./containers.ts";
import { databaseResource } from "./databases.ts";
import { type Account, databaseOf, type Operation, type Reply } from "./operation.ts";
import { queryOf } from "./query.ts";

/** GET /dbs */
export const listDatabases: Operation = (_request, account) => list("Databases", "", databases(account));

/** POST /dbs with a query */
export const queryDatabases: Operation = (request, account) =>
  query(request, "Databases", "", databases(account));

/** GET /dbs/{id}/colls */
export const listContainers: Operation = (request, account) =>
  list("DocumentCollections", databaseOf(request, account).rid, containers(request, account));

/** POST /dbs/{id}/colls with a query */
export const queryContainers: Operation = (request, account) =>
  query(request, "DocumentCollections", databaseOf(request, account).rid, containers(request, account));

const databases = ({ store }: Account): JsonObject[] => [...store.catalog.databases()].map(databaseResource);

const containers = (request: CosmosRequest, account: Account): JsonObject[] =>
  [...databaseOf(request, account).containers.values()].map(containerResource);

const list = (name: string, rid: string, resources: readonly JsonObject[]): Reply => ({
  status: 200,
  charge: FIXED.metadataRead,
  body: JSON.stringify({ _rid: rid, [name]: resources, _count: resources.length }),
});

/** There are few: one page holds all. */
function query(request: CosmosRequest, name: string, rid: string, resources: readonly JsonObject[]): Reply {
  const parsed: Query = queryOf(request).query;
  const filter = { indexed: [], rest: parsed.where === undefined ? [] : [parsed.where], idPrefix: undefined };
  const rows: Row[] = resources.map((item) => {
    const text = JSON.stringify(item);
    return { key: { pk: "", id: String(item["id"]) }, item, text, bytes: text.length };
  });
  const limit = { items: Number.POSITIVE_INFINITY, bytes: Number.POSITIVE_INFINITY };
  const { results, documents, bytes } = runQuery(parsed, filter, rows, undefined, limit);
  return {
    status: 200,
    charge: queryCharge(documents, bytes),
    body: `{"_rid":"${rid}","${name}":[${results.join(",")}],"_count":${results.length}}`,
  };
}
