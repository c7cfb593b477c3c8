import { type Bound, type Env, emptyEnv, type Runtime } from "../binder/bound.ts";
import { coerced } from "../binder/expressions.ts";
import { hasAggregate } from "../binder/grouping.ts";
import {
  type BoundCte,
  type BoundQuery,
  bindCondition,
  bindExpression,
  bindQuery,
  type Scope,
} from "../binder/scope.ts";
import { bindTop, matches } from "../binder/select.ts";
import { bindFrom } from "../binder/sources.ts";
import { sqlError, unsupported } from "../errors/sql-error.ts";
import { lockRow, lockToWrite } from "../locks/rows.ts";
import type { Expression, Source, Statement } from "../parser/ast.ts";
import { current } from "../storage/slot.ts";
import type { Row, Slot, Table } from "../storage/table.ts";
import type { SqlValue } from "../types/sql-type.ts";
import { assigner, checkNulls } from "./assign.ts";
import type { Changed } from "./changed.ts";
import { type Change, checkChanges, checkChecks } from "./constraints.ts";
import { defaultOf, intoTable, ordinalOf, rowversion } from "./insert.ts";
import { bindOutput } from "./output.ts";

type Update = Statement & { readonly type: "update" };
type Delete = Statement & { readonly type: "delete" };

/** Where the rows to change come from. */
interface Target {
  readonly table: Table;
  readonly sources: readonly Source[];
  readonly alias: string;
  readonly ctes: readonly BoundCte[];
  /** The query that a common table expression is, when the rows are changed through one. */
  readonly through: BoundQuery | undefined;
}

/** Finds what an UPDATE or DELETE names: an alias of its FROM clause, a common table expression, or a table. */
function targetOf({ table: name, from }: Update | Delete, scope: Scope): Target {
  const last = (name.at(-1) ?? "").toLowerCase();
  const cte =
    name.length === 1 ? scope.ctes.find(({ cte: { name: own } }) => own.toLowerCase() === last) : undefined;
  if (cte !== undefined) {
    if (from.length > 0)
      throw unsupported("UPDATE or DELETE through a common table expression with a FROM clause");
    const through = bindQuery(cte.cte.query, {
      ...scope,
      sources: [],
      outer: undefined,
      ctes: cte.before,
      updating: true,
    });
    if (through.base === undefined) throw sqlError(4405, cte.cte.name);
    return { table: through.base.table, sources: [], alias: last, ctes: scope.ctes, through };
  }
  const flat = from.flatMap(leaves);
  const aliased =
    flat.find((source) => name.length === 1 && source.alias?.toLowerCase() === last) ??
    flat.find((source) => source.name.map((part) => part.toLowerCase()).at(-1) === last);
  if (aliased !== undefined)
    return {
      table: scope.context.resolveTable(aliased.name),
      sources: from,
      alias: aliased.alias ?? aliased.name.at(-1) ?? "",
      ctes: scope.ctes,
      through: undefined,
    };
  const own: Source = { type: "table", name, hints: [] };
  return {
    table: scope.context.resolveTable(name),
    sources: [own, ...from],
    alias: name.at(-1) ?? "",
    ctes: scope.ctes,
    through: undefined,
  };
}

const leaves = (source: Source): (Source & { type: "table" })[] =>
  source.type === "table"
    ? [source]
    : source.type === "join"
      ? [...leaves(source.left), ...leaves(source.right)]
      : [];

interface Found {
  readonly slot: Slot;
  readonly env: Env;
  readonly before: Row;
}

/** Reads the rows to change, and locks them: each once, however often it is found. */
function find(statement: Update | Delete, target: Target, scope: Scope, runtime: Runtime): Found[] {
  const { where, hints } = statement;
  const top = bindTop(statement, scope);
  const env = emptyEnv(runtime);
  let source = 0;
  let envs: Iterable<Env>;
  let locking: ReturnType<typeof bindFrom>["locking"] = [];
  const { through } = target;
  if (through === undefined) {
    const from = bindFrom(target.sources, where, scope, { alias: target.alias, hints });
    source = scope.sources.findIndex(
      ({ alias, table }) => table === target.table && alias.toLowerCase() === target.alias.toLowerCase(),
    );
    const condition = where === undefined ? undefined : bindCondition(where, scope);
    locking = from.locking;
    envs = matches(from, condition, env);
  } else {
    scope.sources.push({
      alias: target.alias,
      name: [target.alias],
      columns: through.columns,
      nullable: false,
      table: target.table,
    });
    const condition = where === undefined ? undefined : bindCondition(where, scope);
    const rows = through.run(env);
    envs = rows
      .map((row) => ({ ...env, rows: [row] }))
      .filter((at) => condition === undefined || condition.test(at) === true);
  }
  if (statement.top?.percent === true) envs = [...envs];
  const wanted = top?.count(env, Array.isArray(envs) ? envs.length : 0);
  const found = new Map<Slot, Found>();
  for (const at of envs) {
    if (found.size === wanted) break;
    const row = at.rows[source];
    const slot = row && runtime.slots.get(row);
    if (slot === undefined || found.has(slot)) continue;
    const locked = locking.every(({ source: other, plan }) => {
      const otherRow = at.rows[other];
      const otherSlot = otherRow && runtime.slots.get(otherRow);
      return otherSlot === undefined || lockRow(runtime, otherSlot, plan);
    });
    if (!locked) continue;
    lockToWrite(runtime, slot);
    const before = current(slot, runtime.transaction);
    if (before !== null) found.set(slot, { slot, env: at, before });
  }
  return [...found.values()];
}

