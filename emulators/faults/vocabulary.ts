/**
 * What can be struck, and with what, as tables: each server's operations and the errors it can be made to answer.
 * A server translates an error's name into its own protocol.
 */

export const serverNames = ["serviceBus", "cosmos", "sql", "host"] as const;
export type FaultedServer = (typeof serverNames)[number];

export const operations = {
  /** `deliver`: a message is handed to a receiver. `manage`: peek, schedule, session state and the like. */
  serviceBus: [
    "connect",
    "attach",
    "send",
    "deliver",
    "complete",
    "abandon",
    "defer",
    "deadLetter",
    "renewLock",
    "acceptSession",
    "manage",
  ],
  /** `feed`: a page of the change feed. `batch`: a transactional batch. */
  cosmos: [
    "connect",
    "create",
    "upsert",
    "replace",
    "patch",
    "read",
    "delete",
    "batch",
    "query",
    "feed",
    "other",
  ],
  /** `commit`: a request that commits, alone or as part of a batch. `statement`: any other. */
  sql: ["connect", "login", "statement", "commit"],
  /** `invoke`: a function runs. Before: its worker has not seen the message; after: its answer is there. */
  host: ["invoke"],
} as const satisfies Record<FaultedServer, readonly string[]>;

export type OperationOf<Server extends FaultedServer> = (typeof operations)[Server][number];

export const errors = {
  serviceBus: [
    "ServerBusy",
    "EntityDisabled",
    "MessageSizeExceeded",
    "QuotaExceeded",
    "MessageLockLost",
    "SessionLockLost",
    "Timeout",
    "NotFound",
    "Unauthorized",
    "InternalError",
  ],
  /** HTTP status codes. */
  cosmos: [403, 404, 408, 409, 410, 412, 413, 429, 449, 500, 503],
  /** SQL Server error numbers: deadlock, lock time-out, snapshot conflict, duplicate key, throttled, unavailable. */
  sql: [1205, 1222, 3960, 2627, 2601, 10928, 10929, 40197, 40501, 40613, 49918],
  host: ["FunctionFailed"],
} as const satisfies Record<FaultedServer, readonly (string | number)[]>;

export type ErrorOf<Server extends FaultedServer> = (typeof errors)[Server][number];

/** Kinds of faults that a server does not know: it has no lock that could be lost. */
export const kindsOnlyOf: Readonly<Record<string, FaultedServer>> = { loseLock: "serviceBus" };

/** Servers whose operations are about messages; a database sees documents and statements. */
export const knowsMessages: ReadonlySet<FaultedServer> = new Set(["serviceBus", "host"]);
