import type { Runtime } from "../binder/bound.ts";
import { SqlError, sqlError } from "../errors/sql-error.ts";
import type { Wait } from "../locks/owner.ts";
import { newTransaction, type Transaction, undoTo } from "../storage/transaction.ts";
import type { Engine } from "./engine.ts";
import { LockConflict } from "./lock-conflict.ts";
import type { Session } from "./session.ts";

/** Milliseconds that one statement may compute before it gives up: it holds up everybody else meanwhile. */
const MAX_COMPUTING = 20_000;

/** How a session waits, so that it can be cancelled. */
export interface Waiting {
  /** Waits; throws when cancelled. */
  wait(wait: Wait): Promise<void>;
}

/**
 * Runs a statement. It either runs through without a pause, or meets a lock of another transaction: then it is
 * undone, waits, and runs anew. Without an open transaction it is one of its own, committed when this returns.
 */
export async function attempt<T>(
  engine: Engine,
  session: Session,
  waiting: Waiting,
  run: (runtime: Runtime) => T,
): Promise<T> {
  const { database } = engine;
  const own = session.transaction === undefined;
  const transaction = session.transaction ?? newTransaction(session.spid, session.deadlockPriority);
  const variables = [...session.variables.values()].map(
    (variable) => [variable, variable.type === undefined ? null : variable.value] as const,
  );
  try {
    let result: T;
    for (;;) {
      const mark = transaction.undo.length;
      const snapshot = database.openSnapshot(readPoint(engine, session, transaction));
      try {
        result = run(runtimeOf(engine, session, transaction, snapshot.commit));
        break;
      } catch (error) {
        undoTo(transaction, mark);
        if (!(error instanceof LockConflict)) throw error;
        for (const [variable, value] of variables) if (variable.type !== undefined) variable.value = value;
        await waitForLock(engine, session, transaction, waiting, error);
      } finally {
        database.closeSnapshot(snapshot);
      }
    }
    if (own) await commitNow(engine, transaction, waiting);
    return result;
  } catch (error) {
    if (own && !transaction.committing) database.rollback(transaction);
    throw error;
  }
}

/** Commits, and waits until it is durable. */
export async function commitNow(
  { database }: Engine,
  transaction: Transaction,
  waiting: Waiting,
): Promise<void> {
  const wait = database.commit(transaction);
  if (wait !== undefined) await waiting.wait(wait);
}

async function waitForLock(
  { database }: Engine,
  session: Session,
  transaction: Transaction,
  waiting: Waiting,
  conflict: LockConflict,
): Promise<void> {
  const { resource, mode, momentary } = conflict;
  const before = transaction.held.get(resource);
  const wait = database.locks.acquire(transaction, resource, mode, session.lockTimeout);
  if (wait !== undefined) await waiting.wait(wait);
  if (momentary) database.locks.restore(transaction, resource, before);
}

/** The commit up to which the statement reads: its own start's, or under SNAPSHOT the transaction's first read's. */
function readPoint({ database }: Engine, session: Session, transaction: Transaction): number {
  if (session.isolation !== "snapshot") return database.lastCommit();
  if (transaction.snapshot === undefined) {
    if (transaction.touched.size > 0) throw sqlError(3951, database.name);
    transaction.snapshot = database.lastCommit();
    transaction.view = database.openSnapshot(transaction.snapshot);
  }
  return transaction.snapshot;
}

function runtimeOf(engine: Engine, session: Session, transaction: Transaction, snapshot: number): Runtime {
  let steps = 0;
  const start = engine.elapsed();
  return {
    session,
    database: engine.database,
    transaction,
    snapshot,
    now: engine.now(),
    slots: new Map(),
    work() {
      if (++steps % 4096 === 0 && engine.elapsed() - start > MAX_COMPUTING)
        throw sqlError(
          701,
          `it has computed for ${MAX_COMPUTING / 1000} s. An index on the columns it compares may help.`,
        );
    },
  };
}

/**
 * Any error as one for the client. What this server did not expect is 8624, SQL Server's own number for an internal
 * error: it ends the transaction, is told with its cause in the event, and the server goes on for the others.
 */
export function asSqlError(error: unknown): SqlError {
  if (error instanceof SqlError) return error;
  const reason = error instanceof Error ? error.message : String(error);
  if (error instanceof RangeError)
    return new SqlError(701, `There is insufficient memory to run this query: ${reason}.`, {
      severity: 17,
      cause: error,
    });
  return new SqlError(
    8624,
    `Internal error of this local SQL server: ${reason}. Please report it with the statement.`,
    {
      cause: error,
    },
  );
}
