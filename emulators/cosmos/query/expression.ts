import { badRequest, unsupported } from "../errors.ts";
import { type JsonObject, own } from "../json.ts";
import { LIMITS } from "../limits.ts";
import { AGGREGATES, type BinaryOperator, type Expression, partsOf } from "./ast.ts";
import type { Cursor } from "./cursor.ts";
import { checkCall } from "./functions.ts";
import { KEYWORDS } from "./keywords.ts";

/** What names mean in an expression. */
export interface Scope {
  /** The FROM alias. */
  readonly alias: string;
  /** Values of `@name`. */
  readonly parameters: JsonObject;
}

/** Each level binds more tightly than the one before. */
const LEVELS: ReadonlyArray<ReadonlyArray<BinaryOperator>> = [
  ["??"],
  ["=", "!=", "<", "<=", ">", ">="],
  ["||"],
  ["+", "-"],
  ["*", "/", "%"],
];
const UNSUPPORTED_SYMBOLS = ["&", "|", "^", "~", "<<", ">>", ">>>"];

/** Parses one expression. Throws 400 for a syntax error and for what is not supported, by name. */
export function parseExpression(cursor: Cursor, scope: Scope): Expression {
  const expression = (): Expression => cursor.nested(conditional);

  const conditional = (): Expression => {
    const test = or();
    if (!cursor.symbol("?")) return test;
    const then = expression();
    cursor.expectSymbol(":");
    return { kind: "conditional", test, then, otherwise: expression() };
  };
  const or = (): Expression => logical("OR", and);
  const and = (): Expression => logical("AND", not);
  const logical = (operator: "AND" | "OR", operand: () => Expression): Expression => {
    const first = operand();
    const operands = [first];
    while (cursor.word(operator)) operands.push(operand());
    return operands.length === 1 ? first : { kind: "logical", operator, operands };
  };
  const not = (): Expression =>
    cursor.word("NOT") ? { kind: "unary", operator: "NOT", of: cursor.nested(not) } : binary(0);

  const binary = (level: number): Expression => {
    const operators = LEVELS[level];
    if (operators === undefined) return unary();
    let left = binary(level + 1);
    while (true) {
      const { type, text } = cursor.peek();
      if (type === "symbol" && UNSUPPORTED_SYMBOLS.includes(text)) throw unsupported(`the operator ${text}`);
      const operator =
        type === "symbol" ? operators.find((name) => name === (text === "<>" ? "!=" : text)) : undefined;
      if (operator !== undefined) {
        cursor.advance();
        left = { kind: "binary", operator, left, right: binary(level + 1) };
      } else if (level === 1 && cursor.isWord("IN", "BETWEEN", "LIKE", "NOT")) left = comparison(left);
      else return left;
    }
  };

  const comparison = (of: Expression): Expression => {
    const negated = cursor.word("NOT");
    const positive = positiveComparison(of);
    return negated ? { kind: "unary", operator: "NOT", of: positive } : positive;
  };
  const positiveComparison = (of: Expression): Expression => {
    if (cursor.word("IN")) {
      cursor.expectSymbol("(");
      return { kind: "in", of, list: listUntil(")") };
    }
    if (cursor.isWord("LIKE")) throw unsupported("LIKE", "Use STARTSWITH, ENDSWITH or CONTAINS.");
    cursor.expectWord("BETWEEN");
    const low = binary(2);
    cursor.expectWord("AND");
    return { kind: "between", of, low, high: binary(2) };
  };

  const unary = (): Expression => {
    const { type, text } = cursor.peek();
    if (type === "symbol" && (text === "-" || text === "+")) {
      cursor.advance();
      return { kind: "unary", operator: text, of: cursor.nested(unary) };
    }
    return postfix();
  };
  const postfix = (): Expression => {
    let of = primary();
    while (true) {
      if (cursor.symbol(".")) of = { kind: "member", of, name: { kind: "value", value: propertyName() } };
      else if (cursor.symbol("[")) {
        of = { kind: "member", of, name: expression() };
        cursor.expectSymbol("]");
      } else return of;
    }
  };
  const propertyName = (): string => {
    const token = cursor.peek();
    if (token.type !== "word") throw cursor.unexpected("a property name");
    if (KEYWORDS.has(token.text.toUpperCase()))
      throw badRequest(
        `Syntax error: ${token.text} is a keyword; write ["${token.text}"] at position ${token.at}.`,
      );
    return cursor.advance().text;
  };

  const primary = (): Expression => {
    const token = cursor.peek();
    if (token.type === "number" || token.type === "string") {
      cursor.advance();
      return { kind: "value", value: token.value };
    }
    if (token.type === "parameter") {
      cursor.advance();
      const value = own(scope.parameters, token.text);
      if (value === undefined)
        throw badRequest(`The query uses ${token.text}, but no such parameter came with it.`);
      return { kind: "value", value };
    }
    if (token.type === "word") return named(token.text);
    if (cursor.symbol("[")) return { kind: "array", elements: listUntil("]") };
    if (cursor.symbol("{")) return object();
    cursor.expectSymbol("(");
    if (cursor.isWord("SELECT")) throw unsupported("subqueries");
    const inner = expression();
    cursor.expectSymbol(")");
    return inner;
  };

  const named = (text: string): Expression => {
    const upper = text.toUpperCase();
    const constants = { TRUE: true, FALSE: false, NULL: null, UNDEFINED: undefined };
    if (Object.hasOwn(constants, upper)) {
      cursor.advance();
      return { kind: "value", value: constants[upper as keyof typeof constants] };
    }
    if (upper === "EXISTS" || upper === "ARRAY") throw unsupported(`${upper} subqueries`);
    if (upper === "UDF") throw unsupported("user-defined functions (udf)");
    if (cursor.peek(1).type === "symbol" && cursor.peek(1).text === "(") return call(upper);
    if (KEYWORDS.has(upper)) throw cursor.unexpected("an expression");
    if (text !== scope.alias)
      throw badRequest(`The identifier ${text} is unknown; the query's alias is ${scope.alias}.`);
    cursor.advance();
    return { kind: "root" };
  };
  const call = (name: string): Expression => {
    cursor.advance();
    cursor.expectSymbol("(");
    const args = listUntil(")");
    const aggregate = AGGREGATES.find((known) => known === name);
    const [first] = args;
    if (aggregate === undefined) {
      checkCall(name, args.length);
      return { kind: "call", name, args };
    }
    if (first === undefined || args.length > 1)
      throw badRequest(`${name} takes one argument, not ${args.length}.`);
    return { kind: "aggregate", name: aggregate, of: first };
  };
  const object = (): Expression => {
    const entries: Array<[string, Expression]> = [];
    while (!cursor.symbol("}")) {
      if (entries.length > 0) cursor.expectSymbol(",");
      const token = cursor.peek();
      const name = token.type === "string" ? token.value : propertyName();
      if (token.type === "string") cursor.advance();
      cursor.expectSymbol(":");
      entries.push([name, expression()]);
    }
    return { kind: "object", entries };
  };
  const listUntil = (close: string): Expression[] => {
    const list: Expression[] = [];
    while (!cursor.symbol(close)) {
      if (list.length > 0) cursor.expectSymbol(",");
      if (cursor.isWord("SELECT")) throw unsupported("subqueries");
      list.push(expression());
    }
    return list;
  };

  const parsed = expression();
  checkDepth(parsed);
  return parsed;
}

/** Long chains (1+1+1...) nest to the left: everything that walks an expression must be able to recurse. */
function checkDepth(expression: Expression): void {
  let level: readonly Expression[] = [expression];
  for (let depth = 0; level.length > 0; depth += 1) {
    if (depth > LIMITS.queryDepth)
      throw badRequest(`An expression nests deeper than ${LIMITS.queryDepth} levels.`);
    level = level.flatMap(partsOf);
  }
}
