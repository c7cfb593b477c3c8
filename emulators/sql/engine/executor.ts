import { effectOf, SqlError, sqlError } from "../errors/sql-error.ts";
import type { Statement } from "../parser/ast.ts";
import { INT, nvarchar } from "../types/sql-type.ts";
import { asSqlError } from "./attempt.ts";
import { withOperator } from "./change.ts";
import { runData } from "./data.ts";
import { declareTable, runDefinition } from "./definitions.ts";
import { evaluate, isTrue } from "./evaluate.ts";
import type { Execution } from "./execution.ts";
import { raise, thrown } from "./raise.ts";
import type { Session } from "./session.ts";
import { runSetting } from "./settings.ts";
import { beginTransaction, commitTransaction, rollbackTransaction, saveTransaction } from "./transactions.ts";
import { waitMillis } from "./waitfor.ts";

/** The batch is over, and its error has been told. */
export class BatchEnd extends Error {
  /** The batches around it are over, too: not for a name that an inner batch got wrong. */
  readonly all: boolean;

  constructor(all: boolean) {
    super("The batch is over.");
    this.all = all;
  }
}

type Flow = "next" | "break" | "continue" | { readonly returned: bigint };

const MAX_NESTING = 32;

/**
 * Runs a batch's statements. Errors go to the sink; only a cancel and a lost connection are thrown, and, `within`
 * another batch, that this one is over as well.
 */
export async function runBatch(
  execution: Execution,
  statements: readonly Statement[],
  within = false,
): Promise<bigint> {
  const { session } = execution;
  let status = 0n;
  try {
    const flow = await runList(execution, statements, execution.trying);
    if (typeof flow === "object") status = flow.returned;
  } catch (error) {
    if (!(error instanceof BatchEnd) || (within && error.all)) throw error;
    status = -6n;
  }
  if (session.nesting === 0 && session.doomed && session.transaction !== undefined) {
    rollbackTransaction(execution.engine, session, execution.sink);
    execution.sink.error(sqlError(3998));
  }
  return status;
}

async function runList(
  execution: Execution,
  statements: readonly Statement[],
  trying: boolean,
): Promise<Flow> {
  for (const statement of statements) {
    const flow = await runOne(execution, statement, trying);
    if (flow !== "next") return flow;
  }
  return "next";
}

/** Runs a statement; outside TRY its error is told here, and may end the batch. */
async function runOne(execution: Execution, statement: Statement, trying: boolean): Promise<Flow> {
  const { session } = execution;
  try {
    await execution.checkpoint();
    const flow = await dispatch(execution, statement, trying);
    if (!KEEPS_ERROR.has(statement.type)) session.lastError = 0;
    return flow;
  } catch (thrown) {
    if (thrown instanceof Cancelled) cancelled(execution);
    if (thrown instanceof BatchEnd || thrown instanceof Cancelled) throw thrown;
    const error = asSqlError(thrown);
    if (error.line === 0) error.line = statement.line;
    session.lastError = error.number;
    session.rowcount = 0n;
    if (error.severity <= 10) {
      execution.sink.message(error.number, error.message, error.line);
      return "next";
    }
    if (trying) {
      doom(execution, error);
      throw error;
    }
    const effect = effectOf(error, session.options.xactAbort);
    execution.sink.error(error);
    if (effect === "statement") return "next";
    if (effect === "transaction" && session.transaction !== undefined)
      rollbackTransaction(execution.engine, session, execution.sink);
    throw new BatchEnd(effect === "transaction" || error.raisedBy === "throw");
  }
}

/** An attention ends the batch; under XACT_ABORT the transaction too. */
function cancelled({ engine, session, sink }: Execution): void {
  if (session.transaction !== undefined && (session.options.xactAbort || session.doomed))
    rollbackTransaction(engine, session, sink);
}

/** Statements after which @@ERROR is what their parts left. */
const KEEPS_ERROR = new Set<Statement["type"]>(["if", "while", "block", "try"]);

/** Thrown when the client sends an attention. */
export class Cancelled extends Error {}

/** An error that TRY catches may leave the transaction fit for nothing but ROLLBACK. */
function doom({ engine, session }: Execution, error: SqlError): void {
  const { transaction } = session;
  if (transaction === undefined || session.doomed) return;
  if (error.raisedBy === "raiserror") return;
  if (!session.options.xactAbort && effectOf(error, false) !== "transaction") return;
  session.doomed = true;
  // The others of a deadlock go on at once.
  if (error.number === 1205 || error.number === 3960) engine.database.rollback(transaction);
}

