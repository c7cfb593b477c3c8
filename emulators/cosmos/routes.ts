import { CosmosError, notFound, unsupported } from "./errors.ts";
import { flagOf, H } from "./http/headers.ts";
import type { CosmosRequest } from "./http/request.ts";
import { readAccount } from "./operations/account.ts";
import { batch } from "./operations/batch.ts";
import { changeFeed } from "./operations/change-feed.ts";
import {
  createContainer,
  deleteContainer,
  readContainer,
  replaceContainer,
} from "./operations/containers.ts";
import { createDatabase, deleteDatabase, readDatabase } from "./operations/databases.ts";
import { createOrUpsertItem, deleteItem, patchItem, readItem, replaceItem } from "./operations/items.ts";
import { listContainers, listDatabases, queryContainers, queryDatabases } from "./operations/lists.ts";
import type { Operation } from "./operations/operation.ts";
import { planQuery, queryItems, readItems } from "./operations/query.ts";
import { readRanges } from "./operations/ranges.ts";

/** Every operation, by method, path (`*` for a name) and what the headers make of it. */
const ROUTES: ReadonlyMap<string, Operation> = new Map([
  ["GET /", readAccount],
  ["GET /dbs", listDatabases],
  ["POST /dbs", createDatabase],
  ["POST /dbs query", queryDatabases],
  ["GET /dbs/*", readDatabase],
  ["DELETE /dbs/*", deleteDatabase],
  ["GET /dbs/*/colls", listContainers],
  ["POST /dbs/*/colls", createContainer],
  ["POST /dbs/*/colls query", queryContainers],
  ["GET /dbs/*/colls/*", readContainer],
  ["PUT /dbs/*/colls/*", replaceContainer],
  ["DELETE /dbs/*/colls/*", deleteContainer],
  ["GET /dbs/*/colls/*/pkranges", readRanges],
  ["GET /dbs/*/colls/*/pkranges feed", readRanges],
  ["GET /dbs/*/colls/*/docs", readItems],
  ["GET /dbs/*/colls/*/docs feed", changeFeed],
  ["POST /dbs/*/colls/*/docs", createOrUpsertItem],
  ["POST /dbs/*/colls/*/docs batch", batch],
  ["POST /dbs/*/colls/*/docs plan", planQuery],
  ["POST /dbs/*/colls/*/docs query", queryItems],
  ["GET /dbs/*/colls/*/docs/*", readItem],
  ["PUT /dbs/*/colls/*/docs/*", replaceItem],
  ["PATCH /dbs/*/colls/*/docs/*", patchItem],
  ["DELETE /dbs/*/colls/*/docs/*", deleteItem],
]);

/** Kinds of resources that the service has and this server has not. */
const UNSUPPORTED: Readonly<Record<string, string>> = {
  sprocs: "stored procedures",
  triggers: "triggers",
  udfs: "user-defined functions",
  conflicts: "conflict feeds",
  attachments: "attachments",
  users: "users and permissions",
  permissions: "users and permissions",
  clientencryptionkeys: "client-side encryption",
  offers: "offers (throughput settings)",
  operations: "operations on a partition, such as its deletion",
};

/** Finds the operation that a request is for. Throws 404 or 405 if there is none, 400 if it is not supported. */
export function route(request: CosmosRequest): Operation {
  const { method, segments } = request;
  const path = `/${segments.map((segment, index) => (index % 2 === 1 ? "*" : segment)).join("/")}`;
  const operation = ROUTES.get(`${method} ${path}${variantOf(request)}`);
  if (operation !== undefined) return operation;
  for (const [index, segment] of segments.entries()) {
    const what = index % 2 === 0 && Object.hasOwn(UNSUPPORTED, segment) ? UNSUPPORTED[segment] : undefined;
    if (what !== undefined) throw unsupported(what);
  }
  if (![...ROUTES.keys()].some((key) => key.split(" ")[1] === path)) throw notFound(`The path ${path}`);
  throw new CosmosError(405, `${method}${variantOf(request)} is not possible on ${path}.`);
}

function variantOf({ method, headers }: CosmosRequest): string {
  if (method === "GET") return headers[H.aIm] === undefined ? "" : " feed";
  if (method !== "POST") return "";
  if (flagOf(headers, H.batch)) return " batch";
  if (flagOf(headers, H.queryPlan)) return " plan";
  return flagOf(headers, H.query) ? " query" : "";
}
