import { SqlError, unsupported } from "../errors/sql-error.ts";
import type { Mode } from "../locks/modes.ts";
import type { SqlValue } from "../types/sql-type.ts";
import type { Execution } from "./execution.ts";

const MODES: Record<string, Mode> = { shared: "S", update: "U", exclusive: "X" };

const resourceOf = (name: SqlValue): string => `app:${String(name).slice(0, 255)}`;

/** The lock belongs to the transaction, SQL Server's default; session locks are refused. */
function check(execution: Execution, args: ReadonlyMap<string, SqlValue>): boolean {
  const owner = String(args.get("@lockowner") ?? "Transaction");
  if (owner.toLowerCase() !== "transaction")
    throw unsupported("An application lock of the session (@LockOwner = 'Session')");
  return (
    execution.session.transaction !== undefined &&
    args.get("@resource") !== null &&
    args.get("@resource") !== undefined
  );
}

/** sp_getapplock: 0 granted, 1 after a wait, -1 time-out, -2 cancelled, -3 deadlock, -999 wrong arguments. */
export async function getAppLock(execution: Execution, args: ReadonlyMap<string, SqlValue>): Promise<bigint> {
  const { engine, session, waiting } = execution;
  const mode = MODES[String(args.get("@lockmode") ?? "").toLowerCase()];
  if (!check(execution, args) || mode === undefined || session.transaction === undefined) return -999n;
  const given = args.get("@locktimeout");
  const timeout = given === undefined || given === null ? session.lockTimeout : Number(String(given));
  try {
    const wait = engine.database.locks.acquire(
      session.transaction,
      resourceOf(args.get("@resource") ?? ""),
      mode,
      timeout < 0 ? Number.POSITIVE_INFINITY : timeout,
    );
    if (wait === undefined) return 0n;
    await waiting.wait(wait);
    return 1n;
  } catch (error) {
    if (error instanceof SqlError && error.number === 1222) return -1n;
    if (error instanceof SqlError && error.number === 1205) return -3n;
    throw error;
  }
}

/** sp_releaseapplock. */
export function releaseAppLock(execution: Execution, args: ReadonlyMap<string, SqlValue>): bigint {
  const { engine, session } = execution;
  if (!check(execution, args) || session.transaction === undefined) return -999n;
  const resource = resourceOf(args.get("@resource") ?? "");
  if (!session.transaction.held.has(resource)) return -999n;
  engine.database.locks.restore(session.transaction, resource, undefined);
  return 0n;
}
