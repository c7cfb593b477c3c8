import { sqlError, unsupported } from "../errors/sql-error.ts";
import { converter } from "../types/convert.ts";
import { INT, type SqlType, type SqlValue } from "../types/sql-type.ts";
import { getAppLock, releaseAppLock } from "./app-locks.ts";
import type { Execution } from "./execution.ts";
import { type Parameter, parseParameters, runText } from "./procedures.ts";
import type { Variable } from "./session.ts";

/** A parameter of a remote procedure call. */
export interface CallParameter {
  readonly name: string;
  readonly output: boolean;
  readonly type: SqlType;
  readonly value: SqlValue;
}

/** A value that goes back to the client. */
export interface ReturnValue {
  readonly ordinal: number;
  readonly name: string;
  readonly type: SqlType;
  readonly value: SqlValue;
}

/** Statements prepared by sp_prepare, by handle. */
export type Prepared = Map<number, { readonly text: string; readonly parameters: readonly Parameter[] }>;

const MAX_PREPARED = 10_000;

/** Runs a call. Returns the procedure's status and its OUTPUT parameters. */
export async function runCall(
  execution: Execution,
  procedure: string,
  args: readonly CallParameter[],
  prepared: Prepared,
): Promise<{ status: bigint; values: ReturnValue[] }> {
  const byName = (wanted: readonly string[]): Map<string, SqlValue> =>
    new Map(args.map(({ name, value }, i) => [name || (wanted[i] ?? ""), value]));
  switch (procedure) {
    case "sp_executesql": {
      const [text, declarations, ...values] = args;
      if (text === undefined) throw sqlError(201, procedure, "@stmt");
      return runWith(
        execution,
        String(text.value ?? ""),
        parseParameters(String(declarations?.value ?? "")),
        values,
        2,
      );
    }
    case "sp_prepare": {
      const [handle, declarations, text] = args;
      if (handle === undefined || text === undefined) throw sqlError(201, procedure, "@stmt");
      const number = prepare(prepared, String(text.value ?? ""), String(declarations?.value ?? ""));
      execution.engine.parse(
        String(text.value ?? ""),
        parseParameters(String(declarations?.value ?? "")).map(({ name }) => name),
      );
      return { status: 0n, values: [{ ordinal: 0, name: handle.name, type: INT, value: BigInt(number) }] };
    }
    case "sp_prepexec": {
      const [handle, declarations, text, ...values] = args;
      if (handle === undefined || text === undefined) throw sqlError(201, procedure, "@stmt");
      const number = prepare(prepared, String(text.value ?? ""), String(declarations?.value ?? ""));
      const result = await runWith(
        execution,
        String(text.value ?? ""),
        parseParameters(String(declarations?.value ?? "")),
        values,
        3,
      );
      return {
        status: result.status,
        values: [{ ordinal: 0, name: handle.name, type: INT, value: BigInt(number) }, ...result.values],
      };
    }
    case "sp_execute": {
      const [handle, ...values] = args;
      const statement = prepared.get(Number(handle?.value ?? 0));
      if (statement === undefined) throw sqlError(8179, String(handle?.value));
      return runWith(execution, statement.text, statement.parameters, values, 1);
    }
    case "sp_unprepare":
      prepared.delete(Number(args[0]?.value ?? 0));
      return { status: 0n, values: [] };
    case "sp_getapplock":
      return {
        status: await getAppLock(execution, byName(["@resource", "@lockmode", "@lockowner", "@locktimeout"])),
        values: [],
      };
    case "sp_releaseapplock":
      return { status: releaseAppLock(execution, byName(["@resource", "@lockowner"])), values: [] };
    default:
      if (/^(sp|xp)_|^#/.test(procedure)) throw unsupported(`The procedure ${procedure}`);
      throw sqlError(2812, procedure);
  }
}

let lastHandle = 0;

function prepare(prepared: Prepared, text: string, declarations: string): number {
  if (prepared.size >= MAX_PREPARED)
    throw sqlError(701, `${MAX_PREPARED} statements are prepared on this connection.`);
  lastHandle++;
  prepared.set(lastHandle, { text, parameters: parseParameters(declarations) });
  return lastHandle;
}

/** Runs a text with typed parameters. `before` is the number of arguments before the values. */
async function runWith(
  execution: Execution,
  text: string,
  parameters: readonly Parameter[],
  args: readonly CallParameter[],
  before: number,
): Promise<{ status: bigint; values: ReturnValue[] }> {
  const variables = new Map<string, Variable>();
  const places = new Map<string, number>();
  parameters.forEach((parameter, i) => {
    const at = args.findIndex(({ name }) => name === parameter.name);
    const place = at === -1 && args[i]?.name === "" ? i : at;
    const arg = args[place];
    if (arg === undefined) throw sqlError(8178, text.slice(0, 200), parameter.name);
    places.set(parameter.name, place);
    variables.set(parameter.name, {
      type: parameter.type,
      value: converter(arg.type, parameter.type, { explicit: true })(arg.value),
    });
  });
  const extra = args.find(({ name }) => name !== "" && !variables.has(name));
  if (extra !== undefined) throw sqlError(8145, extra.name, "sp_executesql");
  const trancount = execution.session.trancount;
  const { status } = await runText(execution, text, variables);
  const now = execution.session.trancount;
  // A batch that ended by an error has told why the transaction is gone.
  if (now !== trancount && status !== -6n) execution.sink.error(sqlError(266, trancount, now));
  const values = parameters.flatMap(({ name, type }): ReturnValue[] => {
    const place = places.get(name) ?? 0;
    const variable = variables.get(name);
    if (args[place]?.output !== true || variable?.type === undefined) return [];
    return [{ ordinal: place + before, name, type, value: variable.value }];
  });
  return { status: status === -6n ? 0n : status, values };
}
