import { SqlError, sqlError, unsupported } from "../errors/sql-error.ts";
import { isAggregate, isWindowFunction } from "../evaluator/aggregates.ts";
import { arithmetic } from "../evaluator/arithmetic.ts";
import { FUNCTIONS } from "../evaluator/functions/index.ts";
import { globalVariable } from "../evaluator/globals.ts";
import type { Expression } from "../parser/ast.ts";
import { isCondition } from "../parser/ast.ts";
import { printExpression } from "../parser/print.ts";
import type { Collation } from "../types/collation.ts";
import { keyText } from "../types/compare.ts";
import { converter } from "../types/convert.ts";
import {
  datetimeoffset,
  familyOf,
  NULL,
  type SqlType,
  type SqlValue,
  typeName,
  withCollation,
} from "../types/sql-type.ts";
import type { Bound, Env } from "./bound.ts";
import { comparableKeys } from "./conditions.ts";
import { binaryLiteral, constant, numberLiteral, textLiteral } from "./literals.ts";
import { bindCondition, bindExpression, bindQuery, resolveColumn, type Scope } from "./scope.ts";
import { arithmeticType, commonTypeOf } from "./type-rules.ts";

/** Binds a value. In a grouped query, what is a group's key or an aggregate is read from the group. */
export function expressionOf(expression: Expression, scope: Scope): Bound {
  const { grouping } = scope;
  if (grouping === undefined) return plain(expression, scope);
  if (expression.type === "call" && isAggregate(expression) && expression.over === undefined)
    return grouping.aggregate(expression);
  const key = groupKey(expression, scope);
  if (key !== undefined) return key;
  if (expression.type === "column") {
    const column = resolveColumn(scope, expression.name);
    if (column.column?.depth === 0) throw sqlError(8120, expression.name.join("."));
    return column;
  }
  return plain(expression, scope);
}

/** The group's key that an expression is, by its column or by its text. */
function groupKey(expression: Expression, scope: Scope): Bound | undefined {
  const { keys } = scope.grouping as NonNullable<Scope["grouping"]>;
  const column = expression.type === "column" ? resolveColumn(scope, expression.name).column : undefined;
  const text = printExpression(expression).toLowerCase();
  const index = keys.findIndex(({ text: other, bound }) =>
    column === undefined
      ? other === text
      : bound.column?.depth === column.depth &&
        bound.column.source === column.source &&
        bound.column.ordinal === column.ordinal,
  );
  const key = keys[index];
  if (key === undefined || expression.type === "number" || expression.type === "string") return undefined;
  return { ...key.bound, uses: 0, evaluate: (env) => env.group?.[index] ?? null };
}

function plain(expression: Expression, scope: Scope): Bound {
  switch (expression.type) {
    case "null":
      return constant(NULL, null);
    case "number":
      return numberLiteral(expression.text);
    case "string":
      return textLiteral(expression.value, expression.national);
    case "binary":
      return binaryLiteral(expression.hex);
    case "variable":
      return variable(expression.name, scope);
    case "global":
      return globalVariable(expression.name);
    case "column":
      return resolveColumn(scope, expression.name);
    case "negate":
      return negate(expression, scope);
    case "arithmetic":
      return binary(expression, scope);
    case "case":
      return caseOf(expression, scope);
    case "cast":
    case "convert":
      return conversion(expression, scope);
    case "call":
      return call(expression, scope);
    case "subquery":
      return subquery(expression, scope);
    case "utc":
      return atUtc(bindExpression(expression.operand, scope));
    case "collate":
      return collated(bindExpression(expression.operand, scope), expression.order);
    case "default":
      throw sqlError(156, "DEFAULT");
    default:
      if (isCondition(expression)) throw sqlError(102, "a condition");
      throw unsupported(expression.type);
  }
}

function variable(name: string, scope: Scope): Bound {
  const found = scope.context.session.variables.get(name);
  if (found?.type === undefined) throw sqlError(137, name);
  return {
    type: found.type,
    nullable: true,
    uses: 0,
    evaluate: ({ runtime }) => {
      const now = runtime.session.variables.get(name);
      return now?.type === undefined ? null : now.value;
    },
  };
}

