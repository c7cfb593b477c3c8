import { sqlError } from "../errors/sql-error.ts";
import { likeMatcher } from "../evaluator/like.ts";
import type { Comparison, Expression } from "../parser/ast.ts";
import { compareKeys, type Key, keyMaker, keyText } from "../types/compare.ts";
import { converter } from "../types/convert.ts";
import { familyOf, MAX, nvarchar, type SqlType, type SqlValue, typeName } from "../types/sql-type.ts";
import type { Bound, BoundCondition, Env, Runtime } from "./bound.ts";
import { bindCondition, bindExpression, bindQuery, type Scope } from "./scope.ts";
import { commonType } from "./type-rules.ts";

/** Values of two types as keys that can be compared with each other. */
export function comparableKeys(a: SqlType, b: SqlType): [(value: SqlValue) => Key, (value: SqlValue) => Key] {
  const [fa, fb] = [familyOf(a), familyOf(b)];
  if (fa === "exact" && fb === "exact") {
    // No common type could hold all digits of both: compare at the finer scale.
    const scale = Math.max(a.scale, b.scale);
    return [keyMaker(a, scale), keyMaker(b, scale)];
  }
  const type = commonType(a, b);
  const wide: SqlType =
    familyOf(type) === "text" || familyOf(type) === "binary" ? { ...type, length: MAX } : type;
  const key = keyMaker(wide);
  const [left, right] = [converter(a, wide, { explicit: true }), converter(b, wide, { explicit: true })];
  return [(value) => key(left(value)), (value) => key(right(value))];
}

const HOLDS: Record<Comparison, (order: number) => boolean> = {
  "=": (order) => order === 0,
  "<>": (order) => order !== 0,
  "<": (order) => order < 0,
  "<=": (order) => order <= 0,
  ">": (order) => order > 0,
  ">=": (order) => order >= 0,
};

function comparison(op: Comparison, left: Bound, right: Bound): BoundCondition {
  const [a, b] = comparableKeys(left.type, right.type);
  const holds = HOLDS[op];
  return {
    uses: left.uses | right.uses,
    test(env) {
      const x = a(left.evaluate(env));
      if (x === null) return null;
      const y = b(right.evaluate(env));
      return y === null ? null : holds(compareKeys(x, y));
    },
  };
}

const not = (value: boolean | null): boolean | null => (value === null ? null : !value);
const negated = (condition: BoundCondition, negate: boolean): BoundCondition =>
  negate ? { uses: condition.uses, test: (env) => not(condition.test(env)) } : condition;

function both(left: BoundCondition, right: BoundCondition): BoundCondition {
  return {
    uses: left.uses | right.uses,
    test(env) {
      const a = left.test(env);
      if (a === false) return false;
      const b = right.test(env);
      return b === false ? false : a === null || b === null ? null : true;
    },
  };
}

function either(left: BoundCondition, right: BoundCondition): BoundCondition {
  return {
    uses: left.uses | right.uses,
    test(env) {
      const a = left.test(env);
      if (a === true) return true;
      const b = right.test(env);
      return b === true ? true : a === null || b === null ? null : false;
    },
  };
}

