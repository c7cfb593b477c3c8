import type {
  Aggregate,
  CommitResult,
  OutboxRef,
  Store,
  Surroundings,
  Unit,
} from "../../exactly-once/contracts.ts";
import { PermanentError, TransientError } from "../../exactly-once/errors.ts";
import { refusal } from "../../exactly-once/limits.ts";
import { lazyRemoval } from "../../exactly-once/removal.ts";
import type { StoreStep } from "../steps.ts";
import type { Parameters, Row, SqlClient } from "./client.ts";
import { commitParameters, commitResult, seconds } from "./commit.ts";
import { toContractError } from "./errors.ts";
import { toInboxRecord, toOutboxItems, toRequestRecord } from "./rows.ts";
import { type Statements, statementsOf } from "./statements.ts";
import type { StateTables } from "./tables.ts";

export interface SqlStoreOptions {
  readonly client: SqlClient;
  /** The endpoints that use this store, and where each keeps its aggregates. */
  readonly tables: Readonly<Record<string, StateTables>>;
  readonly surroundings: Pick<Surroundings, "sleep">;
  /** Told of removals that failed; the sweeper repeats them. */
  readonly failed: (what: string, error: unknown) => void;
  /** Told of each request to the database. */
  readonly observe?: (step: StoreStep) => void;
}

export interface SqlStore extends Store {
  /** Deletes records past their time, in small batches. @returns how many */
  cleanUp(): Promise<number>;
}

/** Sent items are deleted together, after this many milliseconds or as soon as there are so many. */
const removal = { after: 200, most: 100 };

/** A sweeper's claim, in seconds: it has run out when the next sweep comes. */
const claimSeconds = 25;

/** How many rows are deleted together, and how often at most in one clean-up. */
const cleaning = { count: 1000, batches: 20 };

