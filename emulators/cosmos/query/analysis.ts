import { badRequest } from "../errors.ts";
import type { IndexingPolicy } from "../indexing.ts";
import { type Expression, partsOf, type Query } from "./ast.ts";

/** A query's filter, cut into what an index serves and the rest. */
export interface Filter {
  /** Conditions (all must be true) on indexed paths only: they decide which items are loaded. */
  readonly indexed: readonly Expression[];
  readonly rest: readonly Expression[];
  /** A prefix that the id of every match has. */
  readonly idPrefix: string | undefined;
}

/** Cuts a filter by an indexing policy. */
export function analyze(where: Expression | undefined, policy: IndexingPolicy): Filter {
  const conditions = conjuncts(where);
  const isIndexed = (condition: Expression): boolean => {
    const paths = pathsIn(condition);
    return paths.length > 0 && paths.every((path) => path !== undefined && policy.indexes(path));
  };
  return {
    indexed: conditions.filter(isIndexed),
    rest: conditions.filter((condition) => !isIndexed(condition)),
    idPrefix: conditions.map(idPrefix).find((prefix) => prefix !== undefined),
  };
}

/**
 * Throws 400 for an order that the service could not serve: one path must be indexed, several need a composite index
 * of exactly these paths and directions, or of all directions turned round.
 */
export function checkOrder({ orderBy }: Query, policy: IndexingPolicy): void {
  const paths = orderBy.map(({ of }) => pathOf(of));
  const [first] = paths;
  if (orderBy.length === 0 || paths.includes(undefined)) return;
  if (orderBy.length === 1) {
    if (first !== undefined && policy.indexes(first)) return;
    throw badRequest(
      `ORDER BY /${first?.join("/")} needs an index, but the container's indexing policy excludes the path.`,
    );
  }
  const wanted = orderBy.map(({ descending }, index) => ({
    path: `/${paths[index]?.join("/")}`,
    descending,
  }));
  const served = policy.composites.some(
    (composite) =>
      composite.length === wanted.length &&
      composite.every(({ path }, index) => path === wanted[index]?.path) &&
      new Set(composite.map(({ descending }, index) => descending === wanted[index]?.descending)).size === 1,
  );
  if (!served)
    throw badRequest(
      `ORDER BY of several properties needs a composite index of ${wanted.map(({ path }) => path).join(", ")}.`,
    );
}

const conjuncts = (where: Expression | undefined): readonly Expression[] => {
  if (where === undefined) return [];
  return where.kind === "logical" && where.operator === "AND" ? where.operands.flatMap(conjuncts) : [where];
};

/** All paths that an expression reads; `undefined` for one that depends on a value. */
function pathsIn(expression: Expression): Array<readonly string[] | undefined> {
  if (expression.kind === "member" || expression.kind === "root") return [pathOf(expression)];
  return partsOf(expression).flatMap(pathsIn);
}

/** A path from the item, such as c.a.b[0]; elements of arrays are `[]`. */
function pathOf(expression: Expression): readonly string[] | undefined {
  if (expression.kind === "root") return [];
  if (expression.kind !== "member" || expression.name.kind !== "value") return undefined;
  const above = pathOf(expression.of);
  const { value } = expression.name;
  if (above === undefined) return undefined;
  return typeof value === "string"
    ? [...above, value]
    : typeof value === "number"
      ? [...above, "[]"]
      : undefined;
}

/** `c.id = 'a'` and `STARTSWITH(c.id, 'a')` say that the id begins with a. */
function idPrefix(condition: Expression): string | undefined {
  if (condition.kind === "binary" && condition.operator === "=")
    return prefixOf(condition.left, condition.right) ?? prefixOf(condition.right, condition.left);
  if (condition.kind !== "call" || condition.name !== "STARTSWITH") return undefined;
  const [text, prefix, ignoreCase] = condition.args;
  const exact = ignoreCase === undefined || (ignoreCase.kind === "value" && ignoreCase.value === false);
  return exact && text !== undefined && prefix !== undefined ? prefixOf(text, prefix) : undefined;
}

function prefixOf(path: Expression, value: Expression): string | undefined {
  const isId = pathOf(path)?.join("/") === "id";
  return isId && value.kind === "value" && typeof value.value === "string" ? value.value : undefined;
}