async function dispatch(execution: Execution, statement: Statement, trying: boolean): Promise<Flow> {
  const { session, sink, engine } = execution;
  switch (statement.type) {
    case "query":
    case "insert":
    case "update":
    case "delete":
      await runData(execution, statement);
      return "next";
    case "if": {
      const branch = (await isTrue(execution, statement.condition)) ? statement.yes : statement.no;
      return branch === undefined ? "next" : runOne(execution, branch, trying);
    }
    case "while":
      return loop(execution, statement, trying);
    case "block":
      return runList(execution, statement.body, trying);
    case "try":
      return tryCatch(execution, statement, trying);
    case "break":
    case "continue":
      return statement.type;
    case "return": {
      const value = statement.value === undefined ? 0n : await evaluate(execution, statement.value, INT);
      return { returned: (value as bigint | null) ?? 0n };
    }
    case "declare":
      for (const variable of statement.variables) {
        if (variable.type === "table") declareTable(execution, variable);
        else {
          const value =
            variable.value === undefined
              ? null
              : await evaluate(execution, variable.value, variable.variableType);
          session.variables.set(variable.name, { type: variable.variableType, value });
        }
      }
      return "next";
    case "set": {
      const variable = session.variables.get(statement.variable);
      if (variable?.type === undefined) throw sqlError(137, statement.variable);
      variable.value = await evaluate(
        execution,
        withOperator(statement.op, { type: "variable", name: statement.variable }, statement.value),
        variable.type,
      );
      session.rowcount = 1n;
      return "next";
    }
    case "print": {
      const text = await evaluate(execution, statement.value, nvarchar(8000));
      sink.message(0, (text as string | null) ?? "", statement.line);
      return "next";
    }
    case "throw":
      throw await thrown(execution, statement);
    case "raiserror":
      await raise(execution, statement);
      return "next";
    case "begin":
      beginTransaction(session, sink);
      sink.done("other", undefined);
      return "next";
    case "commit":
      await commitTransaction(engine, session, sink, execution.waiting);
      sink.done("other", undefined);
      return "next";
    case "rollback":
      rollbackTransaction(engine, session, sink, savepointName(session, statement.name));
      sink.done("other", undefined);
      return "next";
    case "save":
      saveTransaction(session, savepointName(session, statement.name) ?? "");
      sink.done("other", undefined);
      return "next";
    case "waitfor":
      await execution.pause(
        waitMillis((await evaluate(execution, statement.delay, nvarchar(100))) as string | null),
      );
      return "next";
    case "execute":
    case "executeText": {
      if (session.nesting >= MAX_NESTING) throw sqlError(217);
      const status = await execution.execute(
        trying === execution.trying ? execution : { ...execution, trying },
        statement,
      );
      if (statement.type === "execute" && statement.result !== undefined) {
        const variable = session.variables.get(statement.result);
        if (variable?.type !== undefined) variable.value = status;
      }
      return "next";
    }
    case "use":
      if (statement.database.toLowerCase() !== session.database.toLowerCase())
        throw sqlError(911, statement.database);
      return "next";
    case "option":
    case "setting":
    case "isolation":
    case "identityInsert": {
      const value =
        statement.type === "setting" && typeof statement.value !== "string"
          ? await evaluate(execution, statement.value, nvarchar(100))
          : undefined;
      runSetting(execution, statement, value);
      return "next";
    }
    default:
      await runDefinition(execution, statement);
      sink.done("other", undefined);
      return "next";
  }
}

/** A transaction's name may be in a variable. */
function savepointName(session: Session, name: string | undefined): string | undefined {
  if (name === undefined || !name.startsWith("@")) return name;
  const variable = session.variables.get(name);
  return variable?.type === undefined || variable.value === null ? undefined : String(variable.value);
}

async function loop(
  execution: Execution,
  statement: Statement & { type: "while" },
  trying: boolean,
): Promise<Flow> {
  while (await isTrue(execution, statement.condition)) {
    const flow = await runOne(execution, statement.body, trying);
    if (flow === "break") return "next";
    if (typeof flow === "object") return flow;
  }
  return "next";
}

/** Errors of names and of the subset are not caught in the batch they stand in, as in SQL Server. */
const UNCATCHABLE = new Set([207, 208, 209, 4104, 40517, 137]);

async function tryCatch(
  execution: Execution,
  statement: Statement & { type: "try" },
  trying: boolean,
): Promise<Flow> {
  const { session } = execution;
  try {
    return await runList(execution, statement.body, true);
  } catch (error) {
    if (!(error instanceof SqlError)) throw error;
    if (UNCATCHABLE.has(error.number) && error.raisedBy === "engine" && !nested.has(error)) {
      if (trying) throw error;
      execution.sink.error(error);
      throw new BatchEnd(false);
    }
    session.caught.push(error);
    try {
      const flow = await runList(execution, statement.catch, trying);
      session.lastError = 0;
      return flow;
    } finally {
      session.caught.pop();
    }
  }
}

/** Errors that came out of a batch of EXEC: the batch around it catches them, whatever they are. */
export const nested = new WeakSet<SqlError>();
