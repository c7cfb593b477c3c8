import type { Contents, Row } from "../protocol.ts";
import { isDeadLetterQueue } from "./places.ts";
import type { Held, QueueContents } from "./queue-contents.ts";

/** Rows of a list that the page is given. */
export const MOST_ROWS = 200;

/** A queue's messages as a table. */
export const listed = (entity: string, contents: QueueContents): Contents["lists"][number] => ({
  name: entity,
  total: contents.size,
  rows: contents.first(MOST_ROWS).map((held) => ({
    key: `${entity}#${held.sequence}`,
    cells: cellsOf(held),
    body: held.body,
    ...replayOf(entity, held),
  })),
});

function cellsOf(held: Held): Row {
  const { properties } = held;
  const reason = properties["quarantineReason"] ?? properties["DeadLetterReason"];
  const description = properties["quarantineDescription"] ?? properties["DeadLetterErrorDescription"];
  const cells: [string, string | undefined][] = [
    ["type", held.type],
    ["order", held.order],
    ["state", held.status],
    ["deliveries", String(held.delivery)],
    ["copy", held.copy > 1 ? String(held.copy) : undefined],
    ["session", held.session],
    ["since", new Date(held.since).toISOString()],
    ["reason", text(reason)],
    ["description", text(description)],
    ["logical id", held.message],
  ];
  return cells.flatMap(([name, value]) => (value === undefined ? [] : [[name, value] as const]));
}

const text = (value: unknown): string | undefined => (value === undefined ? undefined : String(value));

/** Messages that wait for an operator: those that stopped. */
const replayOf = (entity: string, { message }: Held) =>
  message !== undefined && (isDeadLetterQueue(entity) || entity === "quarantine")
    ? { replay: { place: entity, logicalId: message } }
    : {};