function collated(operand: Bound, order: Collation["order"]): Bound {
  if (familyOf(operand.type) !== "text") throw sqlError(447, typeName(operand.type));
  const { nullable, uses, evaluate } = operand;
  return { type: withCollation(operand.type, { order, explicit: true }), nullable, uses, evaluate };
}

function negate(expression: Expression & { type: "negate" }, scope: Scope): Bound {
  const operand = bindExpression(expression.operand, scope);
  const zero = constant(operand.type, familyOf(operand.type) === "approximate" ? 0 : 0n);
  if (expression.op === "~") {
    if (familyOf(operand.type) !== "exact" || operand.type.scale > 0)
      throw sqlError(8117, typeName(operand.type), "bitwise not");
    return {
      ...operand,
      evaluate: (env) =>
        map(operand.evaluate(env), (v) =>
          operand.type.kind === "bit"
            ? 1n - (v as bigint)
            : operand.type.kind === "tinyint"
              ? 255n - (v as bigint)
              : ~(v as bigint),
        ),
    };
  }
  const family = familyOf(operand.type);
  if (family !== "exact" && family !== "approximate") throw sqlError(8117, typeName(operand.type), "minus");
  const type =
    operand.type.kind === "tinyint"
      ? arithmeticType("-", { ...operand.type, kind: "smallint" }, operand.type)
      : operand.type;
  // The literal -2147483648 is an int, though 2147483648 is none.
  if (
    operand.literal === true &&
    operand.type.kind === "decimal" &&
    operand.evaluate({} as Env) === 2_147_483_648n &&
    operand.type.scale === 0
  )
    return constant({ ...operand.type, kind: "int" }, -2_147_483_648n);
  const subtract = arithmetic("-", zero.type, operand.type, type);
  return {
    type,
    nullable: operand.nullable,
    uses: operand.uses,
    ...(operand.literal === true ? { literal: true } : {}),
    evaluate: (env) => subtract(zero.evaluate(env), operand.evaluate(env)),
  };
}

const map = (value: SqlValue, change: (value: NonNullable<SqlValue>) => SqlValue): SqlValue =>
  value === null ? null : change(value);

function binary(expression: Expression & { type: "arithmetic" }, scope: Scope): Bound {
  const left = bindExpression(expression.left, scope);
  const right = bindExpression(expression.right, scope);
  const type = arithmeticType(expression.op, left.type, right.type);
  const nullable = left.nullable || right.nullable;
  const uses = left.uses | right.uses;
  if (left.type.kind === "null" || right.type.kind === "null")
    return { type, nullable: true, uses, evaluate: () => null };
  const operate = arithmetic(expression.op, left.type, right.type, type);
  return { type, nullable, uses, evaluate: (env) => operate(left.evaluate(env), right.evaluate(env)) };
}

/** Brings an expression into a type, as an assignment or a CASE does. */
export function coerced(bound: Bound, type: SqlType, explicit = false): Bound {
  const convert = converter(bound.type, type, { explicit });
  return {
    type,
    nullable: bound.nullable,
    uses: bound.uses,
    evaluate: (env) => convert(bound.evaluate(env)),
  };
}

function caseOf(expression: Expression & { type: "case" }, scope: Scope): Bound {
  const { operand, whens } = expression;
  const subject = operand === undefined ? undefined : bindExpression(operand, scope);
  const tests = whens.map(({ when }) => {
    if (subject === undefined) return bindCondition(when, scope);
    const value = bindExpression(when, scope);
    const [a, b] = comparableKeys(subject.type, value.type);
    return {
      uses: subject.uses | value.uses,
      test(env: Env) {
        const key = a(subject.evaluate(env));
        return key !== null && keyText([key]) === keyText([b(value.evaluate(env))]);
      },
    };
  });
  const results = whens.map(({ result }) => bindExpression(result, scope));
  const otherwise =
    expression.else === undefined ? constant(NULL, null) : bindExpression(expression.else, scope);
  const type = commonTypeOf([...results, otherwise].map((bound) => bound.type));
  if (type.kind === "null") throw sqlError(8133);
  const values = results.map((bound) => coerced(bound, type));
  const last = coerced(otherwise, type);
  return {
    type,
    nullable: [...values, last].some(({ nullable }) => nullable),
    uses: [...tests, ...values, last].reduce((uses, bound) => uses | bound.uses, 0),
    evaluate(env) {
      const index = tests.findIndex((test) => test.test(env) === true);
      return (values[index] ?? last).evaluate(env);
    },
  };
}

