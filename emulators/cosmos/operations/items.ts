import { badRequest } from "../errors.ts";
import { flagOf, H, headerOf } from "../http/headers.ts";
import { type CosmosRequest, jsonBody, objectBody } from "../http/request.ts";
import { type PartitionKey, parsePartitionKey } from "../partition-key.ts";
import type { Container } from "../storage/catalog.ts";
import { applyItemOperation, type ItemOperation, type ItemOutcome } from "./item-changes.ts";
import { type Account, containerOf, type Operation, type Reply, secondOf } from "./operation.ts";
import { parsePatch } from "./patch.ts";
import { preconditionsOf } from "./preconditions.ts";
import { checkSession } from "./session.ts";

/** POST /docs */
export const createOrUpsertItem: Operation = (request, account) =>
  change(request, account, () => ({
    kind: flagOf(request.headers, H.upsert) ? "upsert" : "create",
    item: objectBody(request),
    ...common(request),
  }));

/** PUT /docs/{id} */
export const replaceItem: Operation = (request, account) =>
  change(request, account, () => ({
    kind: "replace",
    id: idOf(request),
    item: objectBody(request),
    ...common(request),
  }));

/** PATCH /docs/{id} */
export const patchItem: Operation = (request, account) =>
  change(request, account, () => ({
    kind: "patch",
    id: idOf(request),
    patch: parsePatch(jsonBody(request)),
    ...common(request),
  }));

/** DELETE /docs/{id} */
export const deleteItem: Operation = (request, account) =>
  change(request, account, () => ({ kind: "delete", id: idOf(request), ...common(request) }));

/** GET /docs/{id} */
export const readItem: Operation = (request, account) => {
  const container = containerOf(request, account);
  checkSession(request.headers, container);
  const operation: ItemOperation = { kind: "read", id: idOf(request), ...common(request) };
  const slot = { lsn: container.lsn, ordinal: 0, second: secondOf(account) };
  return replyOf(applyItemOperation(account, container, operation, slot), container, false);
};

/** The partition key that a request on one partition must name. */
export function partitionKeyOf(request: CosmosRequest): PartitionKey {
  const text = headerOf(request.headers, H.partitionKey);
  if (text === undefined)
    throw badRequest(
      `The header ${H.partitionKey} is missing: name the item's partition key, such as ["a"].`,
    );
  return parsePartitionKey(text);
}

/** True if a writer wants no item back. */
export const wantsMinimal = (request: CosmosRequest): boolean =>
  headerOf(request.headers, H.prefer)?.toLowerCase() === "return=minimal";

const idOf = ({ segments }: CosmosRequest): string => segments[5] ?? "";

const common = (request: CosmosRequest) => ({
  pk: partitionKeyOf(request),
  ...preconditionsOf(request.headers),
});

function change(request: CosmosRequest, account: Account, parse: () => ItemOperation): Reply {
  const container = containerOf(request, account);
  const operation = parse();
  const outcome = account.store.write(container, (lsn) =>
    applyItemOperation(account, container, operation, { lsn, ordinal: 0, second: secondOf(account) }),
  );
  const { event } = outcome;
  if (event !== undefined) account.store.afterCommit(() => account.emit(event));
  return replyOf(outcome, container, wantsMinimal(request));
}

function replyOf({ status, charge, etag, body }: ItemOutcome, container: Container, minimal: boolean): Reply {
  return {
    status,
    charge,
    container,
    ...(etag === undefined ? {} : { headers: { [H.etag]: etag } }),
    ...(body === undefined || minimal ? {} : { body }),
  };
}