/** Binds a condition. Throws 4145 where a value stands. */
export function conditionOf(expression: Expression, scope: Scope): BoundCondition {
  switch (expression.type) {
    case "and":
      return both(bindCondition(expression.left, scope), bindCondition(expression.right, scope));
    case "or":
      return either(bindCondition(expression.left, scope), bindCondition(expression.right, scope));
    case "not":
      return negated(bindCondition(expression.operand, scope), true);
    case "compare":
      return comparison(
        expression.op,
        bindExpression(expression.left, scope),
        bindExpression(expression.right, scope),
      );
    case "isNull": {
      const operand = bindExpression(expression.operand, scope);
      return { uses: operand.uses, test: (env) => (operand.evaluate(env) === null) !== expression.not };
    }
    case "between": {
      const operand = bindExpression(expression.operand, scope);
      const low = comparison(">=", operand, bindExpression(expression.low, scope));
      const high = comparison("<=", operand, bindExpression(expression.high, scope));
      return negated(both(low, high), expression.not);
    }
    case "like":
      return like(expression, scope);
    case "inList": {
      const operand = bindExpression(expression.operand, scope);
      const options = expression.list.map((item) => comparison("=", operand, bindExpression(item, scope)));
      const [first, ...rest] = options;
      if (first === undefined) throw sqlError(102, ")");
      return negated(rest.reduce(either, first), expression.not);
    }
    case "inQuery":
      return inQuery(expression, scope);
    case "exists": {
      const query = bindQuery(expression.query, scope);
      return { uses: query.correlated ? -1 : 0, test: (env) => query.run(env).length > 0 };
    }
    default:
      throw sqlError(4145, expression.type);
  }
}

function like(expression: Expression & { type: "like" }, scope: Scope): BoundCondition {
  const operand = asText(bindExpression(expression.operand, scope));
  const pattern = asText(bindExpression(expression.pattern, scope));
  const order = commonType(operand.type, pattern.type).collation?.order;
  const escapeWith =
    expression.escape === undefined ? undefined : asText(bindExpression(expression.escape, scope));
  let known: { pattern: string; escape: string | undefined; matches: (text: string) => boolean } | undefined;
  return negated(
    {
      uses: operand.uses | pattern.uses,
      test(env) {
        const [text, wanted] = [operand.evaluate(env), pattern.evaluate(env)];
        if (text === null || wanted === null) return null;
        const escapeCharacter = escapeWith === undefined ? undefined : String(escapeWith.evaluate(env));
        if (known === undefined || known.pattern !== wanted || known.escape !== escapeCharacter)
          known = {
            pattern: wanted as string,
            escape: escapeCharacter,
            matches: likeMatcher(wanted as string, escapeCharacter, order),
          };
        return known.matches(text as string);
      },
    },
    expression.not,
  );
}

function asText(bound: Bound): Bound {
  const family = familyOf(bound.type);
  if (family === "text") return bound;
  if (family === "binary") throw sqlError(8116, typeName(bound.type), 1, "like");
  const convert = converter(bound.type, nvarchar(MAX), { explicit: true });
  return { ...bound, evaluate: (env) => convert(bound.evaluate(env)) };
}

function inQuery(expression: Expression & { type: "inQuery" }, scope: Scope): BoundCondition {
  const operand = bindExpression(expression.operand, scope);
  const query = bindQuery(expression.query, scope);
  const [column, ...more] = query.columns;
  if (column === undefined || more.length > 0) throw sqlError(116);
  const [own, theirs] = comparableKeys(operand.type, column.type);
  const members = (env: Env): { keys: Set<string>; hasNull: boolean } => {
    const keys = new Set<string>();
    let hasNull = false;
    for (const [value = null] of query.run(env)) {
      const key = theirs(value);
      if (key === null) hasNull = true;
      else keys.add(keyText([key]));
    }
    return { keys, hasNull };
  };
  // A query that reads nothing of the rows around it runs once a statement.
  let known: { runtime: Runtime; result: ReturnType<typeof members> } | undefined;
  const resultFor = (env: Env): ReturnType<typeof members> => {
    if (query.correlated) return members(env);
    if (known?.runtime !== env.runtime) known = { runtime: env.runtime, result: members(env) };
    return known.result;
  };
  return negated(
    {
      uses: query.correlated ? -1 : operand.uses,
      test(env) {
        const { keys, hasNull } = resultFor(env);
        const key = own(operand.evaluate(env));
        if (keys.size === 0 && !hasNull) return false;
        if (key === null) return null;
        return keys.has(keyText([key])) ? true : hasNull ? null : false;
      },
    },
    expression.not,
  );
}
