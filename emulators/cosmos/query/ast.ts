import type { Json } from "../json.ts";

/** A scalar expression. Parameters are already values; the FROM alias is `root`. */
export type Expression =
  | { readonly kind: "value"; readonly value: Json | undefined }
  | { readonly kind: "root" }
  | { readonly kind: "member"; readonly of: Expression; readonly name: Expression }
  | { readonly kind: "unary"; readonly operator: "-" | "+" | "NOT"; readonly of: Expression }
  | { readonly kind: "logical"; readonly operator: "AND" | "OR"; readonly operands: readonly Expression[] }
  | {
      readonly kind: "binary";
      readonly operator: BinaryOperator;
      readonly left: Expression;
      readonly right: Expression;
    }
  | { readonly kind: "in"; readonly of: Expression; readonly list: readonly Expression[] }
  | { readonly kind: "between"; readonly of: Expression; readonly low: Expression; readonly high: Expression }
  | {
      readonly kind: "conditional";
      readonly test: Expression;
      readonly then: Expression;
      readonly otherwise: Expression;
    }
  | { readonly kind: "array"; readonly elements: readonly Expression[] }
  | { readonly kind: "object"; readonly entries: ReadonlyArray<readonly [string, Expression]> }
  | { readonly kind: "call"; readonly name: string; readonly args: readonly Expression[] }
  | { readonly kind: "aggregate"; readonly name: AggregateName; readonly of: Expression };

export type BinaryOperator = "=" | "!=" | "<" | "<=" | ">" | ">=" | "+" | "-" | "*" | "/" | "%" | "||" | "??";

export type AggregateName = "COUNT" | "SUM" | "MIN" | "MAX" | "AVG";
export const AGGREGATES: readonly AggregateName[] = ["COUNT", "SUM", "MIN", "MAX", "AVG"];

export type Selection =
  | { readonly kind: "all" }
  | { readonly kind: "value"; readonly of: Expression }
  | {
      readonly kind: "properties";
      readonly properties: ReadonlyArray<{ readonly name: string; readonly of: Expression }>;
    };

/** A parsed query. */
export interface Query {
  readonly distinct: boolean;
  readonly select: Selection;
  readonly where: Expression | undefined;
  readonly groupBy: readonly Expression[];
  readonly orderBy: ReadonlyArray<{ readonly of: Expression; readonly descending: boolean }>;
  readonly offset: number;
  /** The lesser of TOP and LIMIT. */
  readonly limit: number;
}

/** An expression's direct parts. */
export function partsOf(expression: Expression): readonly Expression[] {
  switch (expression.kind) {
    case "value":
    case "root":
      return [];
    case "member":
      return [expression.of, expression.name];
    case "unary":
    case "aggregate":
      return [expression.of];
    case "logical":
      return expression.operands;
    case "binary":
      return [expression.left, expression.right];
    case "in":
      return [expression.of, ...expression.list];
    case "between":
      return [expression.of, expression.low, expression.high];
    case "conditional":
      return [expression.test, expression.then, expression.otherwise];
    case "array":
      return expression.elements;
    case "object":
      return expression.entries.map(([, value]) => value);
    case "call":
      return expression.args;
  }
}

/** True if the expression or a part of it is an aggregate. */
export const hasAggregate = (expression: Expression): boolean =>
  expression.kind === "aggregate" || partsOf(expression).some(hasAggregate);

/** The expressions that a query selects. */
export function selected(select: Selection): readonly Expression[] {
  if (select.kind === "all") return [];
  return select.kind === "value" ? [select.of] : select.properties.map((property) => property.of);
}
