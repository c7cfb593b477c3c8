import { FIXED, queryCharge } from "../charges.ts";
import { badRequest } from "../errors.ts";
import { flagOf, H, headerOf } from "../http/headers.ts";
import { type CosmosRequest, objectBody } from "../http/request.ts";
import { isObject, type JsonObject } from "../json.ts";
import { LIMITS } from "../limits.ts";
import { parsePartitionKey } from "../partition-key.ts";
import { analyze, checkOrder } from "../query/analysis.ts";
import type { Query } from "../query/ast.ts";
import type { Row } from "../query/order.ts";
import { parseQuery } from "../query/parser.ts";
import { isWhole, type Page, runQuery } from "../query/run.ts";
import type { StoredItem } from "../storage/items.ts";
import { readToken, writeToken } from "./continuation.ts";
import { type Account, containerOf, type Operation, type Reply, secondOf } from "./operation.ts";
import { pageSize } from "./paging.ts";
import { checkRange } from "./ranges.ts";
import { checkSession } from "./session.ts";

/** POST /docs with a query. */
export const queryItems: Operation = (request, account) => {
  const { query, text } = queryOf(request);
  if (headerOf(request.headers, H.partitionKey) === undefined && !flagOf(request.headers, H.crossPartition))
    throw badRequest(`A query without ${H.partitionKey} needs ${H.crossPartition}: true.`);
  return answer(request, account, query, text);
};

/** GET /docs without A-IM: all items. */
export const readItems: Operation = (request, account) => {
  const text = "SELECT * FROM c";
  return answer(request, account, parseQuery(text, {}), text);
};

/**
 * POST /docs for a query plan. There is one partition key range and the server evaluates everything, so the plan
 * tells the SDK to merge nothing and to send the query as it is.
 */
export const planQuery: Operation = (request, account) => {
  const container = containerOf(request, account);
  checkOrder(queryOf(request).query, container.indexing);
  return { status: 200, charge: FIXED.queryPlan, container, body: PLAN };
};

const PLAN = JSON.stringify({
  partitionedQueryExecutionInfoVersion: 2,
  queryInfo: {
    distinctType: "None",
    top: null,
    offset: null,
    limit: null,
    orderBy: [],
    orderByExpressions: [],
    groupByExpressions: [],
    groupByAliases: [],
    aggregates: [],
    groupByAliasToAggregateType: {},
    rewrittenQuery: "",
    hasSelectValue: false,
    hasNonStreamingOrderBy: false,
    dCountInfo: null,
  },
  queryRanges: [{ min: "", max: "FF", isMinInclusive: true, isMaxInclusive: false }],
});

/** Reads `{query, parameters: [{name, value}]}`; `text` is the same for the same query and parameters. */
export function queryOf(request: CosmosRequest): { query: Query; text: string } {
  const { query: text, parameters = [], ...rest } = objectBody(request);
  for (const name of Object.keys(rest))
    throw badRequest(`A query's body has query and parameters, not "${name}".`);
  if (typeof text !== "string") throw badRequest('A query\'s body must be {"query": "SELECT ..."}.');
  if (parameters !== null && !Array.isArray(parameters))
    throw badRequest("A query's parameters must be an array.");
  const values: JsonObject = {};
  for (const parameter of parameters ?? []) {
    const name = isObject(parameter) ? parameter["name"] : undefined;
    const value = isObject(parameter) ? parameter["value"] : undefined;
    if (typeof name !== "string" || !/^@[A-Za-z_][A-Za-z0-9_]*$/.test(name))
      throw badRequest(`A parameter's name must look like @name, but is ${JSON.stringify(name)}.`);
    // A value of undefined is left out by JSON; the query then says which parameter is missing.
    if (value !== undefined) values[name] = value;
  }
  return { query: parseQuery(text, values), text: JSON.stringify([text, values]) };
}

function answer(request: CosmosRequest, account: Account, query: Query, text: string): Reply {
  const { headers } = request;
  const container = containerOf(request, account);
  checkSession(headers, container);
  checkRange(headers);
  checkOrder(query, container.indexing);
  const pkHeader = headerOf(headers, H.partitionKey);
  const pk = pkHeader === undefined ? undefined : parsePartitionKey(pkHeader);
  const tokenOf = [container.rid, pk ?? "", text].join("\n");
  const start = readToken(headerOf(headers, H.continuation), tokenOf);

  const filter = analyze(query.where, container.indexing);
  const goesOnBehind = isWhole(query) || query.orderBy.length > 0 ? undefined : start?.after;
  const stored = account.store.items.scan(
    container.key,
    { pk, idPrefix: filter.idPrefix, after: goesOnBehind },
    secondOf(account),
  );
  const limit = { items: pageSize(headers), bytes: LIMITS.pageBytes };
  const page = runQuery(query, filter, rowsOf(stored), start, limit);
  return {
    status: 200,
    charge: queryCharge(page.documents, page.bytes),
    container,
    headers: {
      [H.itemCount]: String(page.results.length),
      ...(page.next === undefined ? {} : { [H.continuation]: writeToken(page.next, tokenOf, headers) }),
    },
    body: bodyOf(container.rid, page),
  };
}

const bodyOf = (rid: string, { results }: Page): string =>
  `{"_rid":"${rid}","Documents":[${results.join(",")}],"_count":${results.length}}`;

function* rowsOf(stored: Iterable<StoredItem>): Generator<Row> {
  // The table holds only what versionOf wrote: objects.
  for (const { pk, id, body, size } of stored)
    yield { key: { pk, id }, item: JSON.parse(body) as JsonObject, text: body, bytes: size };
}
