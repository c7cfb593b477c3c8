import type { ChangedRow, SqlEvent } from "../../emulators/sql/index.ts";
import { type About, type Effect, move, named } from "./effects.ts";
import { type Lineage, orderOf } from "./lineage.ts";
import { type EndpointName, ofTable } from "./places.ts";
import type { StoreContents } from "./store-contents.ts";

/** What an endpoint keeps in SQL Server, from the rows that its transactions change. */
export function createSqlPart(
  storeOf: (endpoint: EndpointName) => StoreContents,
  lineage: Lineage,
): { apply(event: SqlEvent, at: number): readonly Effect[] } {
  function change(
    endpoint: EndpointName,
    name: string,
    row: ChangedRow,
    at: number,
  ): { text: string; about: About } {
    const store = storeOf(endpoint);
    const { values } = row;
    const id = values["MessageId"] ?? undefined;
    const aggregate = values["AggregateId"] ?? values["CustomerId"] ?? "";
    const known = lineage.about(id);
    const about = {
      ...known,
      order: values["OrderId"] ?? known.order ?? (endpoint === "orders" ? aggregate : undefined),
    };
    if (name === "Outbox") return { about, text: outbox(store, endpoint, `${aggregate} ${id}`, row, at) };
    const list = name === "Inbox" ? "inbox" : name === "Requests" ? "requests" : "state";
    const step = { inserted: 1, updated: 0, deleted: -1 }[row.change];
    // An account is there once, however many payments it has.
    if (name !== "Payments") store.count(list, step);
    const key = `${name} ${row.row}`;
    if (row.change === "deleted") store.forget(list, key);
    else store.keep(list, key, cellsOf(name, values));
    const what = `${name} of ${aggregate}`;
    const says =
      row.change === "inserted" && list === "inbox"
        ? `${endpoint} remembers ${named(about)}`
        : `${endpoint}: ${what} ${row.change}`;
    return { about, text: says };
  }

  function outbox(
    store: StoreContents,
    endpoint: EndpointName,
    key: string,
    row: ChangedRow,
    at: number,
  ): string {
    const { OutgoingId: id = "", Type: type = "", Body: body = "" } = row.values;
    if (row.change === "deleted") {
      const item = store.outbox.get(key);
      item?.messages.delete(id ?? "");
      if (item === undefined || item.messages.size === 0) store.sent(key);
      return `${endpoint} has sent ${type}: its outbox row is gone`;
    }
    const order = orderOf(body ?? "");
    lineage.learn(id ?? "", { type: type ?? "", order, sender: endpoint });
    const stored = Date.parse(`${row.values["StoredAt"] ?? ""}Z`.replace(" ", "T"));
    const since = Number.isNaN(stored) ? at : stored;
    store
      .unsent(key, () => ({ since, order, messages: new Map(), body: body ?? "" }))
      .messages.set(id ?? "", type ?? "");
    return row.change === "updated" ? "" : `the outbox of ${endpoint} holds ${type}`;
  }

  return {
    apply(event, at) {
      if (event.type !== "committed" && event.type !== "restored") return [];
      const moved = new Set<EndpointName>();
      return event.rows.flatMap((row): Effect[] => {
        const table = ofTable(row.table);
        if (table === undefined) return [];
        const { endpoint, name } = table;
        const { text, about } = change(endpoint, name, row, at);
        if (event.type === "restored") return [];
        const node = `store:${endpoint}` as const;
        const effect = { at, server: "sql", kind: "store", node, text, about } as const;
        if (moved.has(endpoint)) return [effect];
        moved.add(endpoint);
        const from = name === "Requests" ? "frontend" : `function:${endpoint}`;
        return [{ ...effect, move: move(from, node, "write", about) }];
      });
    },
  };
}

const cellsOf = (table: string, values: ChangedRow["values"]) => [
  ["table", table] as const,
  ...Object.entries(values).flatMap(([name, value]) => (value === null ? [] : [[name, value] as const])),
];
