import { z } from "zod";
import type {
  Aggregate,
  InboxRecord,
  OutboxItem,
  Outgoing,
  RequestRecord,
} from "../../exactly-once/contracts.ts";
import type { Row } from "./client.ts";

/** What the rows of the store's own tables are, and how they become what the contract speaks of. */

const Time = z.date().transform((date) => date.getTime());

const InboxRow = z.object({
  CreatedAt: Time,
  Status: z.enum(["accepted", "rejected"]),
  Reason: z.string().nullable(),
});

const RequestRow = z.object({ Hash: z.string(), CreatedAt: Time });

const OutboxRow = z.object({
  AggregateId: z.string(),
  MessageId: z.string(),
  OutgoingId: z.string(),
  Type: z.string(),
  Schema: z.int(),
  CreatedAt: Time,
  Destination: z.string(),
  SessionId: z.string().nullable(),
  TraceParent: z.string().nullable(),
  TraceState: z.string().nullable(),
  Body: z.string(),
  StoredAt: Time,
});

export function toInboxRecord(row: Row): InboxRecord {
  const { CreatedAt: createdAt, Status: status, Reason: reason } = InboxRow.parse(row);
  const outcome = status === "accepted" ? { status } : { status, reason: reason ?? "" };
  return { createdAt, outcome };
}

export function toRequestRecord(row: Row): RequestRecord {
  const { Hash: hash, CreatedAt: createdAt } = RequestRow.parse(row);
  return { hash, createdAt };
}

/** @param rows of one item or several, those of one item in a row and in their order */
export function toOutboxItems(endpoint: string, rows: readonly Row[]): OutboxItem[] {
  const items: (OutboxItem & { readonly outgoing: Outgoing[] })[] = [];
  for (const row of rows.map((each) => OutboxRow.parse(each))) {
    const last = items.at(-1);
    const aggregate: Aggregate = { endpoint, id: row.AggregateId };
    if (last?.messageId === row.MessageId && last.aggregate.id === aggregate.id) {
      last.outgoing.push(toOutgoing(row));
    } else {
      const { MessageId: messageId, StoredAt: storedAt } = row;
      items.push({ aggregate, messageId, outgoing: [toOutgoing(row)], storedAt });
    }
  }
  return items;
}

function toOutgoing(row: z.infer<typeof OutboxRow>): Outgoing {
  const { SessionId: sessionId, TraceParent: traceparent, TraceState: tracestate } = row;
  return {
    id: row.OutgoingId,
    type: row.Type,
    schema: row.Schema,
    createdAt: row.CreatedAt,
    destination: row.Destination,
    ...(sessionId === null ? {} : { sessionId }),
    ...(traceparent === null
      ? {}
      : { trace: { traceparent, ...(tracestate === null ? {} : { tracestate }) } }),
    body: row.Body,
  };
}

/** The outgoing messages as the JSON that a commit's OPENJSON reads. */
export const outgoingJson = (outgoing: readonly Outgoing[]): string =>
  JSON.stringify(
    outgoing.map(({ trace, createdAt, ...message }, ordinal) => ({
      ...message,
      ...trace,
      ordinal,
      // datetime2 has no time zone.
      createdAt: new Date(createdAt).toISOString().replace("Z", ""),
    })),
  );
