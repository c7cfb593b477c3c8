import type { Container, ItemResponse, OperationInput, OperationResponse } from "@azure/cosmos";
import type {
  Aggregate,
  CommitResult,
  OutboxItem,
  OutboxRef,
  Store,
  Surroundings,
  Unit,
} from "../../exactly-once/contracts.ts";
import { PermanentError, TransientError } from "../../exactly-once/errors.ts";
import { refusal } from "../../exactly-once/limits.ts";
import { lazyRemoval } from "../../exactly-once/removal.ts";
import type { StoreStep } from "../steps.ts";
import {
  ids,
  outboxPrefix,
  partitionOf,
  StateDocument,
  toInboxDocument,
  toInboxRecord,
  toOutboxDocument,
  toOutboxItem,
  toRequestDocument,
  toRequestRecord,
  toStateDocument,
} from "./documents.ts";
import { chargeOf, isRefusal, statusOf, toContractError } from "./errors.ts";

export interface CosmosStoreOptions {
  /**
   * Container `endpoints`, of a client with session consistency: the fence needs a record read that is at least
   * as new as the state read before it (5).
   */
  readonly container: Container;
  readonly surroundings: Pick<Surroundings, "sleep">;
  /** Told of removals that failed; the sweeper repeats them. */
  readonly failed: (what: string, error: unknown) => void;
  /** Told of each request to the database and what it cost, in request units. */
  readonly observe?: (step: StoreStep, requestUnits: number) => void;
}

/** Sent items are deleted together, after this many milliseconds or as soon as there are so many. */
const removal = { after: 200, most: 100 };

/** The contract on Cosmos DB: a transactional batch in the aggregate's logical partition, and the fence (5). */
export function cosmosStore({
  container,
  surroundings,
  failed,
  observe = () => {},
}: CosmosStoreOptions): Store {
  /** A point read: the document, or undefined when there is none. */
  async function read(step: StoreStep, aggregate: Aggregate, id: string): Promise<unknown> {
    const partition = partitionOf(aggregate);
    let response: ItemResponse<object>;
    try {
      response = await container.item(id, partition).read<object>();
    } catch (error) {
      throw toContractError(`reading ${id} of ${partition}`, error);
    }
    observe(step, response.requestCharge);
    // 404 with a substatus (such as 1002, the session is not there yet) says nothing about the document.
    if (response.statusCode === 404 && (response.substatus ?? 0) !== 0) {
      throw new TransientError(`reading ${id} of ${partition}: 404/${response.substatus}`);
    }
    return response.resource;
  }

  async function readState(aggregate: Aggregate) {
    const document = await read("load state", aggregate, ids.state);
    if (document === undefined) return undefined;
    const { schema, state, _etag } = parsed(`state of ${partitionOf(aggregate)}`, () =>
      StateDocument.parse(document),
    );
    return { state: { schema, value: state }, version: _etag };
  }

  async function readRecord(aggregate: Aggregate, messageId: string) {
    const document = await read("load record", aggregate, ids.inbox(messageId));
    return document === undefined
      ? undefined
      : parsed(`record of ${messageId}`, () => toInboxRecord(document));
  }

  /** One that can't be read must not keep the sweeper from those behind it. */
  function readableItem(document: object): OutboxItem[] {
    try {
      return [toOutboxItem(document)];
    } catch (error) {
      failed(`an outbox item can't be read: ${JSON.stringify(document).slice(0, 200)}`, error);
      return [];
    }
  }

  /** A newer version may have written it: an error that passes once this instance is replaced. */
  function parsed<T>(what: string, parse: () => T): T {
    try {
      return parse();
    } catch (cause) {
      throw new TransientError(`${what} can't be read`, { cause });
    }
  }

  async function commit(aggregate: Aggregate, unit: Unit): Promise<CommitResult> {
    const refused = refusal(unit);
    if (refused !== undefined) return { refused };
    const operations = batchOf(aggregate, unit);
    const partition = partitionOf(aggregate);
    try {
      const { result = [], code, headers } = await container.items.batch(operations, partition);
      observe("commit", Number(headers?.["x-ms-request-charge"] ?? 0));
      return resultOf(operations, result, code ?? 0);
    } catch (error) {
      const contractError =
        error instanceof TransientError ? error : toContractError(`commit in ${partition}`, error);
      const status = statusOf(error);
      if (status !== undefined && isRefusal(status)) return { refused: contractError.message };
      throw contractError;
    }
  }

  async function removeAll(refs: readonly OutboxRef[]): Promise<void> {
    const operations = refs.map(({ aggregate, messageId }) => ({
      operationType: "Delete" as const,
      id: ids.outbox(messageId),
      partitionKey: partitionOf(aggregate),
    }));
    // It sends at once and answers a second later: nobody waits for it but `flush`.
    const results = await container.items.executeBulkOperations(operations);
    for (const { response, error, operationInput } of results) {
      observe("remove", response?.requestCharge ?? 0);
      const status = response?.statusCode ?? statusOf(error);
      // Gone is fine (9).
      if (status !== 404 && (status === undefined || status >= 400)) {
        // The SDK leaves the operation out where it could not even route it, and its error is no Error.
        const id = (operationInput as { id?: string } | undefined)?.id ?? "an outbox item";
        failed(
          `delete of ${id}`,
          new Error(`status ${status ?? "unknown"}: ${error?.message ?? "no reason given"}`),
        );
      }
    }
  }

  const lazy = lazyRemoval(
    removeAll,
    (error) => failed("delete of sent outbox items", error),
    surroundings,
    removal,
  );

  return {
    mode: "fence",

    async load(aggregate, messageId) {
      const state = await readState(aggregate);
      // After the state, never beside it (5).
      const record = await readRecord(aggregate, messageId);
      return { ...state, ...(record === undefined ? {} : { record }) };
    },

    commit,

    async outboxItem({ aggregate, messageId }) {
      const document = await read("load item", aggregate, ids.outbox(messageId));
      if (document === undefined) return undefined;
      try {
        return toOutboxItem(document);
      } catch (cause) {
        throw new PermanentError(`outbox item ${messageId} of ${partitionOf(aggregate)} can't be read`, {
          cause,
        });
      }
    },

    remove: lazy.remove,
    flush: lazy.flush,

    async *pending({ since, until }, pageSize) {
      const query = {
        query: "SELECT * FROM c WHERE STARTSWITH(c.id, @prefix) AND (c._ts < @since OR c._ts > @until)",
        parameters: [
          { name: "@prefix", value: outboxPrefix },
          { name: "@since", value: Math.floor(since / 1000) },
          { name: "@until", value: Math.ceil(until / 1000) },
        ],
      };
      const pages = container.items.query<object>(query, { maxItemCount: pageSize });
      while (pages.hasMoreResults()) {
        const page = await pages.fetchNext().catch((error: unknown) => {
          throw toContractError("query of pending outbox items", error);
        });
        observe("pending", page.requestCharge);
        const items = (page.resources ?? []).flatMap(readableItem);
        if (items.length > 0) yield items;
      }
    },

    state: async (aggregate) => (await readState(aggregate))?.state,

    async createRequest(aggregate, id, request, keepFor) {
      try {
        const { requestCharge } = await container.items.create(
          toRequestDocument(aggregate, id, request, keepFor),
        );
        observe("create request", requestCharge);
        return "created";
      } catch (error) {
        if (statusOf(error) !== 409)
          throw toContractError(`request record of ${partitionOf(aggregate)}`, error);
        observe("create request", chargeOf(error));
      }
      const existing = await read("load request", aggregate, ids.request(id));
      // It expired between the two calls: the next try creates it.
      if (existing === undefined) throw new TransientError(`request record ${id} was there and is gone`);
      return toRequestRecord(existing);
    },

    async request(aggregate, id) {
      const request = await read("load request", aggregate, ids.request(id));
      const record = await readRecord(aggregate, id);
      return {
        ...(request === undefined ? {} : { request: toRequestRecord(request) }),
        ...(record === undefined ? {} : { record }),
      };
    },
  };
}

