import { sqlError, unsupported } from "../errors/sql-error.ts";
import { openJson, openJsonWith } from "../evaluator/open-json.ts";
import { type ReadPlan, readPlan } from "../locks/rows.ts";
import type { Expression, Source } from "../parser/ast.ts";
import type { Row, Table } from "../storage/table.ts";
import { converter } from "../types/convert.ts";
import { BIGINT, familyOf, INT, MAX, nvarchar, TINYINT } from "../types/sql-type.ts";
import { conjuncts } from "./access.ts";
import { coerced } from "./expressions.ts";
import { type Leaf, type Node, nodeOf, type Tree } from "./joins.ts";
import { scanTable } from "./scan.ts";
import {
  type BoundCte,
  bindExpression,
  bindQuery,
  type Scope,
  type SourceColumn,
  type SourceInfo,
} from "./scope.ts";
import { commonTypeOf } from "./type-rules.ts";

/** A table that is read with locks, by its place among the sources. */
export interface Locking {
  readonly source: number;
  readonly plan: ReadPlan;
}

export interface BoundFrom {
  readonly node: Node;
  readonly locking: readonly Locking[];
}

/**
 * Binds a FROM clause into the scope's sources. `target`: the alias whose rows a statement is about to change, which
 * is read with update locks.
 */
export function bindFrom(
  sources: readonly Source[],
  where: Expression | undefined,
  scope: Scope,
  target?: { alias: string; hints: readonly string[] },
): BoundFrom {
  const locking: Locking[] = [];
  const trees = sources.map((source) => treeOf(source, scope, locking, target));
  const [first, ...rest] = trees;
  if (first === undefined) return { node: once, locking };
  const tree = rest.reduce<Tree>((left, right) => ({ type: "join", kind: "inner", left, right }), first);
  return { node: nodeOf(tree, conjuncts(where), 0, scope), locking };
}

function* once(): Iterable<void> {
  yield;
}

function addSource(scope: Scope, info: Omit<SourceInfo, "nullable">): number {
  if (scope.sources.length >= 30) throw unsupported("More than 30 tables in one query");
  const clash = scope.sources.some(
    (other) =>
      other.alias.toLowerCase() === info.alias.toLowerCase() &&
      info.alias !== "" &&
      (other.name.length < 2 ||
        info.name.length < 2 ||
        other.name.join(".").toLowerCase() === info.name.join(".").toLowerCase()),
  );
  if (clash) throw sqlError(1011, info.alias);
  return scope.sources.push({ ...info, nullable: false }) - 1;
}

export const tableColumns = (table: Table): SourceColumn[] =>
  table.columns.map(({ name, type, nullable, identity }) => ({ name, type, nullable, identity }));

function treeOf(
  source: Source,
  scope: Scope,
  locking: Locking[],
  target: { alias: string; hints: readonly string[] } | undefined,
): Tree {
  if (source.type === "join") return joinOf(source, scope, locking, target);
  return { type: "leaf", leaf: leafOf(source, scope, locking, target) };
}

function joinOf(
  source: Source & { type: "join" },
  scope: Scope,
  locking: Locking[],
  target: { alias: string; hints: readonly string[] } | undefined,
): Tree {
  const before = scope.sources.length;
  const left = treeOf(source.left, scope, locking, target);
  const middle = scope.sources.length;
  const right = treeOf(source.right, scope, locking, target);
  const end = scope.sources.length;
  const mayBeNull = (from: number, to: number): void => {
    for (let i = from; i < to; i++) (scope.sources[i] as SourceInfo).nullable = true;
  };
  const on = source.on === undefined ? {} : { on: source.on };
  switch (source.kind) {
    case "left":
    case "outerApply":
      mayBeNull(middle, end);
      return { type: "join", kind: "left", left, right, ...on };
    case "right":
      mayBeNull(before, middle);
      return { type: "join", kind: "left", left: right, right: left, ...on };
    case "full":
      mayBeNull(before, end);
      return { type: "join", kind: "full", left, right, ...on };
    default:
      return { type: "join", kind: "inner", left, right, ...on };
  }
}

function leafOf(
  source: Exclude<Source, { type: "join" }>,
  scope: Scope,
  locking: Locking[],
  target: { alias: string; hints: readonly string[] } | undefined,
): Leaf {
  switch (source.type) {
    case "table":
      return tableLeaf(source, scope, locking, target);
    case "derived": {
      const query = bindQuery(source.query, scope);
      const columns = named(query.columns, source.columns, source.alias);
      const index = addSource(scope, { alias: source.alias, name: [source.alias], columns });
      return { source: index, rows: (env) => query.run(env) };
    }
    case "values":
      return valuesLeaf(source, scope);
    default:
      return functionLeaf(source, scope);
  }
}

function named(columns: readonly SourceColumn[], names: readonly string[], alias: string): SourceColumn[] {
  if (names.length > 0 && names.length !== columns.length)
    throw sqlError(names.length < columns.length ? 8158 : 8159, alias);
  return columns.map((column, i) => {
    const name = names[i] ?? column.name;
    if (name === "") throw sqlError(8155, i + 1, alias);
    return { ...column, name };
  });
}

