import type { Item } from "../protocol.ts";
import type { About } from "./effects.ts";

/** A message that lies in a queue or among its dead letters. */
export interface Held extends About {
  readonly sequence: number;
  readonly messageId: string | undefined;
  readonly session: string | undefined;
  readonly since: number;
  readonly copy: number;
  readonly properties: Readonly<Record<string, unknown>>;
  readonly body: string;
  delivery: number;
  status: Item["status"];
}

/** What lies in one queue, subscription or dead-letter queue, in sequence; counts are kept, not counted. */
export interface QueueContents {
  readonly counts: Readonly<Partial<Record<Item["status"], number>>>;
  readonly size: number;
  get(sequence: number): Held | undefined;
  add(message: Held): void;
  remove(sequence: number): Held | undefined;
  set(message: Held, status: Item["status"]): void;
  /** Locked messages of a session wait again. */
  release(session: string): void;
  first(most: number): readonly Held[];
  clear(): void;
}

export function createQueueContents(): QueueContents {
  const messages = new Map<number, Held>();
  const lockedBySession = new Map<string, Set<Held>>();
  const counts: Partial<Record<Item["status"], number>> = {};

  const count = (status: Item["status"], change: number): void => {
    counts[status] = (counts[status] ?? 0) + change;
  };

  function noteLock(message: Held, isLocked: boolean): void {
    const { session } = message;
    if (session === undefined) return;
    const locked = lockedBySession.get(session) ?? new Set();
    if (isLocked) locked.add(message);
    else locked.delete(message);
    if (locked.size === 0) lockedBySession.delete(session);
    else lockedBySession.set(session, locked);
  }

  function set(message: Held, status: Item["status"]): void {
    count(message.status, -1);
    noteLock(message, status === "locked");
    message.status = status;
    count(status, 1);
  }

  return {
    counts,
    get size() {
      return messages.size;
    },
    get: (sequence) => messages.get(sequence),
    add(message) {
      messages.set(message.sequence, message);
      count(message.status, 1);
    },
    remove(sequence) {
      const message = messages.get(sequence);
      if (message === undefined) return undefined;
      messages.delete(sequence);
      noteLock(message, false);
      count(message.status, -1);
      return message;
    },
    set,
    release(session) {
      for (const message of [...(lockedBySession.get(session) ?? [])]) set(message, "waiting");
    },
    first(most) {
      const found: Held[] = [];
      for (const message of messages.values()) {
        if (found.length >= most) break;
        found.push(message);
      }
      return found;
    },
    clear() {
      messages.clear();
      lockedBySession.clear();
      for (const status of Object.keys(counts) as Item["status"][]) delete counts[status];
    },
  };
}
