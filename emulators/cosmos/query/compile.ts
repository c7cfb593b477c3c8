import { badRequest } from "../errors.ts";
import { isObject, type Json, type JsonObject, own } from "../json.ts";
import type { BinaryOperator, Expression, Selection } from "./ast.ts";
import { systemFunction } from "./functions.ts";
import { compareValues, sameValue } from "./values.ts";

export type Value = Json | undefined;

/** An expression made ready: gives its value for an item. */
export type Compiled = (item: JsonObject) => Value;

/** What the aggregates of one group came to, by their place in the query. */
export type AggregateResults = ReadonlyMap<Expression, () => Value>;
const NONE: AggregateResults = new Map();

/**
 * Makes an expression ready to run. Where a value has the wrong type the result is undefined, never an error, and
 * undefined is not true.
 */
export function compile(expression: Expression, aggregates: AggregateResults = NONE): Compiled {
  const part = (of: Expression): Compiled => compile(of, aggregates);
  switch (expression.kind) {
    case "value": {
      const { value } = expression;
      return () => value;
    }
    case "root":
      return (item) => item;
    case "member": {
      const of = part(expression.of);
      const name = part(expression.name);
      return (item) => member(of(item), name(item));
    }
    case "unary": {
      const of = part(expression.of);
      const { operator } = expression;
      if (operator === "NOT") return (item) => negate(of(item));
      const sign = operator === "-" ? -1 : 1;
      return (item) => {
        const value = of(item);
        return typeof value === "number" ? sign * value : undefined;
      };
    }
    case "logical": {
      const operands = expression.operands.map(part);
      return expression.operator === "AND" ? logical(operands, false) : logical(operands, true);
    }
    case "binary":
      return binary(expression.operator, part(expression.left), part(expression.right));
    case "in": {
      const of = part(expression.of);
      const list = expression.list.map(part);
      return (item) => {
        const value = of(item);
        if (value === undefined) return undefined;
        return list.some((candidate) => equal(value, candidate(item)) === true);
      };
    }
    case "between": {
      const of = part(expression.of);
      const low = binary(">=", of, part(expression.low));
      const high = binary("<=", of, part(expression.high));
      return logical([low, high], false);
    }
    case "conditional": {
      const [test, then, otherwise] = [expression.test, expression.then, expression.otherwise].map(part);
      return (item) => (test?.(item) === true ? then?.(item) : otherwise?.(item));
    }
    case "array": {
      const elements = expression.elements.map(part);
      return (item) => elements.map((element) => element(item)).filter((element) => element !== undefined);
    }
    case "object": {
      const entries = expression.entries.map(([name, of]) => [name, part(of)] as const);
      return (item) => objectOf(entries, item);
    }
    case "call": {
      const { apply } = systemFunction(expression.name);
      const args = expression.args.map(part);
      return (item) => apply(args.map((arg) => arg(item)));
    }
    case "aggregate": {
      const result = aggregates.get(expression);
      if (result === undefined) throw badRequest(`${expression.name} can stand only in SELECT.`);
      return result;
    }
  }
}

/** Makes a selection ready; undefined where an item gives no result. */
export function project(select: Selection, aggregates: AggregateResults = NONE): Compiled {
  if (select.kind === "all") return (item) => item;
  if (select.kind === "value") return compile(select.of, aggregates);
  const entries = select.properties.map(({ name, of }) => [name, compile(of, aggregates)] as const);
  return (item) => objectOf(entries, item);
}

/** An object of what is defined. */
function objectOf(entries: ReadonlyArray<readonly [string, Compiled]>, item: JsonObject): JsonObject {
  const defined: Array<[string, Json]> = [];
  for (const [name, of] of entries) {
    const value = of(item);
    if (value !== undefined) defined.push([name, value]);
  }
  return Object.fromEntries(defined);
}

function member(of: Value, name: Value): Value {
  if (Array.isArray(of)) return typeof name === "number" ? of[name] : undefined;
  return isObject(of) && typeof name === "string" ? own(of, name) : undefined;
}

const negate = (value: Value): Value => (typeof value === "boolean" ? !value : undefined);

/** AND (ends at false) or OR (ends at true); undefined if the rest does not decide. */
const logical =
  (operands: readonly Compiled[], decisive: boolean): Compiled =>
  (item) => {
    let known = true;
    for (const operand of operands) {
      const value = operand(item);
      if (value === decisive) return decisive;
      if (typeof value !== "boolean") known = false;
    }
    return known ? !decisive : undefined;
  };

/** Values of different types are not equal; with undefined, nothing can be said. */
const equal = (left: Value, right: Value): Value =>
  left === undefined || right === undefined ? undefined : sameValue(left, right);

/** Only scalars of one type have an order. */
const ordered = (left: Value, right: Value, test: (order: number) => boolean): Value =>
  left !== null && typeof left !== "object" && left !== undefined && typeof left === typeof right
    ? test(compareValues(left, right))
    : undefined;

const arithmetic = (left: Value, right: Value, apply: (left: number, right: number) => number): Value => {
  if (typeof left !== "number" || typeof right !== "number") return undefined;
  const result = apply(left, right);
  // What JSON has no number for.
  return Number.isFinite(result) ? result : undefined;
};

const OPERATORS: Readonly<Record<BinaryOperator, (left: Value, right: Value) => Value>> = {
  "=": equal,
  "!=": (left, right) => negate(equal(left, right)),
  "<": (left, right) => ordered(left, right, (order) => order < 0),
  "<=": (left, right) => ordered(left, right, (order) => order <= 0),
  ">": (left, right) => ordered(left, right, (order) => order > 0),
  ">=": (left, right) => ordered(left, right, (order) => order >= 0),
  "+": (left, right) => arithmetic(left, right, (a, b) => a + b),
  "-": (left, right) => arithmetic(left, right, (a, b) => a - b),
  "*": (left, right) => arithmetic(left, right, (a, b) => a * b),
  "/": (left, right) => arithmetic(left, right, (a, b) => a / b),
  "%": (left, right) => arithmetic(left, right, (a, b) => a % b),
  "||": (left, right) => (typeof left === "string" && typeof right === "string" ? left + right : undefined),
  "??": (left, right) => (left === undefined ? right : left),
};

function binary(operator: BinaryOperator, left: Compiled, right: Compiled): Compiled {
  const apply = OPERATORS[operator];
  return (item) => apply(left(item), right(item));
}
