import { asSqlError } from "../engine/attempt.ts";
import type { Execution } from "../engine/execution.ts";
import { Cancelled, runBatch } from "../engine/executor.ts";
import { execute } from "../engine/procedures.ts";
import { type Prepared, type ReturnValue, runCall } from "../engine/rpc.ts";
import type { Session } from "../engine/session.ts";
import {
  beginTransaction,
  commitTransaction,
  rollbackTransaction,
  saveTransaction,
} from "../engine/transactions.ts";
import { effectOf, type SqlError, sqlError } from "../errors/sql-error.ts";
import type { SqlEvent } from "../events.ts";
import type { Statement } from "../parser/ast.ts";
import { DONE } from "./constants.ts";
import type { Rpc, TransactionRequest } from "./requests.ts";
import { type Response, response } from "./response.ts";
import { writeDone, writeReset, writeReturnStatus, writeReturnValue } from "./tokens.ts";

/** A request, understood. */
export type Request =
  | { readonly kind: "batch"; readonly text: string }
  | ({ readonly kind: "rpc" } & Rpc)
  | ({ readonly kind: "transaction" } & TransactionRequest)
  | { readonly kind: "bulk" };

/** What a connection gives to a request that runs on it. */
export interface Context extends Pick<Execution, "engine" | "session" | "waiting" | "checkpoint" | "pause"> {
  readonly prepared: Prepared;
  /** The client resets the connection with this request. */
  readonly reset: boolean;
  readonly onEvent: (event: SqlEvent) => void;
}

/**
 * Runs any request and returns its whole response: the one way in for everything a logged-in client asks. Throws
 * only when the connection cannot go on.
 * @param refusal instead of running it: what it fails with
 */
export async function dispatch(request: Request, context: Context, refusal?: SqlError): Promise<Buffer> {
  const { session, onEvent } = context;
  const { spid } = session;
  const procedure = request.kind === "rpc";
  const reply = response(procedure, (event) => {
    if (typeof event === "string") onEvent({ type: "transaction", spid, event });
    else if ("error" in event)
      onEvent({ type: "error", spid, number: event.error.number, message: event.error.message });
    else onEvent({ type: "changed", spid, command: event.command, rows: Number(event.count) });
  });
  const execution: Execution = { ...context, sink: reply.sink, trying: false, execute };
  if (context.reset) writeReset(reply.out);
  let ended: { status: bigint; values: readonly ReturnValue[] } | undefined;
  try {
    if (refusal !== undefined) throw refusal;
    ended = await run(request, execution, context);
  } catch (error) {
    if (!(error instanceof Cancelled)) fail(execution, error);
  }
  finish(reply, procedure, ended);
  return reply.out.finish();
}

async function run(
  request: Request,
  execution: Execution,
  { prepared }: Context,
): Promise<{ status: bigint; values: readonly ReturnValue[] } | undefined> {
  const { engine, session, sink } = execution;
  switch (request.kind) {
    case "batch": {
      session.variables = new Map();
      const statements: readonly Statement[] = engine.parse(request.text, []);
      await runBatch(execution, statements);
      return undefined;
    }
    case "rpc":
      return runCall(execution, request.procedure, request.parameters, prepared);
    case "bulk":
      throw sqlError(
        40517,
        "Bulk load is not supported by this local SQL server. INSERT … SELECT … FROM OPENJSON(@rows) does it, or the official container (mcr.microsoft.com/mssql/server).",
      );
    default:
      await transaction(request, execution, session);
      sink.done("other", undefined);
      return undefined;
  }
}

async function transaction(
  request: TransactionRequest,
  { engine, sink, waiting }: Execution,
  session: Session,
): Promise<void> {
  const { operation, name, isolation, again } = request;
  if (operation === "save") saveTransaction(session, name);
  else if (operation === "commit") await commitTransaction(engine, session, sink, waiting);
  else if (operation === "rollback")
    rollbackTransaction(engine, session, sink, name === "" ? undefined : name);
  if (operation === "begin" || again) {
    if (isolation !== undefined) session.isolation = isolation;
    beginTransaction(session, sink);
  }
}

/** An error outside of the statements: the text does not parse, a parameter does not convert. */
function fail({ engine, session, sink }: Execution, thrown: unknown): void {
  const error = asSqlError(thrown);
  session.lastError = error.number;
  if (error.line === 0) error.line = 1;
  sink.error(error);
  if (
    session.transaction !== undefined &&
    effectOf(error, session.options.xactAbort) === "transaction" &&
    error.severity !== 15
  )
    rollbackTransaction(engine, session, sink);
}

function finish(
  { out, failed }: Response,
  procedure: boolean,
  ended: { status: bigint; values: readonly ReturnValue[] } | undefined,
): void {
  const status = failed() ? DONE.error : 0;
  if (!procedure) {
    writeDone(out, "done", status, 0xfd, 0n);
    return;
  }
  if (ended !== undefined) {
    writeReturnStatus(out, ended.status);
    for (const { ordinal, name, value, type } of ended.values)
      writeReturnValue(out, ordinal, name, value, type);
  }
  writeDone(out, "doneProc", status, 0xe0, 0n);
}
