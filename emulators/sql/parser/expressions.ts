import { sqlErrorAt } from "../errors/sql-error.ts";
import type { Arithmetic, Comparison, Expression, OrderItem, Query, When, Window } from "./ast.ts";
import { isCondition } from "./ast.ts";
import type { Cursor } from "./cursor.ts";
import { parseCollation, parseType } from "./types.ts";

/** What expressions need of the rest of the grammar. */
export interface QueryParser {
  query(): Query;
}

export interface ExpressionParser {
  /** A value; a condition here is a syntax error. */
  value(): Expression;
  /** A condition; a value here is 4145. */
  condition(): Expression;
  orderBy(): OrderItem[];
}

const COMPARISONS: Record<string, Comparison> = {
  "=": "=",
  "<>": "<>",
  "!=": "<>",
  "<": "<",
  "<=": "<=",
  ">": ">",
  ">=": ">=",
  "!<": ">=",
  "!>": "<=",
};

/** Binary operators, loosest first. */
const LEVELS: readonly (readonly Arithmetic[])[] = [
  ["+", "-", "&", "|", "^"],
  ["*", "/", "%"],
];

/** Functions that are written without parentheses. */
const NILADIC = new Set(["CURRENT_TIMESTAMP", "CURRENT_USER", "SESSION_USER", "SYSTEM_USER", "USER"]);
/** Reserved words that are functions all the same. */
const FUNCTION_WORDS = new Set(["COALESCE", "NULLIF", "LEFT", "RIGHT"]);

