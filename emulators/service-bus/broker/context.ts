import type { Deadlines } from "./deadlines.ts";
import type { BrokerEvent, Journal, PropertyChanges } from "./message.ts";

/** What the namespace supplies to its queues. */
export interface QueueContext {
  readonly now: () => number;
  /** A lock token: 32 hexadecimal digits, never the same twice. */
  readonly newToken: () => string;
  readonly nextMessageId: () => number;
  readonly deadlines: Deadlines;
  readonly journal: Journal;
  emit(event: BrokerEvent): void;
}

export interface DeadLetterReason {
  readonly reason: string | undefined;
  readonly description: string | undefined;
  readonly changes?: PropertyChanges;
}
