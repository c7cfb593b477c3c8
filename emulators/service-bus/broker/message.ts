/** A value of an application property, as far as the broker changes or compares them. */
export type PropertyValue = string | number | bigint | boolean | Date | Uint8Array | null;

/** Application properties that override or add to those inside `content`. */
export type PropertyChanges = Readonly<Record<string, PropertyValue>>;

/** What a sender hands in. The broker never looks into `content`. */
export interface Draft {
  readonly messageId: string | undefined;
  readonly sessionId: string | undefined;
  /** Milliseconds; undefined: the entity's default. */
  readonly timeToLive: number | undefined;
  /** Milliseconds since 1970; the message stays invisible until then. */
  readonly scheduledFor: number | undefined;
  /** The encoded message, kept byte by byte. */
  readonly content: Uint8Array;
  readonly changes: PropertyChanges;
  /** Where it was first enqueued, if it comes from there. */
  readonly enqueuedSequence: number | undefined;
  /** The entity whose dead letters are forwarded. */
  readonly deadLetterSource: string | undefined;
}

/** What rules compare (`broker/rules.ts`); read from a message's content only when a topic needs it. */
export interface Filterable {
  readonly contentType: string | undefined;
  readonly correlationId: string | undefined;
  readonly label: string | undefined;
  readonly messageId: string | undefined;
  readonly replyTo: string | undefined;
  readonly replyToSessionId: string | undefined;
  readonly sessionId: string | undefined;
  readonly to: string | undefined;
  readonly properties: Readonly<Record<string, unknown>>;
}

export type MessageState = "active" | "deferred" | "scheduled";

/** A message in one queue or subscription. Times are milliseconds since 1970. */
export interface Message {
  /** Unique in the namespace, never shown to clients: the key in storage. */
  readonly id: number;
  /** Rises within its queue. */
  readonly sequence: number;
  /** The sequence where it was first enqueued, before it was forwarded or dead-lettered. */
  readonly enqueuedSequence: number;
  readonly enqueuedAt: number;
  readonly expiresAt: number;
  readonly scheduledFor: number | undefined;
  readonly messageId: string | undefined;
  readonly sessionId: string | undefined;
  readonly deadLetterSource: string | undefined;
  readonly content: Uint8Array;
  changes: PropertyChanges;
  /** Deliveries so far whose outcome was not a plain release. */
  deliveryCount: number;
  state: MessageState;
}

/** One hand-over of a message to a consumer. */
export interface Delivery {
  readonly message: Message;
  /** As it was before this delivery: a first delivery says 0. */
  readonly deliveryCount: number;
  readonly changes: PropertyChanges;
  /** Undefined in receive-and-delete mode. */
  readonly lock: { readonly token: string; readonly until: number } | undefined;
}

/** One receiving link. The broker lowers `credit` as it delivers; the link raises it. */
export interface Consumer {
  readonly mode: "peekLock" | "receiveAndDelete";
  credit: number;
  deliver(delivery: Delivery): void;
  /** The session it held is no longer its own. */
  sessionLost(): void;
}

/** Where the broker's lasting changes go (`storage/`). */
export interface Journal {
  put(queue: string, message: Message): void;
  update(message: Message): void;
  remove(message: Message): void;
  sessionState(queue: string, sessionId: string, state: Uint8Array | undefined): void;
}

/** What happened to a message, for logs and live views. `at` is milliseconds since 1970. */
export interface BrokerEvent {
  readonly type:
    | "enqueued"
    | "delivered"
    | "completed"
    | "abandoned"
    | "deferred"
    | "deadLettered"
    | "lockExpired"
    | "expired"
    | "cancelled"
    /** Storage kept it from before the server's start. */
    | "restored"
    | "forwarded"
    /** To a topic, whether any of its rules wants it or not. */
    | "published"
    | "sessionAccepted"
    | "sessionReleased"
    | "sessionLockExpired";
  readonly at: number;
  readonly entity: string;
  readonly messageId?: string | undefined;
  readonly sequence?: number;
  readonly sessionId?: string | undefined;
  readonly deliveryCount?: number;
  readonly reason?: string | undefined;
  readonly to?: string;
  /** What it is, of one that is enqueued, restored or published. */
  readonly message?: Pick<Message, "content" | "changes">;
  /** Of one that is enqueued or restored. */
  readonly state?: MessageState;
}