/** The record comes first, so that of several reasons to fail "duplicate" is the one reported. */
function batchOf(aggregate: Aggregate, unit: Unit): OperationInput[] {
  const { messageId, outgoing, version } = unit;
  // The SDK's type for bodies wants an index signature, which a plain object type has only after a copy.
  const create = (resourceBody: object): OperationInput => ({
    operationType: "Create",
    resourceBody: { ...resourceBody },
  });
  const state = { ...toStateDocument(aggregate, unit) };
  return [
    create(toInboxDocument(aggregate, unit)),
    ...(outgoing.length === 0 ? [] : [create(toOutboxDocument(aggregate, messageId, outgoing))]),
    version === undefined
      ? create(state)
      : ({
          operationType: "Replace",
          id: ids.state,
          ifMatch: version,
          resourceBody: state,
        } as OperationInput),
  ];
}

/** The SDK does not throw when a batch was refused: the operations' own statuses tell why. */
function resultOf(
  operations: readonly OperationInput[],
  results: readonly OperationResponse[],
  code: number,
): CommitResult {
  const failed = results.findIndex(({ statusCode }) => statusCode >= 400 && statusCode !== 424);
  if (failed === -1) {
    if (code === 200 && results.length === operations.length) return "committed";
    throw new TransientError(`commit: unexpected answer ${code} with ${results.length} results`);
  }
  const status = results[failed]?.statusCode ?? 0;
  const isState = failed === operations.length - 1;
  if (status === 409) return isState ? "conflict" : "duplicate";
  // 404: a replace of a state that is no longer there.
  if (isState && (status === 412 || status === 404)) return "conflict";
  if (isRefusal(status))
    return { refused: `operation ${failed + 1} of the commit was refused with ${status}` };
  throw new TransientError(`commit: operation ${failed + 1} failed with ${status}`);
}
