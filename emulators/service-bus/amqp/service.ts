import type { Facts, operations } from "../../faults/index.ts";
import type { Namespace } from "../broker/namespace.ts";
import type { SasKey } from "./sas.ts";

/** What a fault can strike. */
export type Struck = (typeof operations.serviceBus)[number];

/** What a client does, or what is done for it, as the one place that runs it sees it. */
export interface Operation {
  readonly kind: Struck | "putToken" | "subscribe" | "credit" | "drain" | "detach";
  readonly entity?: string;
  readonly connection: Peer;
  /** What a fault plan compares beside the entity: of each message that the operation is about. */
  readonly about?: () => Facts | readonly Facts[];
  /** Lets the lock expire that the operation is about. */
  readonly loseLock?: () => void;
}

/** An operation that a fault can strike. */
export interface StruckOperation extends Operation {
  readonly kind: Struck;
}

/** The other end of a connection. */
export interface Peer {
  /** Ends the connection without a word. */
  cut(): void;
}

/** What the server supplies to its connections. */
export interface Service {
  readonly namespace: Namespace;
  readonly key: SasKey;
  /** Bytes of one message or batch. */
  readonly maxMessageSize: number;
  /** Milliseconds since 1970, by the real clock: tokens are the client's, and no fault makes them old. */
  readonly now: () => number;
  readonly perform: Perform;
  /** What is no operation of the broker, but can be struck like one. `run` is called at once unless a fault strikes. */
  readonly strike: <T>(operation: StruckOperation, run: () => T | Promise<T>) => Promise<T>;
}

/**
 * The only way to the broker's state: runs `apply` at once, unless a fault strikes, and resolves when all that it
 * changed is durable. Nothing that `apply` decided may be told to a client before. Rejects with what `apply` throws;
 * never settles if a fault took the connection, so that nothing is told.
 */
export type Perform = <T>(operation: Operation, apply: () => T) => Promise<T>;
