import type { Expression } from "../parser/ast.ts";

/** Whether an expression or a part of it, subqueries apart, satisfies a test. */
export function someExpression(expression: Expression, test: (expression: Expression) => boolean): boolean {
  if (test(expression)) return true;
  return partsOf(expression).some((part) => someExpression(part, test));
}

/** The direct parts of an expression, without queries. */
function partsOf(e: Expression): Expression[] {
  switch (e.type) {
    case "arithmetic":
    case "and":
    case "or":
    case "compare":
      return [e.left, e.right];
    case "negate":
    case "not":
    case "isNull":
    case "utc":
    case "collate":
    case "cast":
    case "convert":
      return [e.operand];
    case "between":
      return [e.operand, e.low, e.high];
    case "like":
      return [e.operand, e.pattern, ...(e.escape === undefined ? [] : [e.escape])];
    case "inList":
      return [e.operand, ...e.list];
    case "inQuery":
      return [e.operand];
    case "case":
      return [
        ...(e.operand === undefined ? [] : [e.operand]),
        ...e.whens.flatMap(({ when, result }) => [when, result]),
        ...(e.else === undefined ? [] : [e.else]),
      ];
    case "call":
      return [
        ...e.args,
        ...(e.over?.partitionBy ?? []),
        ...(e.over?.orderBy.map(({ expression }) => expression) ?? []),
      ];
    default:
      return [];
  }
}