function conversion(expression: Expression & { type: "cast" | "convert" }, scope: Scope): Bound {
  const operand = bindExpression(expression.operand, scope);
  const style =
    expression.type === "convert" && expression.style !== undefined
      ? bindExpression(expression.style, scope)
      : undefined;
  if (style !== undefined && style.literal !== true)
    throw unsupported("CONVERT with a style that is not a literal");
  const number = style?.evaluate({} as Env);
  const convert = converter(operand.type, expression.to, {
    explicit: true,
    style: typeof number === "bigint" ? Number(number) : undefined,
  });
  const tried = expression.try ? attempt(convert) : convert;
  return {
    type: expression.to,
    nullable: operand.nullable || expression.try,
    uses: operand.uses,
    evaluate: (env) => tried(operand.evaluate(env)),
  };
}

/** TRY_CAST and TRY_CONVERT: NULL where the value does not convert. */
const attempt =
  (convert: (value: SqlValue) => SqlValue) =>
  (value: SqlValue): SqlValue => {
    try {
      return convert(value);
    } catch (error) {
      if (error instanceof SqlError && error.number !== 40517) return null;
      throw error;
    }
  };

function call(expression: Expression & { type: "call" }, scope: Scope): Bound {
  if (expression.over !== undefined || isWindowFunction(expression.name)) {
    if (expression.over === undefined) throw sqlError(4112, expression.name.toLowerCase());
    if (scope.window === undefined) throw sqlError(4108);
    return scope.window(expression);
  }
  if (isAggregate(expression)) throw sqlError(147);
  const definition = Object.hasOwn(FUNCTIONS, expression.name) ? FUNCTIONS[expression.name] : undefined;
  if (definition === undefined) {
    if (/^[A-Z_]+$/.test(expression.name)) throw unsupported(`The function ${expression.name}`);
    throw sqlError(195, expression.name.toLowerCase(), "built-in function name");
  }
  const [least, most] = definition.arity;
  const count = expression.args.length;
  if (count < least || count > most || expression.star === true) {
    const name = expression.name.toLowerCase();
    throw least === most ? sqlError(174, name, least) : sqlError(189, name, least, most);
  }
  const args = expression.args.map((arg, i) =>
    // DATEADD(day, …): the part is a word, not a column.
    i === 0 && definition.datepart === true && arg.type === "column"
      ? constant(NULL, null)
      : bindExpression(arg, scope),
  );
  const [first] = expression.args;
  const part =
    definition.datepart === true && first?.type === "column" ? (first.name.at(-1) ?? "") : undefined;
  const bound = definition.bind(args, { name: expression.name.toLowerCase(), part });
  return { ...bound, uses: bound.uses | args.reduce((uses, arg) => uses | arg.uses, 0) };
}

function subquery(expression: Expression & { type: "subquery" }, scope: Scope): Bound {
  const query = bindQuery(expression.query, scope);
  const [column, ...more] = query.columns;
  if (column === undefined || more.length > 0) throw sqlError(116);
  return {
    type: column.type,
    nullable: true,
    uses: query.correlated ? -1 : 0,
    evaluate(env) {
      const rows = query.run(env);
      if (rows.length > 1) throw sqlError(512);
      return rows[0]?.[0] ?? null;
    },
  };
}

function atUtc(operand: Bound): Bound {
  if (familyOf(operand.type) !== "temporal") throw sqlError(8116, typeName(operand.type), 1, "AT TIME ZONE");
  const type = datetimeoffset(operand.type.kind === "datetime" ? 3 : operand.type.scale);
  return {
    type,
    nullable: operand.nullable,
    uses: operand.uses,
    evaluate: (env) =>
      map(operand.evaluate(env), (value) => ({
        utc: typeof value === "bigint" ? value : (value as { utc: bigint }).utc,
        offset: 0,
      })),
  };
}
