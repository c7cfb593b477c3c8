import { SqlError, sqlError, unsupported } from "../errors/sql-error.ts";
import { tokenize } from "../lexer/lexer.ts";
import type { Statement } from "../parser/ast.ts";
import { cursorOf } from "../parser/cursor.ts";
import { parseType } from "../parser/types.ts";
import { converter } from "../types/convert.ts";
import { MAX, nvarchar, type SqlType, type SqlValue } from "../types/sql-type.ts";
import { getAppLock, releaseAppLock } from "./app-locks.ts";
import { evaluate } from "./evaluate.ts";
import type { Execution } from "./execution.ts";
import { nested, runBatch } from "./executor.ts";
import type { Variable } from "./session.ts";

/** A parameter's declaration: `@p decimal(9,2) OUTPUT`. */
export interface Parameter {
  readonly name: string;
  readonly type: SqlType;
  readonly output: boolean;
}

/** Reads the parameter list of sp_executesql. */
export function parseParameters(text: string): Parameter[] {
  const cursor = cursorOf(tokenize(text), []);
  if (cursor.peek().kind === "end") return [];
  const parameters = cursor.list((): Parameter => {
    const token = cursor.next();
    if (token.kind !== "variable") throw sqlError(102, token.text);
    cursor.take("AS");
    if (cursor.peek(1).value === "READONLY" || cursor.peek(3).value === "READONLY")
      throw unsupported("A table-valued parameter");
    const type = parseType(cursor);
    return { name: token.value, type, output: cursor.take("OUTPUT") || cursor.take("OUT") };
  });
  if (cursor.peek().kind !== "end") throw cursor.error();
  return parameters;
}

/** Runs a text as a batch of its own, or `within` another, with its own variables. Returns them, for OUTPUT parameters. */
export async function runText(
  execution: Execution,
  text: string,
  variables: Map<string, Variable>,
  within = false,
): Promise<{ status: bigint; variables: Map<string, Variable> }> {
  const { session, engine } = execution;
  const statements = engine.parse(text, [...variables.keys()]);
  // SET options and the isolation level of an inner batch end with it.
  const { variables: outer, isolation, lockTimeout, deadlockPriority, rowLimit } = session;
  const options = { ...session.options };
  session.variables = variables;
  session.nesting++;
  try {
    return { status: await runBatch(execution, statements, within), variables };
  } finally {
    session.nesting--;
    Object.assign(session.options, options);
    Object.assign(session, { variables: outer, isolation, lockTimeout, deadlockPriority, rowLimit });
  }
}

type Arguments = readonly {
  readonly name: string | undefined;
  readonly value: SqlValue;
  readonly variable: string | undefined;
  readonly output: boolean;
}[];

/** EXEC of a text or of a procedure. Returns the procedure's status. */
export async function execute(
  execution: Execution,
  statement: Statement & { readonly type: "execute" | "executeText" },
): Promise<bigint> {
  if (statement.type === "executeText") {
    const text = (await evaluate(execution, statement.text, nvarchar(MAX))) as string | null;
    return inner(execution, text ?? "", new Map());
  }
  const args: { name: string | undefined; value: SqlValue; variable: string | undefined; output: boolean }[] =
    [];
  for (const { name, value, output } of statement.args) {
    const variable = value.type === "variable" ? value.name : undefined;
    const held = variable === undefined ? undefined : execution.session.variables.get(variable);
    const text = held?.type !== undefined ? held.value : await evaluate(execution, value, nvarchar(MAX));
    args.push({ name, value: text, variable, output });
  }
  const procedure = (statement.name.at(-1) ?? "").toLowerCase();
  switch (procedure) {
    case "sp_executesql":
      return executeSql(execution, args);
    case "sp_getapplock":
      return getAppLock(
        execution,
        named(args, ["@resource", "@lockmode", "@lockowner", "@locktimeout", "@dbprincipal"]),
      );
    case "sp_releaseapplock":
      return releaseAppLock(execution, named(args, ["@resource", "@lockowner", "@dbprincipal"]));
    default:
      if (/^(sp|xp)_/.test(procedure)) throw unsupported(`The procedure ${procedure}`);
      throw sqlError(2812, statement.name.join("."));
  }
}

/** Arguments by name; those without one in the order of the parameters. */
function named(args: Arguments, parameters: readonly string[]): Map<string, SqlValue> {
  return new Map(args.map(({ name, value }, i) => [name ?? parameters[i] ?? "", value]));
}

async function executeSql(execution: Execution, args: Arguments): Promise<bigint> {
  const [text, declarations, ...values] = args;
  if (text === undefined) throw sqlError(201, "sp_executesql", "@stmt");
  const parameters = parseParameters(String(declarations?.value ?? ""));
  const variables = new Map<string, Variable>();
  parameters.forEach((parameter, i) => {
    const given =
      values.find(({ name }) => name === parameter.name) ??
      (values[i]?.name === undefined ? values[i] : undefined);
    if (given === undefined) throw sqlError(8178, String(text.value), parameter.name);
    const held = given.variable === undefined ? undefined : execution.session.variables.get(given.variable);
    const from = held?.type ?? nvarchar(MAX);
    variables.set(parameter.name, {
      type: parameter.type,
      value: converter(from, parameter.type, { explicit: true })(given.value),
    });
  });
  const status = await inner(execution, String(text.value ?? ""), variables);
  for (const parameter of parameters) {
    const given = values.find(({ name, output }) => output && name === parameter.name);
    const target =
      given?.variable === undefined ? undefined : execution.session.variables.get(given.variable);
    const source = variables.get(parameter.name);
    if (target?.type !== undefined && source?.type !== undefined)
      target.value = converter(source.type, target.type, { explicit: true })(source.value);
  }
  return status;
}

/** A batch within a batch: the error that ends it reaches TRY of the one around it. */
async function inner(execution: Execution, text: string, variables: Map<string, Variable>): Promise<bigint> {
  try {
    return (await runText(execution, text, variables, true)).status;
  } catch (error) {
    if (error instanceof SqlError) nested.add(error);
    throw error;
  }
}
