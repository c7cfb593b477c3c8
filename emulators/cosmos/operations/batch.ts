import { FIXED } from "../charges.ts";
import { badRequest, CosmosError, tooLarge } from "../errors.ts";
import { flagOf, H, headerOf } from "../http/headers.ts";
import { type CosmosRequest, jsonBody } from "../http/request.ts";
import type { Json } from "../json.ts";
import { LIMITS } from "../limits.ts";
import type { PartitionKey } from "../partition-key.ts";
import type { Container } from "../storage/catalog.ts";
import { parseEntry } from "./batch-entry.ts";
import { applyItemOperation, type ItemOutcome } from "./item-changes.ts";
import { partitionKeyOf, wantsMinimal } from "./items.ts";
import { type Account, containerOf, type Operation, type Reply, secondOf } from "./operation.ts";
import { checkRange } from "./ranges.ts";

/** One operation's result: done, refused, or (undefined) not tried because another one was refused. */
type Result = ItemOutcome | CosmosError | undefined;

/** POST /docs with a list of operations: a transactional batch in one partition, or a bulk request. */
export const batch: Operation = (request, account) => {
  const container = containerOf(request, account);
  checkRange(request.headers);
  if (request.body.length > LIMITS.batchBytes)
    throw tooLarge("The batch", request.body.length, LIMITS.batchBytes);
  const entries = jsonBody(request);
  if (!Array.isArray(entries) || entries.length === 0)
    throw badRequest("A batch must be an array of operations with at least one.");
  if (entries.length > LIMITS.batchOperations)
    throw badRequest(`A batch has at most ${LIMITS.batchOperations} operations, not ${entries.length}.`);
  const results = flagOf(request.headers, H.batchAtomic)
    ? atomic(account, container, entries, partitionKeyOf(request))
    : bulk(account, container, entries, continues(request));
  for (const result of results) {
    const event = result instanceof CosmosError ? undefined : result?.event;
    if (event !== undefined) account.store.afterCommit(() => account.emit(event));
  }
  return replyOf(results, container, wantsMinimal(request));
};

/** All or nothing, under one number of the container's history. */
function atomic(account: Account, container: Container, entries: Json[], pk: PartitionKey): Result[] {
  const results: Result[] = [];
  const second = secondOf(account);
  try {
    account.store.write(container, (lsn) => {
      for (const [ordinal, entry] of entries.entries())
        results.push(applyItemOperation(account, container, parseEntry(entry, pk), { lsn, ordinal, second }));
    });
    return results;
  } catch (error) {
    if (!(error instanceof CosmosError)) throw error;
    return refusedAt(results.length, entries.length, error);
  }
}

const refusedAt = (failed: number, count: number, error: CosmosError): Result[] =>
  Array.from({ length: count }, (_, index) => (index === failed ? error : undefined));

/** What a batch of `count` operations is answered when the one at `index` is refused. */
export const refusedBatch = (count: number, index: number, error: CosmosError): Reply =>
  replyOf(refusedAt(index, count, error), undefined, false);

/** Each operation on its own. */
function bulk(account: Account, container: Container, entries: Json[], continueOnError: boolean): Result[] {
  const second = secondOf(account);
  let stopped = false;
  return entries.map((entry): Result => {
    if (stopped) return undefined;
    try {
      return account.store.write(container, (lsn) =>
        applyItemOperation(account, container, parseEntry(entry, undefined), { lsn, ordinal: 0, second }),
      );
    } catch (error) {
      if (!(error instanceof CosmosError)) throw error;
      stopped = !continueOnError;
      return error;
    }
  });
}

const continues = ({ headers }: CosmosRequest): boolean =>
  headerOf(headers, H.batchContinueOnError) === undefined || flagOf(headers, H.batchContinueOnError);

function replyOf(results: readonly Result[], container: Container | undefined, minimal: boolean): Reply {
  const texts = results.map((result) => resultText(result, minimal));
  const charge = results.reduce((sum, result) => sum + chargeOf(result), 0);
  const allDone = results.every((result) => result !== undefined && !(result instanceof CosmosError));
  return {
    status: allDone ? 200 : 207,
    charge,
    ...(container === undefined ? {} : { container }),
    body: `[${texts.join(",")}]`,
  };
}

const chargeOf = (result: Result): number =>
  result === undefined ? 0 : result instanceof CosmosError ? FIXED.rejectedWrite : result.charge;

function resultText(result: Result, minimal: boolean): string {
  if (result === undefined) return '{"statusCode":424,"requestCharge":0}';
  const requestCharge = chargeOf(result);
  if (result instanceof CosmosError) {
    const { status: statusCode, substatus: subStatusCode, message } = result;
    return JSON.stringify({ statusCode, subStatusCode, requestCharge, message });
  }
  const { status: statusCode, etag: eTag, body } = result;
  const head = JSON.stringify({ statusCode, eTag, requestCharge });
  return body === undefined || minimal ? head : `${head.slice(0, -1)},"resourceBody":${body}}`;
}
