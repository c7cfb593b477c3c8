/**
 * What the algorithm needs from the outside, as plain data and functions: a store that commits atomically,
 * a publisher that answers once the broker has the messages, a clock, a random source.
 * Numbers in parentheses are the rules of README.md beside this file.
 */

/** W3C trace context, carried by every message so that a conversation is one trace. */
export interface TraceContext {
  readonly traceparent: string;
  readonly tracestate?: string;
}

/** A message with everything that never changes, whatever copy carries it (1). */
export interface Envelope {
  /** Logical id: a UUID. De-duplication is by this, never by the broker's message id. */
  readonly id: string;
  readonly type: string;
  readonly schema: number;
  /** Milliseconds since 1970. Fixed when the message was made; a re-dispatch never re-stamps it. */
  readonly createdAt: number;
  readonly trace?: TraceContext;
  /** JSON text, sent as these bytes on every dispatch. */
  readonly body: string;
}

/** A message on its way out, as fixed in the commit and stored (1). */
export interface Outgoing extends Envelope {
  /** Queue or topic. */
  readonly destination: string;
  readonly sessionId?: string;
}

/** A message as a trigger delivered it. */
export interface Delivery {
  /** What came, or why it can't be read as one of our messages. */
  readonly envelope: Envelope | { readonly problem: string };
  /** The queue that delivered it. */
  readonly entity: string;
  /** 1 for the first delivery. */
  readonly deliveryCount: number;
  /** Body and properties as they came, for quarantine. */
  readonly original: OriginalMessage;
}

export interface OriginalMessage {
  readonly messageId?: string;
  readonly subject?: string;
  readonly contentType?: string;
  readonly correlationId?: string;
  readonly sessionId?: string;
  readonly body: Uint8Array;
  readonly properties: Readonly<Record<string, string | number | boolean>>;
}

/** An aggregate of an endpoint: what a local transaction can span. */
export interface Aggregate {
  readonly endpoint: string;
  readonly id: string;
}

/** What is recorded of a processed message. `outcome` is the endpoint's own. */
export interface InboxRecord {
  readonly createdAt: number;
  readonly outcome: Outcome;
}

export type Outcome =
  | { readonly status: "accepted" }
  | { readonly status: "rejected"; readonly reason: string };

/** An aggregate's state in its stored form. */
export interface StoredState {
  readonly schema: number;
  readonly value: unknown;
}

export interface Loaded {
  /** Undefined: the aggregate does not exist yet. */
  readonly state?: StoredState;
  /** Of the state; undefined exactly when there is none. Never used twice (5). */
  readonly version?: string;
  /** Undefined: not processed, or longer ago than records are kept. */
  readonly record?: InboxRecord;
}

/** One local transaction: record, state and outgoing messages, all or nothing (3). */
export interface Unit {
  readonly messageId: string;
  readonly record: InboxRecord;
  readonly state: StoredState;
  /** The version that the decision was based on; undefined: the aggregate must not exist yet. */
  readonly version?: string;
  /** Becomes one outbox item, unless empty. */
  readonly outgoing: readonly Outgoing[];
  /** Milliseconds since 1970: at or after it the commit must fail (4), where the store has a clock for that. */
  readonly deadline: number;
  /** How long the record must live at least, in milliseconds from the commit (12). */
  readonly keepRecordFor: number;
}

export type CommitResult =
  | "committed"
  /** The inbox record, or the outbox item of the same message, is there already (6). */
  | "duplicate"
  /** The state is no longer the one that was read. */
  | "conflict"
  /** The deadline has passed by the store's clock (4). */
  | "expired"
  /** The store will never take it, whatever is tried. */
  | { readonly refused: string };

/** All that one message still has to send. */
export interface OutboxItem {
  readonly aggregate: Aggregate;
  readonly messageId: string;
  readonly outgoing: readonly Outgoing[];
  /** When it was stored, milliseconds since 1970, by the store's clock. */
  readonly storedAt: number;
}

/**
 * When items were stored that the sweeper leaves to their endpoints, milliseconds since 1970. What seems younger than
 * `until` was dated by a store's clock that is far ahead: its age is unknown, and sending it early does no harm.
 */
export interface YoungItems {
  readonly since: number;
  readonly until: number;
}

/** Names an outbox item. */
export type OutboxRef = Pick<OutboxItem, "aggregate" | "messageId">;

/** What an HTTP entry remembers of a request (18). */
export interface RequestRecord {
  /** SHA-256 of method, path and body. */
  readonly hash: string;
  readonly createdAt: number;
}

/**
 * A store that keeps the contract. Every function throws `TransientError` when trying again may help,
 * which includes "the answer was lost": then the outcome is unknown.
 */
export interface Store {
  /**
   * `deadline`: commits check it by the store's clock (4). `fence`: the state is read before the record, and
   * every commit writes the state conditionally (5).
   */
  readonly mode: "deadline" | "fence";
  load(aggregate: Aggregate, messageId: string): Promise<Loaded>;
  commit(aggregate: Aggregate, unit: Unit): Promise<CommitResult>;
  /** The stored item, or undefined when all of it was sent. */
  outboxItem(ref: OutboxRef): Promise<OutboxItem | undefined>;
  /**
   * Forgets items of which every message was acknowledged by the broker (9). Lazy: returns at once, batches,
   * and may lose a removal in a crash; an item already gone is fine. `flush` waits for what is under way.
   */
  remove(refs: readonly OutboxRef[]): void;
  flush(): Promise<void>;
  /** Items whose time of storage lies outside of a window, page by page, for the sweeper (10). */
  pending(young: YoungItems, pageSize: number): AsyncIterable<readonly OutboxItem[]>;
  /** An aggregate's state alone, for queries. */
  state(aggregate: Aggregate): Promise<StoredState | undefined>;
  /** Creates the record, or returns the one that is there already (18). */
  createRequest(
    aggregate: Aggregate,
    id: string,
    request: RequestRecord,
    keepFor: number,
  ): Promise<RequestRecord | "created">;
  request(aggregate: Aggregate, id: string): Promise<{ request?: RequestRecord; record?: InboxRecord }>;
}

/** Resolves once the broker has acknowledged every message. Throws `TransientError` or `PermanentError`. */
export type Publish = (outgoing: readonly Outgoing[]) => Promise<void>;

/** Resolves once the copy of the message is safely in the quarantine queue (15). */
export type Quarantine = (delivery: Delivery, reason: QuarantineReason, description: string) => Promise<void>;

export type QuarantineReason = "malformed" | "unknown type" | "future" | "too old" | "refused";

/** Time and chance, passed in. */
export interface Surroundings {
  /** Milliseconds since 1970. */
  now(): number;
  /** Uniform in [0, 1). */
  random(): number;
  /** Resolves after so many milliseconds. */
  sleep(milliseconds: number): Promise<void>;
}
