import { sqlError } from "../errors/sql-error.ts";
import { newTransaction, undoTo } from "../storage/transaction.ts";
import { commitNow, type Waiting } from "./attempt.ts";
import type { Engine } from "./engine.ts";
import type { Session } from "./session.ts";
import type { Sink } from "./sink.ts";

/** BEGIN TRANSACTION: a second one only counts. */
export function beginTransaction(session: Session, sink: Sink): void {
  if (session.transaction === undefined) {
    session.transaction = newTransaction(session.spid, session.deadlockPriority);
    sink.transaction("begin", session.transaction.id);
  }
  session.trancount++;
}

/** COMMIT: the outermost one makes everything durable. Throws 3902 or 3930. */
export async function commitTransaction(
  engine: Engine,
  session: Session,
  sink: Sink,
  waiting: Waiting,
): Promise<void> {
  const { transaction } = session;
  if (transaction === undefined) throw sqlError(3902);
  if (session.doomed) throw sqlError(3930);
  if (session.trancount > 1) {
    session.trancount--;
    return;
  }
  // From here on there is nothing to roll back: not by a cancel, and not when the connection is lost.
  session.transaction = undefined;
  session.trancount = 0;
  try {
    await commitNow(engine, transaction, waiting);
  } catch (error) {
    sink.transaction("rollback", transaction.id);
    throw error;
  }
  sink.transaction("commit", transaction.id);
}

/** ROLLBACK: of everything, however deep; or back to a savepoint. Throws 3903, 3931 or 6401. */
export function rollbackTransaction(engine: Engine, session: Session, sink: Sink, name?: string): void {
  const { transaction } = session;
  if (transaction === undefined) throw name === undefined ? sqlError(3903) : sqlError(6401, name);
  if (name === undefined) {
    abandonTransaction(engine, session);
    sink.transaction("rollback", transaction.id);
    return;
  }
  const { savepoints } = transaction;
  const index = savepoints.findLastIndex((savepoint) => savepoint.name === name.toLowerCase());
  const savepoint = savepoints[index];
  if (savepoint === undefined) throw sqlError(6401, name);
  if (session.doomed) throw sqlError(3931);
  undoTo(transaction, savepoint.mark);
  savepoints.length = index + 1;
}

export function saveTransaction(session: Session, name: string): void {
  const { transaction } = session;
  if (transaction === undefined) throw sqlError(628);
  if (session.doomed) throw sqlError(3930);
  transaction.savepoints.push({ name: name.toLowerCase(), mark: transaction.undo.length });
}

/** Rolls back whatever is open, without a word to the client: the connection is reset or gone. */
export function abandonTransaction({ database }: Engine, session: Session): void {
  const { transaction } = session;
  session.transaction = undefined;
  session.trancount = 0;
  session.doomed = false;
  if (transaction !== undefined && !transaction.committing) database.rollback(transaction);
}
