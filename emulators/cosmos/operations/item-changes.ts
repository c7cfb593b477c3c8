import { changedTerms, FIXED, patchSurcharge, readCharge, replaceCharge, writeCharge } from "../charges.ts";
import { badRequest, conflict, notFound } from "../errors.ts";
import type { CosmosEvent, ItemFacts } from "../events.ts";
import { indexedTerms } from "../indexing.ts";
import type { JsonObject } from "../json.ts";
import type { PartitionKey } from "../partition-key.ts";
import type { Container } from "../storage/catalog.ts";
import type { StoredItem } from "../storage/items.ts";
import { itemId, type Slot, versionOf, withoutSystemProperties } from "./item-text.ts";
import type { Account } from "./operation.ts";
import { applyPatch, type Patch } from "./patch.ts";
import { checkPreconditions, matchesEtag, type Preconditions } from "./preconditions.ts";

/** One operation on one item, as a request of its own or within a batch. */
export type ItemOperation = { readonly pk: PartitionKey } & Preconditions &
  (
    | { readonly kind: "create" | "upsert"; readonly item: JsonObject }
    | { readonly kind: "replace"; readonly id: string; readonly item: JsonObject }
    | { readonly kind: "patch"; readonly id: string; readonly patch: Patch }
    | { readonly kind: "read" | "delete"; readonly id: string }
  );

/** What an operation did. */
export interface ItemOutcome {
  readonly status: number;
  readonly charge: number;
  readonly etag?: string;
  readonly body?: string;
  readonly event?: CosmosEvent;
}

/**
 * Applies one operation; a write must run within the store's `write`.
 * Throws CosmosError: 400, 404 (no such item), 409 (exists), 412 (a precondition is false), 413.
 */
export function applyItemOperation(
  account: Account,
  container: Container,
  operation: ItemOperation,
  slot: Slot,
): ItemOutcome {
  const { pk } = operation;
  const { items } = account.store;
  const find = (id: string): StoredItem | undefined => items.get(container.key, pk, id, slot.second);
  const existing = (id: string): StoredItem => {
    const found = find(id);
    if (found === undefined) throw notFound(`The item "${id}" in partition ${pk}`);
    return found;
  };
  const met = (before: StoredItem): StoredItem => {
    checkPreconditions(operation, before.etag);
    return before;
  };
  const facts = (id: string): ItemFacts => ({
    database: container.database.id,
    container: container.id,
    partitionKey: pk,
    id,
    lsn: slot.lsn,
  });
  const written = (type: "created" | "replaced" | "patched", { id, body }: StoredItem): CosmosEvent => ({
    type,
    ...facts(id),
    body,
  });

  const create = (item: JsonObject): ItemOutcome => {
    const { stored } = versionOf(container, pk, item, slot, undefined);
    items.put(container.key, stored);
    const { etag, body, size, terms } = stored;
    return { status: 201, etag, body, charge: writeCharge(size, terms), event: written("created", stored) };
  };
  const replace = (before: StoredItem, item: JsonObject, type: "replaced" | "patched"): ItemOutcome => {
    const { stored, terms } = versionOf(container, pk, item, slot, before.rid);
    if (stored.id !== before.id)
      throw badRequest(`The item's id "${stored.id}" must be that of the item it replaces, "${before.id}".`);
    items.put(container.key, stored);
    const changed = container.indexing.lean
      ? 0
      : changedTerms(indexedTerms(userOf(before), container.indexing), terms);
    const charge = replaceCharge(before.size, stored.size, changed);
    return { status: 200, etag: stored.etag, body: stored.body, charge, event: written(type, stored) };
  };

  switch (operation.kind) {
    case "create": {
      const id = itemId(operation.item["id"]);
      if (operation.ifMatch !== undefined)
        throw badRequest(
          "If-Match makes no sense on a create: there is no version to match. Use replace or upsert.",
        );
      if (find(id) !== undefined) throw conflict(`The item "${id}" in partition ${pk}`);
      return create(operation.item);
    }
    case "upsert": {
      const before = find(itemId(operation.item["id"]));
      return before === undefined ? create(operation.item) : replace(met(before), operation.item, "replaced");
    }
    case "replace":
      return replace(met(existing(operation.id)), operation.item, "replaced");
    case "patch": {
      const before = met(existing(operation.id));
      const { operations } = operation.patch;
      const outcome = replace(before, applyPatch(operation.patch, parsed(before)), "patched");
      return { ...outcome, charge: outcome.charge + patchSurcharge(operations.length) };
    }
    case "delete": {
      const { id, size, terms } = met(existing(operation.id));
      items.remove(container.key, pk, id);
      return { status: 204, charge: writeCharge(size, terms), event: { type: "deleted", ...facts(id) } };
    }
    case "read": {
      const { etag, body, size } = existing(operation.id);
      if (operation.ifMatch !== undefined) checkPreconditions({ ifMatch: operation.ifMatch }, etag);
      if (operation.ifNoneMatch !== undefined && matchesEtag(operation.ifNoneMatch, etag))
        return { status: 304, etag, charge: FIXED.readMissing };
      return { status: 200, etag, body, charge: readCharge(size) };
    }
  }
}

// The table holds only what versionOf wrote: an object.
const parsed = (item: StoredItem): JsonObject => JSON.parse(item.body) as JsonObject;
const userOf = (item: StoredItem): JsonObject => withoutSystemProperties(parsed(item));