function tableLeaf(
  source: Source & { type: "table" },
  scope: Scope,
  locking: Locking[],
  target: { alias: string; hints: readonly string[] } | undefined,
): Leaf {
  const last = source.name.at(-1) ?? "";
  const alias = source.alias ?? last;
  if (source.name.length === 1) {
    const cte = scope.ctes.find(({ cte: { name } }) => name.toLowerCase() === last.toLowerCase());
    if (cte?.self === true) throw unsupported(`The recursive common table expression ${last}`);
    if (cte !== undefined) return cteLeaf(cte, alias, scope);
  }
  const table = scope.context.resolveTable(source.name);
  const isTarget = target !== undefined && target.alias.toLowerCase() === alias.toLowerCase();
  const hints = isTarget ? [...source.hints, ...target.hints] : source.hints;
  const plan = readPlan(hints, scope.context.session.isolation, isTarget);
  const index = addSource(scope, {
    alias,
    name: source.alias === undefined ? source.name : [source.alias],
    columns: tableColumns(table),
    table,
  });
  if (plan.mode !== undefined) locking.push({ source: index, plan });
  return { source: index, table: { table, plan }, rows: (env) => scanTable(table, undefined, plan, env) };
}

function cteLeaf({ cte, before }: BoundCte, alias: string, scope: Scope): Leaf {
  const query = bindQuery(cte.query, {
    context: scope.context,
    sources: [],
    outer: undefined,
    ctes: [...before, { cte, before, self: true }],
  });
  const index = addSource(scope, {
    alias,
    name: [alias],
    columns: named(query.columns, cte.columns, cte.name),
  });
  return { source: index, rows: (env) => query.run(env) };
}

function valuesLeaf(source: Source & { type: "values" }, scope: Scope): Leaf {
  const rows = source.rows.map((row) => row.map((expression) => bindExpression(expression, scope)));
  const width = rows[0]?.length ?? 0;
  if (rows.some((row) => row.length !== width)) throw sqlError(10709);
  const types = Array.from({ length: width }, (_, i) => commonTypeOf(rows.map((row) => row[i]?.type ?? INT)));
  const values = rows.map((row) => row.map((bound, i) => coerced(bound, types[i] ?? INT)));
  const columns = types.map((type, i) => ({
    name: "",
    type: type.kind === "null" ? INT : type,
    nullable: values.some((row) => row[i]?.nullable === true),
  }));
  const index = addSource(scope, {
    alias: source.alias,
    name: [source.alias],
    columns: named(columns, source.columns, source.alias),
  });
  return { source: index, rows: (env) => values.map((row) => row.map((bound) => bound.evaluate(env))) };
}

function functionLeaf(source: Source & { type: "function" }, scope: Scope): Leaf {
  const args = source.args.map((arg) => bindExpression(arg, scope));
  const alias = source.alias ?? source.name;
  const add = (columns: readonly SourceColumn[]): number =>
    addSource(scope, { alias, name: [alias], columns });
  const [first, second, third] = args;
  if (first === undefined) throw sqlError(174, source.name.toLowerCase(), 1);
  if (source.name === "OPENJSON") {
    if (familyOf(first.type) !== "text" && familyOf(first.type) !== "null")
      throw sqlError(8116, first.type.kind, 1, "OPENJSON");
    const path = second === undefined ? () => "$" : second.evaluate;
    const { json } = source;
    for (const column of json ?? [])
      if (column.asJson && !(column.columnType.kind === "nvarchar" && column.columnType.length === MAX))
        throw sqlError(13618);
    const columns: SourceColumn[] = json?.map(({ name, columnType }) => ({
      name,
      type: columnType,
      nullable: true,
    })) ?? [
      { name: "key", type: nvarchar(4000), nullable: false },
      { name: "value", type: nvarchar(MAX), nullable: true },
      { name: "type", type: TINYINT, nullable: false },
    ];
    const read = json === undefined ? openJson : openJsonWith(json);
    return {
      source: add(columns),
      rows: (env) => {
        const [text, way] = [first.evaluate(env), path(env)];
        return text === null || way === null ? [] : read(text as string, way as string);
      },
    };
  }
  if (source.name === "STRING_SPLIT") {
    if (second === undefined || third !== undefined) throw sqlError(174, "string_split", 2);
    const text = converter(first.type, nvarchar(MAX));
    return {
      source: add([{ name: "value", type: nvarchar(MAX), nullable: false }]),
      rows: (env) => {
        const [value, by] = [text(first.evaluate(env)), second.evaluate(env)];
        return value === null ? [] : (value as string).split(by as string).map((part) => [part]);
      },
    };
  }
  if (second === undefined) throw sqlError(189, "generate_series", 2, 3);
  const [from, to, step] = [first, second, third].map((arg) =>
    arg === undefined ? undefined : coerced(arg, BIGINT),
  );
  return {
    source: add([{ name: "value", type: commonTypeOf([first.type, second.type]), nullable: false }]),
    rows: (env) => {
      const [start, stop, by] = [from?.evaluate(env), to?.evaluate(env), step?.evaluate(env) ?? 1n];
      const rows: Row[] = [];
      if (typeof start !== "bigint" || typeof stop !== "bigint" || typeof by !== "bigint" || by === 0n)
        return rows;
      for (let value = start; by > 0n ? value <= stop : value >= stop; value += by) {
        env.runtime.work();
        rows.push([value]);
      }
      return rows;
    },
  };
}