/** The contract on SQL Server: one transaction in one batch, which checks the deadline by the server's clock (4). */
export function sqlStore({
  client,
  tables,
  surroundings,
  failed,
  observe = () => {},
}: SqlStoreOptions): SqlStore {
  const endpoints = new Map(
    Object.entries(tables).map(([name, its]) => [name, { tables: its, statements: statementsOf(name, its) }]),
  );

  function of({ endpoint }: Pick<Aggregate, "endpoint">): { tables: StateTables; statements: Statements } {
    const found = endpoints.get(endpoint);
    if (found === undefined) {
      throw new PermanentError(
        `the SQL store has no tables for endpoint ${endpoint}; it has them for ${[...endpoints.keys()].join(", ")}`,
      );
    }
    return found;
  }

  /** One request to the database. */
  async function ask(
    step: StoreStep | undefined,
    doing: string,
    text: string,
    parameters: Parameters,
  ): Promise<readonly (readonly Row[])[]> {
    if (step !== undefined) observe(step);
    try {
      return await client.query(text, parameters);
    } catch (error) {
      throw toContractError(doing, error);
    }
  }

  async function commit(aggregate: Aggregate, unit: Unit): Promise<CommitResult> {
    const refused = refusal(unit);
    if (refused !== undefined) return { refused };
    const its = of(aggregate);
    const parameters = { ...commitParameters(aggregate, unit), ...its.tables.parameters(unit.state) };
    try {
      const results = await ask("commit", `commit of ${name(aggregate)}`, its.statements.commit, parameters);
      return commitResult(results[0]?.[0], unit.messageId);
    } catch (error) {
      if (error instanceof PermanentError) return { refused: error.message };
      throw error;
    }
  }

  async function removeAll(refs: readonly OutboxRef[]): Promise<void> {
    const lists = [...Map.groupBy(refs, ({ aggregate }) => aggregate.endpoint)];
    const texts = lists.map(([endpoint], n) => of({ endpoint }).statements.remove(`list${n}`));
    const parameters = Object.fromEntries(lists.map(([, its], n) => [`list${n}`, refsJson(its)]));
    await ask("remove", "delete of sent outbox items", `SET XACT_ABORT ON;\n${texts.join("\n")}`, parameters);
  }

  const lazy = lazyRemoval(
    removeAll,
    (error) => failed("delete of sent outbox items", error),
    surroundings,
    removal,
  );

  return {
    mode: "deadline",

    async load(aggregate, messageId) {
      const its = of(aggregate);
      const [[record] = [], ...state] = await ask("load", `reading ${name(aggregate)}`, its.statements.load, {
        aggregateId: aggregate.id,
        messageId,
      });
      return parsed(name(aggregate), () => ({
        ...its.tables.read(state),
        ...(record === undefined ? {} : { record: toInboxRecord(record) }),
      }));
    },

    commit,

    async outboxItem({ aggregate, messageId }) {
      const [rows = []] = await ask("load item", `reading item ${messageId}`, of(aggregate).statements.item, {
        aggregateId: aggregate.id,
        messageId,
      });
      return toOutboxItems(aggregate.endpoint, rows)[0];
    },

    remove: lazy.remove,
    flush: lazy.flush,

    async *pending({ since, until }, pageSize) {
      for (const [endpoint, { statements }] of endpoints) {
        for (;;) {
          const [rows = []] = await ask(
            "pending",
            `pending outbox items of ${endpoint}`,
            statements.claimPending,
            { count: pageSize, since: new Date(since), until: new Date(until), claimSeconds },
          );
          const items = toOutboxItems(endpoint, rows);
          if (items.length > 0) yield items;
          if (items.length < pageSize) break;
        }
      }
    },

    async state(aggregate) {
      const its = of(aggregate);
      const results = await ask("load state", `reading ${name(aggregate)}`, its.statements.state, {
        aggregateId: aggregate.id,
      });
      return parsed(name(aggregate), () => its.tables.read(results)?.state);
    },

    async createRequest(aggregate, id, { hash, createdAt }, keepFor) {
      const parameters = {
        aggregateId: aggregate.id,
        messageId: id,
        hash,
        createdAt: new Date(createdAt),
        keepSeconds: seconds(keepFor),
      };
      const [[result] = [], [existing] = []] = await ask(
        "create request",
        `request record of ${name(aggregate)}`,
        of(aggregate).statements.createRequest,
        parameters,
      );
      if (result?.["Result"] === "created") return "created";
      // It expired between the two statements: the next try creates it.
      if (existing === undefined) throw new TransientError(`request record ${id} was there and is gone`);
      return toRequestRecord(existing);
    },

    async request(aggregate, id) {
      const [[request] = [], [record] = []] = await ask(
        "load request",
        `request ${id} of ${name(aggregate)}`,
        of(aggregate).statements.request,
        { aggregateId: aggregate.id, messageId: id },
      );
      return {
        ...(request === undefined ? {} : { request: toRequestRecord(request) }),
        ...(record === undefined ? {} : { record: toInboxRecord(record) }),
      };
    },

    async cleanUp() {
      let total = 0;
      for (const [endpoint, { statements }] of endpoints) {
        for (let batch = 0; batch < cleaning.batches; batch++) {
          const { count } = cleaning;
          const [[row] = []] = await ask(undefined, `clean-up of ${endpoint}`, statements.cleanUp, { count });
          const removed = Number(row?.["Removed"]);
          total += removed;
          if (removed < count) break;
        }
      }
      return total;
    },
  };
}

const name = ({ endpoint, id }: Aggregate): string => `${endpoint} ${id}`;

const refsJson = (refs: readonly OutboxRef[]): string =>
  JSON.stringify(refs.map(({ aggregate, messageId }) => ({ aggregateId: aggregate.id, messageId })));

/** A newer version may have written it: an error that passes once this instance is replaced. */
function parsed<T>(what: string, parse: () => T): T {
  try {
    return parse();
  } catch (cause) {
    throw new TransientError(`${what} can't be read`, { cause });
  }
}
