import { randomUUID } from "node:crypto";
import { compileFilter } from "../binder/filter.ts";
import { type Engine, parseCache } from "../engine/engine.ts";
import type { Execution } from "../engine/execution.ts";
import { runBatch } from "../engine/executor.ts";
import { execute } from "../engine/procedures.ts";
import { newSession, type Session } from "../engine/session.ts";
import type { SqlError } from "../errors/sql-error.ts";
import { inMemory } from "../storage/durable.ts";
import { openDatabase } from "../storage/open-database.ts";
import { ticksOfMillis } from "../types/temporal.ts";
import { valueText } from "../types/to-text.ts";

/** What a batch gave: each result's rows as text, errors by number, rows affected. */
export interface BatchResult {
  readonly results: string[][][];
  readonly types: string[][];
  readonly errors: SqlError[];
  readonly messages: string[];
  readonly counts: number[];
}

/** An engine in memory and one session, without a network: batches run as they come. */
export interface Bench {
  readonly session: Session;
  run(sql: string): Promise<BatchResult>;
  /** The rows of the last result; throws the batch's first error. */
  rows(sql: string): Promise<string[][]>;
  /** The numbers of the batch's errors. */
  errors(sql: string): Promise<number[]>;
}

export function bench(): Bench {
  const database = openDatabase("pierogi", inMemory, compileFilter);
  let ticks = ticksOfMillis(Date.UTC(2026, 10, 24, 6, 51, 20, 500));
  let elapsed = 0;
  const engine: Engine = {
    database,
    now: () => ++ticks,
    elapsed: () => ++elapsed,
    parse: parseCache(),
    sources: { random: () => 0.5, newId: () => randomUUID().toUpperCase(), hash: () => null },
  };
  const session = newSession(51, "sa", "pierogi", engine.sources);

  const run = async (sql: string): Promise<BatchResult> => {
    const result: BatchResult = { results: [], types: [], errors: [], messages: [], counts: [] };
    const execution: Execution = {
      engine,
      session,
      trying: false,
      execute,
      waiting: {
        wait: async ({ promise }) => {
          await promise;
        },
      },
      checkpoint: async () => {},
      pause: async () => {},
      sink: {
        result(columns, rows) {
          result.types.push(columns.map(({ type }) => type.kind));
          result.results.push(
            rows.map((row) =>
              row.map((value, i) => valueText(value, (columns[i] as (typeof columns)[number]).type)),
            ),
          );
        },
        done: (_, count) => void (count !== undefined && result.counts.push(Number(count))),
        error: (error) => void result.errors.push(error),
        message: (_, text) => void result.messages.push(text),
        transaction() {},
      },
    };
    session.variables = new Map();
    await runBatch(execution, engine.parse(sql, []));
    return result;
  };

  return {
    session,
    run,
    async rows(sql) {
      const { results, errors } = await run(sql);
      if (errors[0] !== undefined) throw errors[0];
      return results.at(-1) ?? [];
    },
    errors: async (sql) => (await run(sql)).errors.map(({ number }) => number),
  };
}