/** Runs a DELETE. */
export function runDelete(statement: Delete, outer: Scope, runtime: Runtime): Changed {
  const target = targetOf(statement, outer);
  const scope: Scope = { ...outer, sources: [] };
  const found = find(statement, target, scope, runtime);
  const output =
    statement.output === undefined
      ? undefined
      : bindOutput(statement.output, target.table, scope, ["deleted"]);
  const changes = found.map(({ slot, before, env }): Change => {
    runtime.database.change(runtime.transaction, slot, null);
    output?.add(env, null, before);
    return { slot, before, after: null };
  });
  checkChanges(runtime, target.table, changes, "DELETE");
  return { count: changes.length, output: intoTable(statement, output?.rows, outer, runtime) };
}

interface Setter {
  readonly ordinal: number;
  value(env: Env): SqlValue;
}

/** Runs an UPDATE. */
export function runUpdate(statement: Update, outer: Scope, runtime: Runtime): Changed {
  const target = targetOf(statement, outer);
  const scope: Scope = { ...outer, sources: [] };
  const found = find(statement, target, scope, runtime);
  const { setters, variables } = settersOf(statement, target, scope, runtime);
  const output =
    statement.output === undefined
      ? undefined
      : bindOutput(statement.output, target.table, scope, ["inserted", "deleted"]);
  const { table } = target;
  const version = table.columns.findIndex(({ type }) => type.kind === "rowversion");
  const changes = found.map(({ slot, env, before }): Change => {
    const after = [...before];
    for (const { ordinal, value } of setters) after[ordinal] = value(env);
    for (const assign of variables) assign(env);
    if (version !== -1) after[version] = rowversion(runtime);
    checkNulls(table, after, runtime.database.name, "UPDATE");
    checkChecks(runtime, table, after, "UPDATE");
    runtime.database.change(runtime.transaction, slot, after);
    output?.add(env, after, before);
    return { slot, before, after };
  });
  checkChanges(runtime, table, changes, "UPDATE");
  return { count: changes.length, output: intoTable(statement, output?.rows, outer, runtime) };
}

function settersOf(
  statement: Update,
  { table, through }: Target,
  scope: Scope,
  runtime: Runtime,
): { setters: Setter[]; variables: ((env: Env) => void)[] } {
  const setters: Setter[] = [];
  const variables: ((env: Env) => void)[] = [];
  for (const { column, variable, op, value } of statement.set) {
    if (hasAggregate(value)) throw sqlError(157);
    if (variable !== undefined) {
      variables.push(variableSetter(variable, op, value, scope));
      continue;
    }
    if (column === undefined) continue;
    const name = column.at(-1) ?? "";
    const place = through?.columns.findIndex((own) => own.name.toLowerCase() === name.toLowerCase());
    const ordinal = through === undefined ? ordinalOf(table, name) : through.base?.ordinals[place ?? -1];
    const target = ordinal === undefined ? undefined : table.columns[ordinal];
    if (ordinal === undefined || target === undefined)
      throw place === -1 ? sqlError(207, name) : sqlError(271, name);
    if (target.identity) throw sqlError(8102, name);
    if (target.type.kind === "rowversion") throw sqlError(272);
    if (setters.some((setter) => setter.ordinal === ordinal)) throw sqlError(264, name);
    if (value.type === "default") {
      setters.push({ ordinal, value: () => defaultOf(runtime, table, ordinal) });
      continue;
    }
    const bound = bindExpression(withOperator(op, { type: "column", name: column }, value), scope);
    const assign = assigner(bound.type, target, table, runtime.database.name);
    setters.push({ ordinal, value: (env) => assign(bound.evaluate(env)) });
  }
  return { setters, variables };
}

/** `a += b` is `a = a + b`. */
export function withOperator(op: string, left: Expression, right: Expression): Expression {
  if (op === "=") return right;
  return { type: "arithmetic", op: op[0] as "+", left, right };
}

function variableSetter(name: string, op: string, value: Expression, scope: Scope): (env: Env) => void {
  const bound: Bound = bindExpression(withOperator(op, { type: "variable", name }, value), scope);
  return (env) => {
    const variable = env.runtime.session.variables.get(name);
    if (variable?.type === undefined) throw sqlError(137, name);
    variable.value = coerced(bound, variable.type, true).evaluate(env);
  };
}
