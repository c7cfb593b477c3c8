import { unsupported } from "../errors/sql-error.ts";
import type { ReadPlan } from "../locks/rows.ts";
import type { Expression } from "../parser/ast.ts";
import type { Row, Table } from "../storage/table.ts";
import { chooseAccess, conjuncts } from "./access.ts";
import type { BoundCondition, Env } from "./bound.ts";
import { scanTable } from "./scan.ts";
import { bindCondition, type Scope } from "./scope.ts";

/** A FROM clause, ready to run: a step puts the next combination of rows into the environment and yields. */
export type Node = (env: Env) => Iterable<void>;

/** A source before its conditions are known: made into a node when all of the FROM clause is bound. */
export interface Leaf {
  readonly source: number;
  readonly table?: { readonly table: Table; readonly plan: ReadPlan };
  rows(env: Env): Iterable<Row>;
}

/** The joins of a FROM clause; right joins are turned round. */
export type Tree =
  | { readonly type: "leaf"; readonly leaf: Leaf }
  | {
      readonly type: "join";
      readonly kind: "inner" | "left" | "full";
      readonly left: Tree;
      readonly right: Tree;
      readonly on?: Expression;
    };

/** Bits of the sources within a tree. */
const bitsOf = (tree: Tree): number =>
  tree.type === "leaf" ? 1 << tree.leaf.source : bitsOf(tree.left) | bitsOf(tree.right);

const sourcesIn = (tree: Tree): number[] =>
  tree.type === "leaf" ? [tree.leaf.source] : [...sourcesIn(tree.left), ...sourcesIn(tree.right)];

/** Makes nested loops of a tree. `conditions` are known of its rows, `available` the sources that are at hand before. */
export function nodeOf(tree: Tree, conditions: readonly Expression[], available: number, scope: Scope): Node {
  if (tree.type === "leaf") return leafNode(tree.leaf, conditions, available, scope);
  const own = conjuncts(tree.on);
  // A condition of an outer join says nothing of the side that is kept.
  const left = nodeOf(
    tree.left,
    tree.kind === "inner" ? [...conditions, ...own] : tree.kind === "full" ? [] : conditions,
    available,
    scope,
  );
  const right = nodeOf(
    tree.right,
    tree.kind === "full" ? own : [...conditions, ...own],
    available | bitsOf(tree.left),
    scope,
  );
  const on: BoundCondition =
    tree.on === undefined ? { uses: 0, test: () => true } : bindCondition(tree.on, scope);
  if (tree.kind === "inner") return innerJoin(left, right, on);
  const nulls = (of: Tree): ((env: Env) => void) => {
    const empty = sourcesIn(of).map(
      (source) => [source, (scope.sources[source]?.columns ?? []).map(() => null)] as const,
    );
    return (env) => {
      for (const [source, row] of empty) env.rows[source] = row;
    };
  };
  if (tree.kind === "left") return outerJoin(left, right, on, nulls(tree.right));
  if (tree.right.type !== "leaf" || tree.right.leaf.table === undefined)
    throw unsupported("FULL JOIN with anything but a table on its right side");
  return fullJoin(left, right, on, nulls(tree.left), nulls(tree.right), tree.right.leaf.source);
}

function leafNode(leaf: Leaf, conditions: readonly Expression[], available: number, scope: Scope): Node {
  const { source, table } = leaf;
  const access =
    table === undefined ? undefined : chooseAccess(table.table, source, conditions, available, scope);
  const rows =
    table === undefined || access === undefined
      ? leaf.rows
      : (env: Env) => scanTable(table.table, access, table.plan, env);
  return function* (env) {
    for (const row of rows(env)) {
      env.runtime.work();
      env.rows[source] = row;
      yield;
    }
  };
}

const innerJoin = (left: Node, right: Node, on: BoundCondition): Node =>
  function* (env) {
    for (const _ of left(env)) for (const __ of right(env)) if (on.test(env) === true) yield;
  };

const outerJoin = (left: Node, right: Node, on: BoundCondition, nullRight: (env: Env) => void): Node =>
  function* (env) {
    for (const _ of left(env)) {
      let matched = false;
      for (const __ of right(env))
        if (on.test(env) === true) {
          matched = true;
          yield;
        }
      if (!matched) {
        nullRight(env);
        yield;
      }
    }
  };

const fullJoin = (
  left: Node,
  right: Node,
  on: BoundCondition,
  nullLeft: (env: Env) => void,
  nullRight: (env: Env) => void,
  source: number,
): Node =>
  function* (env) {
    const matchedRows = new Set<Row | undefined>();
    for (const _ of left(env)) {
      let matched = false;
      for (const __ of right(env))
        if (on.test(env) === true) {
          matched = true;
          matchedRows.add(env.rows[source]);
          yield;
        }
      if (!matched) {
        nullRight(env);
        yield;
      }
    }
    nullLeft(env);
    for (const _ of right(env))
      if (!matchedRows.has(env.rows[source])) {
        nullLeft(env);
        yield;
      }
  };
