import type { ShownEvent } from "../../emulators/cosmos/index.ts";
import { type Effect, move, named } from "./effects.ts";
import { fieldsOf, type Lineage, orderOf } from "./lineage.ts";
import { type EndpointName, ofPartition } from "./places.ts";
import type { StoreContents } from "./store-contents.ts";

type ItemEvent = Extract<ShownEvent, { id: string }>;
type Stored = {
  readonly partitionKey: string;
  readonly id: string;
  readonly lsn?: number;
  readonly body?: string;
};

/** What an endpoint keeps in Cosmos DB, from its documents' ids: `state`, `inbox:…`, `outbox:…`, `request:…`. */
export function createCosmosPart(
  storeOf: (endpoint: EndpointName) => StoreContents,
  lineage: Lineage,
): { apply(event: ShownEvent, at: number): readonly Effect[] } {
  /** The last batch, whose other documents come next. */
  let lastWrite = "";

  function apply(event: ItemEvent, at: number): readonly Effect[] {
    const place = ofPartition(event.partitionKey);
    if (place === undefined) return [];
    const { endpoint, aggregate } = place;
    const store = storeOf(endpoint);
    const write = `${event.partitionKey} ${"lsn" in event ? event.lsn : event.id}`;
    const isFirst = write !== lastWrite;
    lastWrite = write;
    const [kind = "", ...rest] = event.id.split(":");
    const id = rest.join(":");
    const text = change(store, endpoint, aggregate, kind, id, event, at);
    if (text === undefined) return [];
    const known = lineage.about(id === "" ? undefined : id);
    const about = endpoint === "orders" ? { ...known, order: aggregate } : known;
    const from = kind === "request" ? "frontend" : (`function:${endpoint}` as const);
    const effect = { at, server: "cosmos", kind: "store", node: `store:${endpoint}`, about, text } as const;
    return [
      isFirst && event.type !== "expired"
        ? { ...effect, move: move(from, `store:${endpoint}`, "write", about) }
        : effect,
    ];
  }

  /** @returns what to say; undefined: a document that the picture does not know */
  function change(
    store: StoreContents,
    endpoint: EndpointName,
    aggregate: string,
    kind: string,
    id: string,
    event: ItemEvent,
    at: number,
  ): string | undefined {
    const isGone = event.type === "deleted" || event.type === "expired";
    const body = "body" in event ? event.body : undefined;
    const key = `${aggregate} ${id}`;
    if (kind === "outbox") {
      if (isGone) {
        const item = store.sent(key);
        return (
          item && `${endpoint} has sent ${[...item.messages.values()].join(", ")}: the outbox item is gone`
        );
      }
      return `the outbox of ${endpoint} holds ${put(store, endpoint, key, { ...event, ...(body === undefined ? {} : { body }) }, at)}`;
    }
    const list = kind === "inbox" || kind === "state" ? kind : kind === "request" ? "requests" : undefined;
    if (list === undefined) return undefined;
    if (event.type === "created") store.count(list, 1);
    if (isGone) {
      store.count(list, -1);
      store.forget(list, key);
      return event.type === "expired" ? "" : `${kind} of ${endpoint} ${aggregate} is deleted`;
    }
    store.keep(list, key, cellsOf(list, aggregate, id), body);
    if (list === "state") return `${endpoint} ${aggregate} is stored`;
    const what = named(lineage.about(id));
    return list === "inbox" ? `${endpoint} remembers ${what}` : `the request of ${what} is noted`;
  }

  function put(
    store: StoreContents,
    endpoint: EndpointName,
    key: string,
    { body = "" }: Pick<Stored, "body">,
    at: number,
  ): string {
    const outgoing = outgoingOf(body);
    for (const message of outgoing) {
      lineage.learn(message.id, { type: message.type, order: orderOf(message.body), sender: endpoint });
    }
    const order = outgoing.map((message) => orderOf(message.body)).find((found) => found !== undefined);
    const item = store.unsent(key, () => ({ since: at, order, messages: new Map(), body }));
    item.messages.clear();
    for (const { id, type } of outgoing) item.messages.set(id, type);
    item.body = body;
    return outgoing.map(({ type }) => type).join(", ") || "messages";
  }

  function restore(item: Stored): void {
    const place = ofPartition(item.partitionKey);
    if (place === undefined) return;
    const seconds = fieldsOf(item.body ?? "")["_ts"];
    const at = typeof seconds === "number" ? seconds * 1000 : 0;
    const { lsn: _, ...facts } = item;
    const [kind = "", ...rest] = item.id.split(":");
    const event = { ...facts, type: "created", database: "", container: "", lsn: 0 } as const;
    change(storeOf(place.endpoint), place.endpoint, place.aggregate, kind, rest.join(":"), event, at);
  }

  return {
    apply(event, at) {
      if (event.type === "restored") {
        for (const item of event.items) if (item.container === CONTAINER) restore(item);
        return [];
      }
      return "id" in event && event.container === CONTAINER ? apply(event, at) : [];
    },
  };
}

const CONTAINER = "endpoints";

const cellsOf = (list: "inbox" | "state" | "requests", aggregate: string, id: string) => [
  ["of", aggregate] as const,
  ...(list === "state" ? [] : [["logical id", id] as const]),
];

function outgoingOf(body: string): { readonly id: string; readonly type: string; readonly body: string }[] {
  const { outgoing } = fieldsOf(body);
  if (!Array.isArray(outgoing)) return [];
  return outgoing.map(({ id, type, body: inner }) => ({
    id: String(id),
    type: String(type),
    body: String(inner),
  }));
}
