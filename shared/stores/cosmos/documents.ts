import { z } from "zod";
import type {
  Aggregate,
  InboxRecord,
  OutboxItem,
  Outgoing,
  RequestRecord,
  Unit,
} from "../../exactly-once/contracts.ts";

/*
 * Layout of container `endpoints`: one logical partition per aggregate, in it one document for the state, one
 * per processed message, one per message that has something unsent, one per HTTP request.
 */

/** Form of the inbox, outbox and request documents; a state document's schema is its endpoint's. */
const schema = 1;

export const partitionOf = ({ endpoint, id }: Aggregate): string => `${endpoint}:${id}`;

const aggregateOf = (partition: string): Aggregate => {
  const colon = partition.indexOf(":");
  return { endpoint: partition.slice(0, colon), id: partition.slice(colon + 1) };
};

export const outboxPrefix = "outbox:";

export const ids = {
  state: "state",
  inbox: (messageId: string) => `inbox:${messageId}`,
  outbox: (messageId: string) => `${outboxPrefix}${messageId}`,
  request: (id: string) => `request:${id}`,
} as const;

const Outcome = z.union([
  z.object({ status: z.literal("accepted") }),
  z.object({ status: z.literal("rejected"), reason: z.string() }),
]);

const Trace = z.object({ traceparent: z.string(), tracestate: z.string().exactOptional() });

const StoredOutgoing = z.object({
  id: z.string(),
  type: z.string(),
  schema: z.number(),
  createdAt: z.number(),
  destination: z.string(),
  sessionId: z.string().exactOptional(),
  trace: Trace.exactOptional(),
  body: z.string(),
});

export const StateDocument = z.object({ schema: z.number(), state: z.unknown(), _etag: z.string() });

export const InboxDocument = z.object({ schema: z.literal(schema), createdAt: z.number(), outcome: Outcome });

export const RequestDocument = z.object({
  schema: z.literal(schema),
  createdAt: z.number(),
  hash: z.string(),
});

const OutboxDocument = z.object({
  id: z.string().startsWith(outboxPrefix),
  partition: z.string(),
  schema: z.literal(schema),
  outgoing: z.array(StoredOutgoing),
  /** Seconds since 1970, by the store's clock. */
  _ts: z.number(),
});

/** What the change feed shows of an outbox item. */
const AppearedDocument = OutboxDocument.pick({ id: true, partition: true, _ts: true });

export const toStateDocument = (aggregate: Aggregate, { state }: Unit) => ({
  id: ids.state,
  partition: partitionOf(aggregate),
  schema: state.schema,
  state: state.value,
});

export const toInboxDocument = (aggregate: Aggregate, { messageId, record, keepRecordFor }: Unit) => ({
  id: ids.inbox(messageId),
  partition: partitionOf(aggregate),
  schema,
  ...record,
  ttl: seconds(keepRecordFor),
});

/** No ttl: an item exists exactly as long as it may be unsent (3, 12). */
export const toOutboxDocument = (aggregate: Aggregate, messageId: string, outgoing: readonly Outgoing[]) => ({
  id: ids.outbox(messageId),
  partition: partitionOf(aggregate),
  schema,
  outgoing,
});

export const toRequestDocument = (
  aggregate: Aggregate,
  id: string,
  request: RequestRecord,
  keepFor: number,
) => ({
  id: ids.request(id),
  partition: partitionOf(aggregate),
  schema,
  ...request,
  ttl: seconds(keepFor),
});

export const toInboxRecord = (document: unknown): InboxRecord => {
  const { createdAt, outcome } = InboxDocument.parse(document);
  return { createdAt, outcome };
};

export const toRequestRecord = (document: unknown): RequestRecord => {
  const { hash, createdAt } = RequestDocument.parse(document);
  return { hash, createdAt };
};

export function toOutboxItem(document: unknown): OutboxItem {
  const { outgoing, ...appeared } = OutboxDocument.parse(document);
  return { ...appearedOf(appeared), outgoing };
}

const appearedOf = ({ id, partition, _ts }: z.infer<typeof AppearedDocument>) => ({
  aggregate: aggregateOf(partition),
  messageId: id.slice(outboxPrefix.length),
  // The end of that second: whoever waits for an age waits long enough.
  storedAt: _ts * 1000 + 999,
});

/** Of the documents that a change feed delivers, those that are outbox items. */
export const appearedItems = (documents: readonly unknown[]) =>
  documents.flatMap((document) => {
    const parsed = AppearedDocument.safeParse(document);
    return parsed.success ? [appearedOf(parsed.data)] : [];
  });

const seconds = (milliseconds: number): number => Math.ceil(milliseconds / 1000);