export function expressionParser(c: Cursor, queries: QueryParser): ExpressionParser {
  const value = (): Expression => {
    const expression = additive(0);
    if (isCondition(expression)) throw c.error();
    return expression;
  };

  const condition = (): Expression => {
    const expression = c.nested(disjunction);
    if (!isCondition(expression)) throw sqlErrorAt(c.line(), 4145, c.peek().text);
    return expression;
  };

  const asCondition = (expression: Expression): Expression => {
    if (!isCondition(expression)) throw sqlErrorAt(c.line(), 4145, c.peek().text);
    return expression;
  };
  const asValue = (expression: Expression): Expression => {
    if (isCondition(expression)) throw c.error();
    return expression;
  };

  function disjunction(): Expression {
    let left = conjunction();
    while (c.at("OR")) {
      asCondition(left);
      c.next();
      left = { type: "or", left, right: asCondition(conjunction()) };
    }
    return left;
  }

  function conjunction(): Expression {
    let left = negation();
    while (c.at("AND")) {
      asCondition(left);
      c.next();
      left = { type: "and", left, right: asCondition(negation()) };
    }
    return left;
  }

  function negation(): Expression {
    if (!c.take("NOT")) return predicate();
    return c.nested(() => ({ type: "not", operand: asCondition(negation()) }));
  }

  function predicate(): Expression {
    if (c.take("EXISTS")) {
      c.expect("(");
      const query = queries.query();
      c.expect(")");
      return { type: "exists", query };
    }
    const operand = additive(0);
    const op = c.peek().kind === "symbol" ? COMPARISONS[c.peek().value] : undefined;
    if (op !== undefined) {
      asValue(operand);
      c.next();
      if (c.at("ALL") || c.at("ANY") || c.at("SOME")) throw c.refuse(`A comparison with ${c.peek().value}`);
      return { type: "compare", op, left: operand, right: asValue(additive(0)) };
    }
    if (c.take("IS")) {
      asValue(operand);
      const not = c.take("NOT");
      if (c.at("DISTINCT")) throw c.refuse("IS [NOT] DISTINCT FROM");
      c.expect("NULL");
      return { type: "isNull", operand, not };
    }
    const not =
      c.at("NOT") && (c.at("NOT", "IN") || c.at("NOT", "LIKE") || c.at("NOT", "BETWEEN")) && c.take("NOT");
    if (c.take("BETWEEN")) {
      const low = value();
      c.expect("AND");
      return { type: "between", operand: asValue(operand), low, high: value(), not };
    }
    if (c.take("LIKE")) {
      const pattern = value();
      const escapeCharacter = c.take("ESCAPE") ? value() : undefined;
      return {
        type: "like",
        operand: asValue(operand),
        pattern,
        ...(escapeCharacter === undefined ? {} : { escape: escapeCharacter }),
        not,
      };
    }
    if (c.take("IN")) {
      c.expect("(");
      asValue(operand);
      if (c.at("SELECT") || c.at("WITH")) {
        const query = queries.query();
        c.expect(")");
        return { type: "inQuery", operand, query, not };
      }
      const list = c.list(value);
      c.expect(")");
      return { type: "inList", operand, list, not };
    }
    return operand;
  }

  function additive(level: number): Expression {
    const operators = LEVELS[level];
    if (operators === undefined) return unary();
    let left = additive(level + 1);
    for (;;) {
      const op = operators.find((candidate) => c.at(candidate));
      if (op === undefined) return left;
      asValue(left);
      c.next();
      left = { type: "arithmetic", op, left, right: asValue(additive(level + 1)) };
    }
  }

  function unary(): Expression {
    if (c.take("+")) return c.nested(() => asValue(unary()));
    const op = c.at("-") ? "-" : c.at("~") ? "~" : undefined;
    if (op === undefined) return postfix(primary());
    c.next();
    return c.nested(() => ({ type: "negate", op, operand: asValue(unary()) }));
  }

  function postfix(start: Expression): Expression {
    let expression = start;
    for (;;) {
      if (c.take("COLLATE")) {
        expression = { type: "collate", operand: asValue(expression), order: parseCollation(c) };
      } else if (c.at("AT", "TIME", "ZONE")) {
        c.expect("AT", "TIME", "ZONE");
        const zone = value();
        if (zone.type !== "string" || zone.value.toUpperCase() !== "UTC")
          throw c.refuse("AT TIME ZONE with a zone other than 'UTC'");
        expression = { type: "utc", operand: asValue(expression) };
      } else return expression;
    }
  }

  function primary(): Expression {
    const token = c.peek();
    switch (token.kind) {
      case "number":
        c.next();
        return { type: "number", text: token.value };
      case "string":
        c.next();
        return { type: "string", value: token.value, national: token.national };
      case "binary":
        c.next();
        return { type: "binary", hex: token.value.length % 2 === 0 ? token.value : `0${token.value}` };
      case "variable":
        c.next();
        c.use(token.value);
        return { type: "variable", name: token.value };
      case "global":
        c.next();
        return { type: "global", name: token.value };
      case "symbol":
        if (token.value === "(") return c.nested(group);
        throw c.error();
      case "keyword":
        return keyword(token.value);
      case "name":
        if (c.peek(1).value === "(" && c.peek(1).kind === "symbol") return c.nested(() => call(token.value));
        return column();
      case "quoted":
        return column();
      default:
        throw c.error();
    }
  }

  function group(): Expression {
    c.expect("(");
    if (c.at("SELECT") || c.at("WITH")) {
      const query = queries.query();
      c.expect(")");
      return { type: "subquery", query };
    }
    const inner = disjunction();
    c.expect(")");
    return inner;
  }

  function column(): Expression {
    const name = c.name();
    if (c.at("(")) throw c.refuse(`The function ${name.join(".")}`);
    return { type: "column", name };
  }

  function keyword(word: string): Expression {
    if (word === "NULL") {
      c.next();
      return { type: "null" };
    }
    if (word === "DEFAULT") {
      c.next();
      return { type: "default" };
    }
    if (word === "CASE") return c.nested(caseExpression);
    if (word === "CONVERT" || word === "TRY_CONVERT") {
      c.next();
      return convert(word === "TRY_CONVERT");
    }
    if (NILADIC.has(word)) {
      c.next();
      return { type: "call", name: word, args: [] };
    }
    if (FUNCTION_WORDS.has(word) && c.peek(1).value === "(") return c.nested(() => call(word));
    throw c.error();
  }

  function caseExpression(): Expression {
    c.expect("CASE");
    const operand = c.at("WHEN") ? undefined : value();
    const whens: When[] = [];
    while (c.take("WHEN")) {
      const when = operand === undefined ? condition() : value();
      c.expect("THEN");
      whens.push({ when, result: value() });
    }
    if (whens.length === 0) throw c.error();
    const otherwise = c.take("ELSE") ? value() : undefined;
    c.expect("END");
    return {
      type: "case",
      ...(operand === undefined ? {} : { operand }),
      whens,
      ...(otherwise === undefined ? {} : { else: otherwise }),
    };
  }

  function convert(tryIt: boolean): Expression {
    c.expect("(");
    const to = parseType(c, 30);
    c.expect(",");
    const operand = value();
    const style = c.take(",") ? value() : undefined;
    c.expect(")");
    return { type: "convert", operand, to, ...(style === undefined ? {} : { style }), try: tryIt };
  }

  function call(name: string): Expression {
    c.next();
    c.expect("(");
    if (name === "CAST" || name === "TRY_CAST") {
      const operand = value();
      c.expect("AS");
      const to = parseType(c, 30);
      c.expect(")");
      return { type: "cast", operand, to, try: name === "TRY_CAST" };
    }
    if (name === "IIF") {
      const when = condition();
      c.expect(",");
      const result = value();
      c.expect(",");
      const otherwise = value();
      c.expect(")");
      return { type: "case", whens: [{ when, result }], else: otherwise };
    }
    if (name === "PARSE" || name === "TRY_PARSE") throw c.refuse(`The function ${name}`);
    if (c.take("*")) {
      c.expect(")");
      return window({ type: "call", name, args: [], star: true });
    }
    const distinct = c.take("DISTINCT");
    const args = c.at(")") ? [] : c.list(value);
    c.expect(")");
    return window({ type: "call", name, args, ...(distinct ? { distinct } : {}) });
  }

  function window(expression: Expression & { type: "call" }): Expression {
    let result = expression;
    if (c.at("WITHIN", "GROUP")) {
      c.expect("WITHIN", "GROUP", "(");
      result = { ...result, withinOrder: orderBy() };
      c.expect(")");
    }
    if (!c.take("OVER")) return result;
    c.expect("(");
    const partitionBy = c.take("PARTITION", "BY") ? c.list(value) : [];
    const over: Window = { partitionBy, orderBy: c.at("ORDER") ? orderBy() : [] };
    if (c.at("ROWS") || c.at("RANGE")) throw c.refuse("A window frame (ROWS or RANGE)");
    c.expect(")");
    return { ...result, over };
  }

  function orderBy(): OrderItem[] {
    c.expect("ORDER", "BY");
    return c.list(() => {
      const expression = value();
      const descending = c.take("DESC");
      if (!descending) c.take("ASC");
      return { expression, descending };
    });
  }

  return { value, condition, orderBy };
}
