import { notFound } from "../errors.ts";
import type { CosmosEvent } from "../events.ts";
import type { CosmosRequest } from "../http/request.ts";
import type { Container, Database } from "../storage/catalog.ts";
import type { Store } from "../storage/store.ts";

/** What every operation works with. */
export interface Account {
  readonly store: Store;
  /** Milliseconds since 1970. */
  now(): number;
  emit(event: CosmosEvent): void;
}

/** An operation's answer, before the headers that all answers carry. */
export interface Reply {
  readonly status: number;
  /** Request units. */
  readonly charge: number;
  /** JSON text; none for 204 and 304. */
  readonly body?: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** The container that it is about: the answer then names it and carries a session token. */
  readonly container?: Container;
}

/** One entry of the routing table. Refusals are thrown as CosmosError. */
export type Operation = (request: CosmosRequest, account: Account) => Reply;

export const secondOf = (account: Account): number => Math.floor(account.now() / 1000);

/** The database that a path names, by id or by resource id. */
export function databaseOf({ segments }: CosmosRequest, { store }: Account): Database {
  const name = segments[1] ?? "";
  const database =
    store.catalog.database(name) ??
    [...store.catalog.databases()].find((candidate) => candidate.rid === name);
  if (database === undefined) throw notFound(`The database "${name}"`);
  return database;
}

/** The container that a path names, by ids or by resource ids. */
export function containerOf(request: CosmosRequest, account: Account): Container {
  const database = databaseOf(request, account);
  const name = request.segments[3] ?? "";
  const container =
    database.containers.get(name) ??
    [...database.containers.values()].find((candidate) => candidate.rid === name);
  if (container === undefined) throw notFound(`The container "${name}" in database "${database.id}"`);
  return container;
}
