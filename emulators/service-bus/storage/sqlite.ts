import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync, type SQLOutputValue } from "node:sqlite";
import { deserialize, serialize } from "node:v8";
import type { Message, MessageState, PropertyChanges } from "../broker/message.ts";
import type { Storage } from "./storage.ts";

const SCHEMA_VERSION = 1;

/**
 * `synchronous = FULL`: a commit is on the disk before it returns. It costs about half a millisecond, and the many
 * operations of one turn share it. The WAL is reset at each checkpoint, so it does not grow; freed pages are reused.
 */
const SCHEMA = `
  PRAGMA journal_mode = WAL;
  PRAGMA synchronous = FULL;
  CREATE TABLE IF NOT EXISTS message (
    id INTEGER PRIMARY KEY, queue TEXT NOT NULL, sequence INTEGER NOT NULL, enqueued_sequence INTEGER NOT NULL,
    enqueued_at INTEGER NOT NULL, expires_at INTEGER, scheduled_for INTEGER, message_id TEXT, session_id TEXT,
    dead_letter_source TEXT, content BLOB NOT NULL, changes BLOB, delivery_count INTEGER NOT NULL, state TEXT NOT NULL
  ) STRICT;
  CREATE TABLE IF NOT EXISTS session (
    queue TEXT NOT NULL, session_id TEXT NOT NULL, state BLOB NOT NULL, PRIMARY KEY (queue, session_id)
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS counter (queue TEXT PRIMARY KEY, last_sequence INTEGER NOT NULL) STRICT, WITHOUT ROWID;
  PRAGMA user_version = ${SCHEMA_VERSION};
`;

function prepare(database: DatabaseSync): void {
  // Exclusive: a second server on the same file would hand out the same sequence numbers.
  database.exec("PRAGMA locking_mode = EXCLUSIVE");
  const version = Number(database.prepare("PRAGMA user_version").get()?.["user_version"]);
  if (version > SCHEMA_VERSION)
    throw new Error(`it has schema ${version}, and this server knows ${SCHEMA_VERSION}`);
  database.exec(SCHEMA);
}

/**
 * Opens the namespace's database in `folder`, which is made if it is missing.
 * @throws Error that names the file and says what to do, if another server has it open or it can't be read
 */
export function openSqliteStorage(folder: string): Storage {
  mkdirSync(folder, { recursive: true });
  const file = join(folder, "service-bus.sqlite");
  const database = new DatabaseSync(file);
  try {
    prepare(database);
  } catch (cause) {
    database.close();
    const reason = cause instanceof Error ? cause.message : String(cause);
    const advice = reason.includes("locked")
      ? "another server has it open: stop that one, or use another data folder"
      : "use another data folder, or delete it to begin with no messages";
    throw new Error(`Cannot use ${file}: ${reason}; ${advice}`, { cause });
  }

  const insert = database.prepare("INSERT INTO message VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,?)");
  const change = database.prepare(
    "UPDATE message SET changes = ?, delivery_count = ?, state = ? WHERE id = ?",
  );
  const erase = database.prepare("DELETE FROM message WHERE id = ?");
  const setState = database.prepare("INSERT OR REPLACE INTO session VALUES (?,?,?)");
  const eraseState = database.prepare("DELETE FROM session WHERE queue = ? AND session_id = ?");
  const setCounter = database.prepare("INSERT OR REPLACE INTO counter VALUES (?,?)");

  const puts = new Map<Message, string>();
  const updates = new Set<Message>();
  const removals = new Set<Message>();
  const counters = new Map<string, number>();
  const states = new Map<
    string,
    readonly [queue: string, sessionId: string, state: Uint8Array | undefined]
  >();

  return {
    put(queue, message) {
      puts.set(message, queue);
      counters.set(queue, message.sequence);
    },
    update(message) {
      // One that is still to be written is written as it then is.
      if (!puts.has(message)) updates.add(message);
    },
    remove(message) {
      updates.delete(message);
      if (!puts.delete(message)) removals.add(message);
    },
    sessionState(queue, sessionId, state) {
      states.set(JSON.stringify([queue, sessionId]), [queue, sessionId, state]);
    },

    commit() {
      if (counters.size + updates.size + removals.size + states.size === 0) return;
      database.exec("BEGIN");
      for (const [message, queue] of puts) insert.run(...row(queue, message));
      for (const message of updates) {
        change.run(encodeChanges(message.changes), message.deliveryCount, message.state, message.id);
      }
      for (const { id } of removals) erase.run(id);
      for (const [queue, last] of counters) setCounter.run(queue, last);
      for (const [queue, sessionId, state] of states.values()) {
        if (state === undefined) eraseState.run(queue, sessionId);
        else setState.run(queue, sessionId, state);
      }
      database.exec("COMMIT");
      for (const pending of [puts, updates, removals, counters, states]) pending.clear();
    },

    load: () => ({
      messages: map(database.prepare("SELECT * FROM message ORDER BY id").iterate(), (found) => ({
        queue: text(found["queue"]),
        message: messageOf(found),
      })),
      sessions: map(database.prepare("SELECT * FROM session").iterate(), (found) => ({
        queue: text(found["queue"]),
        sessionId: text(found["session_id"]),
        state: bytes(found["state"]),
      })),
      counters: map(database.prepare("SELECT * FROM counter").iterate(), (found) => ({
        queue: text(found["queue"]),
        lastSequence: Number(found["last_sequence"]),
      })),
    }),
    close: () => database.close(),
  };
}

const row = (queue: string, message: Message) =>
  [
    message.id,
    queue,
    message.sequence,
    message.enqueuedSequence,
    message.enqueuedAt,
    Number.isFinite(message.expiresAt) ? message.expiresAt : null,
    message.scheduledFor ?? null,
    message.messageId ?? null,
    message.sessionId ?? null,
    message.deadLetterSource ?? null,
    message.content,
    encodeChanges(message.changes),
    message.deliveryCount,
    message.state,
  ] as const;

type Row = Readonly<Record<string, SQLOutputValue>>;

const messageOf = (found: Row): Message => ({
  id: Number(found["id"]),
  sequence: Number(found["sequence"]),
  enqueuedSequence: Number(found["enqueued_sequence"]),
  enqueuedAt: Number(found["enqueued_at"]),
  expiresAt: optionalNumber(found["expires_at"]) ?? Number.POSITIVE_INFINITY,
  scheduledFor: optionalNumber(found["scheduled_for"]),
  messageId: optionalText(found["message_id"]),
  sessionId: optionalText(found["session_id"]),
  deadLetterSource: optionalText(found["dead_letter_source"]),
  content: bytes(found["content"]),
  changes: found["changes"] instanceof Uint8Array ? (deserialize(found["changes"]) as PropertyChanges) : {},
  deliveryCount: Number(found["delivery_count"]),
  state: text(found["state"]) as MessageState,
});

/** Dates and bytes among the values survive this encoding. */
const encodeChanges = (changes: PropertyChanges): Uint8Array | null =>
  Object.keys(changes).length === 0 ? null : serialize(changes);

const text = (value: SQLOutputValue | undefined): string => String(value);
const optionalText = (value: SQLOutputValue | undefined): string | undefined =>
  value === null || value === undefined ? undefined : String(value);
const optionalNumber = (value: SQLOutputValue | undefined): number | undefined =>
  value === null || value === undefined ? undefined : Number(value);
const bytes = (value: SQLOutputValue | undefined): Uint8Array =>
  value instanceof Uint8Array ? value : new Uint8Array();

function* map<A, B>(items: Iterable<A>, change: (item: A) => B): Iterable<B> {
  for (const item of items) yield change(item);
}
