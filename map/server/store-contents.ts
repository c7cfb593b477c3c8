import type { Contents, Item, NodeState, Row } from "../protocol.ts";
import { boundedMap } from "./bounded-map.ts";
import { MOST_ROWS } from "./waiting-lists.ts";

/** Messages that an endpoint has decided to send, and has not got rid of yet. */
export interface Unsent {
  readonly since: number;
  readonly order: string | undefined;
  /** The messages' types, by what the store calls them. */
  readonly messages: Map<string, string>;
  body: string;
}

type Kind = "inbox" | "outbox" | "state" | "requests";

/** What one endpoint keeps: counts of all, outbox items in full, and the last few of the others. */
export interface StoreContents {
  readonly outbox: ReadonlyMap<string, Unsent>;
  count(kind: Kind, change: number): void;
  keep(kind: Exclude<Kind, "outbox">, key: string, cells: Row, body?: string): void;
  forget(kind: Exclude<Kind, "outbox">, key: string): void;
  unsent(key: string, item: () => Unsent): Unsent;
  sent(key: string): Unsent | undefined;
  state(): Pick<NodeState, "counts" | "items">;
  lists(): Contents["lists"];
  clear(): void;
}

const SHOWN = 8;

export function createStoreContents(): StoreContents {
  const counts: Record<Kind, number> = { state: 0, inbox: 0, outbox: 0, requests: 0 };
  const outbox = new Map<string, Unsent>();
  const last = {
    state: boundedMap<string, Kept>(MOST_ROWS),
    inbox: boundedMap<string, Kept>(MOST_ROWS),
    requests: boundedMap<string, Kept>(MOST_ROWS),
  };

  const kept = (kind: Exclude<Kind, "outbox">): Contents["lists"][number] => ({
    name: kind,
    total: counts[kind],
    rows: [...last[kind].values()].reverse(),
  });

  return {
    outbox,
    count(kind, change) {
      counts[kind] = Math.max(0, counts[kind] + change);
    },
    keep: (kind, key, cells, body) =>
      last[kind].set(key, { key, cells, ...(body === undefined ? {} : { body }) }),
    forget: (kind, key) => void last[kind].delete(key),
    unsent(key, item) {
      const found = outbox.get(key) ?? item();
      outbox.set(key, found);
      counts.outbox = outbox.size;
      return found;
    },
    sent(key) {
      const found = outbox.get(key);
      outbox.delete(key);
      counts.outbox = outbox.size;
      return found;
    },
    state: () => ({
      counts: { ...counts },
      items: [...outbox].slice(0, SHOWN).map(([key, item]) => itemOf(key, item)),
    }),
    lists: () => [
      { name: "outbox", total: outbox.size, rows: [...outbox].slice(0, MOST_ROWS).map(outboxRow) },
      kept("inbox"),
      kept("state"),
      kept("requests"),
    ],
    clear() {
      for (const kind of Object.keys(counts) as Kind[]) counts[kind] = 0;
      outbox.clear();
      for (const each of Object.values(last)) each.clear();
    },
  };
}

type Kept = Contents["lists"][number]["rows"][number];

const itemOf = (key: string, { order, since, messages }: Unsent): Item => ({
  key,
  type: [...messages.values()].join(", "),
  status: "unsent",
  order,
  since,
});

const outboxRow = ([key, { since, messages, order, body }]: [string, Unsent]): Kept => ({
  key,
  cells: [
    ["messages", [...messages.values()].join(", ")],
    ...(order === undefined ? [] : [["order", order] as const]),
    ["since", new Date(since).toISOString()],
    ["key", key],
  ],
  body,
});
