/**
 * The rules of the protocol, one switch each. Numbers in parentheses are those of the exactly-once rules;
 * "exercise" is where the workshop introduces the switch.
 */
export interface Rules {
  /** What a handler does first (exercise 3). */
  readonly order: "publish first" | "save first";
  /** How Orders tells a copy from a new command (exercises 1 and 7). */
  readonly check: "none" | "state" | "id";
  /** What a handler does about a copy (exercises 4 and 10). */
  readonly copies: "return" | "publish" | "send stored";
  /** Whether an event's id follows from its command's id (1; exercise 8). */
  readonly ids: "random" | "deterministic";
  /** Whether outgoing messages are stored with the state, in an outbox item (1, 3; exercise 10). */
  readonly content: "recomputed" | "stored";
  /** Whether the inbox record is written with the state, or by a write of its own (3; exercise 7). */
  readonly idWrite: "same" | "after" | "before";
  /** Whether writing an inbox record fails when it is there already (3). */
  readonly recordWrite: "create" | "upsert";
  /** Whether the state is written only if its version is the one read (3). */
  readonly conditionalWrite: boolean;
  /** Whether every commit writes the state, and so raises its version, even where nothing changed (5). */
  readonly writesUnchanged: boolean;
  /** How state and inbox record are read: in one step, in any order, one after the other, or no record at all (5, 7). */
  readonly reads: "together" | "in parallel" | "state first" | "record first" | "state only";
  /** How Billing and Marketing tell a copy from a new event (exercise 8). */
  readonly receiver: "none" | "state" | "id";
  /** Whether the broker drops a message whose broker id it has seen (14). */
  readonly brokerDetection: boolean;
  /** Instances of Orders that compete for its queue. */
  readonly handlers: 1 | 2;
  /** For which queues the broker hands out one message of an order at a time, in the order of acceptance (19; exercise 17). */
  readonly sessions: "none" | "commands" | "commands and events";
  /** Whether older outbox items of the order go out first (19). */
  readonly olderFirst: boolean;
  /** Deliveries after which the broker dead-letters a copy; 0: never. */
  readonly deliveryLimit: number;
  /** Whether a dispatcher sends what no delivery will send any more (10; exercise 16). */
  readonly sweeper: boolean;
  /** Whether an outbox item is deleted only after the broker acknowledged all that is in it (9). */
  readonly deletes: "after sending" | "before sending";
  /** What the operator does with a dead letter (14, 16; exercise 16). */
  readonly replay: "never" | "fresh broker id" | "same broker id" | "new logical id";
  /** How a commit that comes too late is stopped: by the store's clock (4), or by the fence (5). */
  readonly mode: "deadline" | "fence";
  /** Ticks that an inbox record is kept (12); 0: for ever. */
  readonly retention: number;
  /** Whether a message too old for its record to be there still is quarantined (8; exercise 11). */
  readonly guard: boolean;
  /** Ticks by which the guard refuses earlier than the record goes (5, 8). */
  readonly margin: number;
  /** Ticks by which a clock may differ from the store's (2, 12). */
  readonly skew: number;
  /** Whether a record's time to live makes up for the skew (12). */
  readonly skewInLife: boolean;
  /** Whether a message that is sent again gets a new creation time; it must keep the stored one (1). */
  readonly restamped: boolean;
  /** Whether the store forgets outbox items as it forgets records; it must not (12). */
  readonly itemsExpire: boolean;
}

/** What the program does where no clock matters: every message has a record, and records stay. */
export const production: Rules = {
  order: "save first",
  check: "id",
  copies: "send stored",
  ids: "deterministic",
  content: "stored",
  idWrite: "same",
  recordWrite: "create",
  conditionalWrite: true,
  writesUnchanged: true,
  reads: "state first",
  receiver: "id",
  brokerDetection: false,
  handlers: 2,
  sessions: "commands and events",
  olderFirst: true,
  deliveryLimit: 0,
  sweeper: true,
  deletes: "after sending",
  replay: "never",
  mode: "fence",
  retention: 0,
  guard: false,
  margin: 0,
  skew: 0,
  skewInLife: true,
  restamped: false,
  itemsExpire: false,
};

/** Rule 5, for a store that cannot check a deadline; records go after two ticks. */
export const fence: Rules = { ...production, retention: 2, guard: true, margin: 1 };

/** Rule 4: the store's clock refuses a late commit, so reads may come in any order and unchanged state stays unwritten. */
export const deadline: Rules = { ...fence, mode: "deadline", reads: "in parallel", writesUnchanged: false };

/** Says which switches contradict each other; an empty list where none do. */
export function contradictions(rules: Rules): string[] {
  const found: string[] = [];
  if (rules.copies === "send stored" && rules.content !== "stored")
    found.push('copies "send stored" needs content "stored": there is no outbox item to send from');
  if (rules.copies === "send stored" && rules.check !== "id")
    found.push('copies "send stored" needs check "id": an outbox item belongs to a message, not to a state');
  if (rules.content === "stored" && rules.order === "publish first")
    found.push('content "stored" needs order "save first": nothing is stored before the save');
  if (rules.reads === "record first" && rules.copies === "publish")
    found.push('copies "publish" needs the state, which reads "record first" has not read yet');
  if (rules.sweeper && rules.content !== "stored")
    found.push('sweeper needs content "stored": it sends outbox items');
  if (rules.olderFirst && !rules.sweeper)
    found.push("olderFirst needs the sweeper: it sends the older items that a handler waits for");
  if (rules.idWrite !== "same" && rules.retention > 0)
    found.push('idWrite "after" or "before" needs retention 0: such a record has no time to live here');
  if (rules.guard && rules.retention === 0) found.push("guard needs a retention: it is what it guards");
  if (rules.mode === "deadline" && rules.retention === 0)
    found.push('mode "deadline" needs a retention: the deadline is the creation time and the retention');
  return found;
}
