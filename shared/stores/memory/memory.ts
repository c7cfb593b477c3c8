import type {
  Aggregate,
  InboxRecord,
  OutboxItem,
  OutboxRef,
  RequestRecord,
  Store,
  StoredState,
} from "../../exactly-once/contracts.ts";
import { TransientError } from "../../exactly-once/errors.ts";
import { refusal } from "../../exactly-once/limits.ts";
import type { StoreStep } from "../steps.ts";

interface Expiring<T> {
  readonly value: T;
  /** Milliseconds since 1970, by this store's clock. */
  readonly expiresAt: number;
}

interface Versioned {
  readonly state: StoredState;
  readonly version: string;
}

/** What is stored: several stores on one memory are several clients of one database. */
export interface Memory {
  readonly states: Map<string, Versioned>;
  readonly records: Map<string, Expiring<InboxRecord>>;
  readonly requestRecords: Map<string, Expiring<RequestRecord>>;
  readonly outbox: Map<string, OutboxItem>;
  versions: number;
}

export const emptyMemory = (): Memory => ({
  states: new Map(),
  records: new Map(),
  requestRecords: new Map(),
  outbox: new Map(),
  versions: 0,
});

export interface MemoryStoreOptions {
  readonly mode: Store["mode"];
  readonly memory?: Memory;
  /** The store's own clock, in milliseconds since 1970. */
  readonly now: () => number;
  /**
   * Carries out one I/O step, as the adapter of a real store in this mode would issue it. A simulation puts
   * itself here to crash before it, lose its answer, delay it or run others in between.
   */
  readonly io?: <T>(step: StoreStep, apply: () => T) => Promise<T>;
}

/** The reference of the contract: what a store does, with nothing but maps. */
export function memoryStore({
  mode,
  memory = emptyMemory(),
  now,
  io = async (_step, apply) => apply(),
}: MemoryStoreOptions): Store {
  const { states, records, requestRecords, outbox } = memory;
  const removals = new Set<Promise<void>>();

  const readState = (aggregate: Aggregate) => states.get(key(aggregate));
  const readRecord = (aggregate: Aggregate, id: string) => live(records, key(aggregate, id));

  function live<T>(map: Map<string, Expiring<T>>, at: string): T | undefined {
    const entry = map.get(at);
    return entry !== undefined && entry.expiresAt > now() ? entry.value : undefined;
  }

  return {
    mode,

    async load(aggregate, messageId) {
      const both =
        mode === "deadline"
          ? await io("load", () => ({ read: readState(aggregate), record: readRecord(aggregate, messageId) }))
          : // The fence needs the state first (5).
            {
              read: await io("load state", () => readState(aggregate)),
              record: await io("load record", () => readRecord(aggregate, messageId)),
            };
      const { read, record } = both;
      return structuredClone({ ...(read ?? {}), ...(record === undefined ? {} : { record }) });
    },

    async commit(aggregate, unit) {
      const refused = refusal(unit);
      if (refused !== undefined) return { refused };
      return io("commit", () => {
        const item = key(aggregate, unit.messageId);
        if (readRecord(aggregate, unit.messageId) !== undefined) return "duplicate";
        if (unit.outgoing.length > 0 && outbox.has(item)) return "duplicate";
        if (readState(aggregate)?.version !== unit.version) return "conflict";
        if (mode === "deadline" && now() >= unit.deadline) return "expired";
        const { messageId, outgoing } = unit;
        records.set(item, { value: structuredClone(unit.record), expiresAt: now() + unit.keepRecordFor });
        states.set(key(aggregate), {
          state: structuredClone(unit.state),
          version: String(++memory.versions),
        });
        if (outgoing.length > 0) {
          outbox.set(item, { aggregate, messageId, outgoing: structuredClone(outgoing), storedAt: now() });
        }
        return "committed";
      });
    },

    outboxItem: ({ aggregate, messageId }) =>
      io("load item", () => structuredClone(outbox.get(key(aggregate, messageId)))),

    remove(refs) {
      const removal = io("remove", () => {
        for (const ref of refs) outbox.delete(refKey(ref));
      });
      // A lost removal is harmless (9).
      const settled = removal.catch(() => {}).finally(() => removals.delete(settled));
      removals.add(settled);
    },

    async flush() {
      await Promise.all(removals);
    },

    async *pending({ since, until }, pageSize) {
      let after = "";
      for (;;) {
        const page = await io("pending", () =>
          [...outbox]
            .filter(([at, item]) => at > after && (item.storedAt < since || item.storedAt > until))
            .sort(([a], [b]) => (a < b ? -1 : 1))
            .slice(0, pageSize),
        );
        const last = page.at(-1);
        if (last === undefined) return;
        yield structuredClone(page.map(([, item]) => item));
        if (page.length < pageSize) return;
        after = last[0];
      }
    },

    state: (aggregate) => io("load state", () => structuredClone(readState(aggregate)?.state)),

    async createRequest(aggregate, id, request, keepFor) {
      const existing = () => live(requestRecords, key(aggregate, id));
      const created = await io("create request", () => {
        const there = existing();
        if (there !== undefined) return mode === "deadline" ? there : undefined;
        requestRecords.set(key(aggregate, id), { value: request, expiresAt: now() + keepFor });
        return "created";
      });
      if (created !== undefined) return created;
      const there = await io("load request", existing);
      // It expired between the two steps: the next try creates it.
      if (there === undefined) throw new TransientError(`request record ${id} was there and is gone`);
      return there;
    },

    async request(aggregate, id) {
      const readRequest = () => live(requestRecords, key(aggregate, id));
      const both =
        mode === "deadline"
          ? await io("load request", () => ({ request: readRequest(), record: readRecord(aggregate, id) }))
          : {
              request: await io("load request", readRequest),
              record: await io("load record", () => readRecord(aggregate, id)),
            };
      const { request, record } = both;
      return { ...(request === undefined ? {} : { request }), ...(record === undefined ? {} : { record }) };
    },
  };
}

const key = (aggregate: Aggregate, messageId = ""): string =>
  JSON.stringify([aggregate.endpoint, aggregate.id, messageId]);

const refKey = ({ aggregate, messageId }: OutboxRef): string => key(aggregate, messageId);
