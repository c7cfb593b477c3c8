import type { Session } from "../engine/session.ts";
import { sqlError } from "../errors/sql-error.ts";
import type { Cte, Expression, Name, Query } from "../parser/ast.ts";
import type { Database } from "../storage/database.ts";
import type { Row, Table } from "../storage/table.ts";
import { familyOf, type SqlType } from "../types/sql-type.ts";
import type { Bound, BoundCondition, ColumnReference, Env } from "./bound.ts";

/** A column that a source offers. */
export interface SourceColumn {
  readonly name: string;
  readonly type: SqlType;
  readonly nullable: boolean;
  readonly identity?: boolean;
}

/** A table, derived table or function of a FROM clause, by the name its columns are qualified with. */
export interface SourceInfo {
  readonly alias: string;
  /** The full name, where there is no alias. */
  readonly name: Name;
  columns: readonly SourceColumn[];
  readonly table?: Table;
  /** An outer join may fill it with NULL. */
  nullable: boolean;
}

/** A query, bound: its columns, and its rows when it runs. */
export interface BoundQuery {
  readonly columns: readonly SourceColumn[];
  /** Whether it reads rows of the queries around it. */
  readonly correlated: boolean;
  run(outer: Env): Row[];
  /** The table that its rows are rows of, where a statement may change them through it, and the columns' places there. */
  readonly base?: { readonly table: Table; readonly ordinals: readonly (number | undefined)[] };
}

/** The three mutually recursive parts of the binder. */
export interface Binder {
  expression(expression: Expression, scope: Scope): Bound;
  condition(expression: Expression, scope: Scope): BoundCondition;
  query(query: Query, scope: Scope): BoundQuery;
}

export const bindExpression = (expression: Expression, scope: Scope): Bound =>
  scope.context.binder.expression(expression, scope);
export const bindCondition = (expression: Expression, scope: Scope): BoundCondition =>
  scope.context.binder.condition(expression, scope);
export const bindQuery = (query: Query, scope: Scope): BoundQuery => scope.context.binder.query(query, scope);

/** What binding needs to know of the batch. */
export interface BindContext {
  readonly binder: Binder;
  readonly session: Session;
  readonly database: Database;
  resolveTable(name: Name): Table;
}

/** How expressions of a grouped query are bound: by its keys and aggregates. */
export interface Grouping {
  readonly keys: readonly { readonly text: string; readonly bound: Bound }[];
  /** Binds an aggregate call and gives its place among the group's values. */
  aggregate(call: Expression & { type: "call" }): Bound;
}

/** The names that an expression may use. */
export interface Scope {
  readonly context: BindContext;
  readonly sources: SourceInfo[];
  readonly outer: Scope | undefined;
  readonly ctes: readonly BoundCte[];
  readonly grouping?: Grouping;
  /** Told when a column of a query further out is read. */
  readonly onOuter?: (depth: number) => void;
  /** Its rows are read to be changed: by UPDATE or DELETE through a common table expression. */
  readonly updating?: boolean;
  /** Takes a window function; absent where none is allowed. */
  readonly window?: (call: Expression & { type: "call" }) => Bound;
}

export interface BoundCte {
  readonly cte: Cte;
  /** It is being bound: to name it is recursion. */
  readonly self?: true;
  /** CTEs that this one may use. */
  readonly before: readonly BoundCte[];
}

const same = (a: string, b: string): boolean => a.length === b.length && a.toLowerCase() === b.toLowerCase();

/** Whether a qualifier names a source: its alias, or its table's name with or without schema. */
function qualifies(source: SourceInfo, qualifier: Name): boolean {
  if (qualifier.length === 1) return same(source.alias, qualifier[0] ?? "");
  const parts = source.name.slice(-qualifier.length);
  const own = parts.length === 1 ? ["dbo", ...parts] : parts;
  return (
    own.length === qualifier.length &&
    qualifier.every((part, i) => same(part === "" ? "dbo" : part, own[i] ?? ""))
  );
}

/** The sources that a qualified star means. */
export function sourcesOf(scope: Scope, qualifier: Name): number[] {
  const found = scope.sources.flatMap((source, i) => (qualifies(source, qualifier) ? [i] : []));
  if (found.length === 0) throw sqlError(107, qualifier.join("."));
  return found;
}

/** Finds a column by name, in the query's own sources first. Throws 207, 209 or 4104. */
export function resolveColumn(scope: Scope, name: Name): Bound {
  const column = name.at(-1) ?? "";
  const qualifier = name.slice(0, -1);
  let depth = 0;
  for (let at: Scope | undefined = scope; at !== undefined; at = at.outer, depth++) {
    const matches: [number, number][] = [];
    at.sources.forEach((source, i) => {
      if (qualifier.length > 0 && !qualifies(source, qualifier)) return;
      const ordinal = source.columns.findIndex((candidate) => same(candidate.name, column));
      if (ordinal !== -1) matches.push([i, ordinal]);
    });
    if (matches.length > 1) throw sqlError(209, column);
    const [match] = matches;
    if (match !== undefined) {
      noteOuter(scope, depth);
      return columnBound(at, depth, match[0], match[1]);
    }
  }
  const known =
    qualifier.length === 0 ||
    someScope(scope, (at) => at.sources.some((source) => qualifies(source, qualifier)));
  throw known ? sqlError(207, column) : sqlError(4104, name.join("."));
}

/** Every query between the reader and the column's own depends on rows around it. */
function noteOuter(scope: Scope, depth: number): void {
  let at: Scope | undefined = scope;
  for (let i = depth; i > 0; i--, at = at?.outer) at?.onOuter?.(i);
}

function someScope(scope: Scope, test: (scope: Scope) => boolean): boolean {
  for (let at: Scope | undefined = scope; at !== undefined; at = at.outer) if (test(at)) return true;
  return false;
}

/** A column's text always has a collation: the database's, if none was declared. */
const columnType = (type: SqlType): SqlType =>
  familyOf(type) === "text"
    ? { ...type, collation: type.collation ?? { order: "default", explicit: false } }
    : type;

/** Reads one column of one source, `depth` queries out. */
export function columnBound(scope: Scope, depth: number, source: number, ordinal: number): Bound {
  const info = scope.sources[source] as SourceInfo;
  const { name, type, nullable, identity } = info.columns[ordinal] as SourceColumn;
  const column: ColumnReference = { depth, source, ordinal, name, identity: identity === true };
  const base = { type: columnType(type), nullable: nullable || info.nullable, column };
  if (depth === 0)
    return { ...base, uses: 1 << source, evaluate: (env) => env.rows[source]?.[ordinal] ?? null };
  return {
    ...base,
    uses: 0,
    evaluate(env) {
      let at: Env | undefined = env;
      for (let i = 0; i < depth; i++) at = at?.outer;
      return at?.rows[source]?.[ordinal] ?? null;
    },
  };
}
