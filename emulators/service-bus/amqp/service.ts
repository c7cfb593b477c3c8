import type { Namespace } from "../broker/namespace.ts";
import type { SasKey } from "./sas.ts";

/** What a client does, or what is done for it, as the one place that runs it sees it. */
export interface Operation {
  readonly kind:
    | "putToken"
    | "send"
    | "deliver"
    | "drain"
    | "complete"
    | "abandon"
    | "defer"
    | "deadLetter"
    | "acceptSession"
    | "attach"
    | "credit"
    | "detach"
    | "manage";
  readonly entity: string;
  readonly connection: string;
}

/** What the server supplies to its connections. */
export interface Service {
  readonly namespace: Namespace;
  readonly key: SasKey;
  /** Bytes of one message or batch. */
  readonly maxMessageSize: number;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  readonly perform: Perform;
}

/**
 * The only way to the broker's state: runs `apply` at once, and resolves when all that it changed is durable.
 * Nothing that `apply` decided may be told to a client before. Rejects with what `apply` throws.
 */
export type Perform = <T>(operation: Operation, apply: () => T) => Promise<T>;
