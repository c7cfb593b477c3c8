import mssql from "mssql";
import { expect } from "vitest";
import type { SqlServer } from "../index.ts";

/** What a step of a story must give: rows, the rows affected, or an error's number. */
export interface Outcome {
  readonly rows?: readonly (readonly unknown[])[];
  readonly affected?: number;
  readonly error?: number;
}

/** A session runs a batch: it gives its outcome at once, or it waits for another session. */
export type Step =
  | ({ readonly as: string; readonly sql: string } & Outcome)
  | { readonly as: string; readonly sql: string; readonly waits: true }
  /** What was waiting has gone on. */
  | ({ readonly resumes: string } & Outcome)
  | { readonly cancel: string };

interface Running {
  readonly request: mssql.Request;
  readonly result: Promise<Outcome>;
}

/** Connections of their own, by name. */
export interface Cast {
  start(name: string, sql: string): Promise<Running>;
  close(): Promise<void>;
}

/** A pool of one connection for each name. */
export function castOf(server: SqlServer): Cast {
  const pools = new Map<string, mssql.ConnectionPool>();
  return {
    async start(name, sql) {
      let pool = pools.get(name);
      if (pool === undefined) {
        pool = await new mssql.ConnectionPool({ ...server.config, pool: { min: 1, max: 1 } }).connect();
        pool.on("error", () => {});
        pools.set(name, pool);
      }
      const request = new mssql.Request(pool);
      request.arrayRowMode = true;
      const result = request.batch(sql).then(
        ({ recordset, rowsAffected }): Outcome => ({
          ...(recordset === undefined ? {} : { rows: recordset as unknown as unknown[][] }),
          affected: rowsAffected.at(-1) ?? 0,
        }),
        (error: unknown): Outcome => ({ error: numberOf(error) }),
      );
      return { request, result };
    },
    close: async () => {
      await Promise.all([...pools.values()].map((pool) => pool.close()));
    },
  };
}

/** SQL Server's number; -1 for a cancel, -2 for a lost connection. */
function numberOf(error: unknown): number {
  if (error instanceof mssql.RequestError) return error.code === "ECANCEL" ? -1 : (error.number ?? -2);
  return -2;
}

/** Waits until a condition holds; the test's time-out ends it otherwise. */
export async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setImmediate(resolve));
}

/** Plays a story: each step is over, or known to wait, before the next one begins. */
export async function play(server: SqlServer, steps: readonly Step[]): Promise<void> {
  const cast = castOf(server);
  const waiting = new Map<string, Running>();
  try {
    for (const [i, step] of steps.entries()) {
      const place = `step ${i + 1}`;
      if ("cancel" in step) {
        waiting.get(step.cancel)?.request.cancel();
        continue;
      }
      if ("resumes" in step) {
        const running = waiting.get(step.resumes);
        expect(running, place).toBeDefined();
        waiting.delete(step.resumes);
        if (running !== undefined) expect(await running.result, place).toMatchObject(outcomeOf(step));
        continue;
      }
      const before = server.counts().waiting;
      const running = await cast.start(step.as, step.sql);
      if ("waits" in step) {
        waiting.set(step.as, running);
        let over = false;
        void running.result.then(() => {
          over = true;
        });
        await until(() => over || server.counts().waiting > before);
        expect(over, `${place} must wait`).toBe(false);
      } else expect(await running.result, `${place}: ${step.sql}`).toMatchObject(outcomeOf(step));
    }
    expect(waiting.size, "sessions that still wait").toBe(0);
  } finally {
    await cast.close();
  }
}

const outcomeOf = ({ rows, affected, error }: Outcome): Outcome => ({
  ...(rows === undefined ? {} : { rows }),
  ...(affected === undefined ? {} : { affected }),
  ...(error === undefined ? {} : { error }),
});
