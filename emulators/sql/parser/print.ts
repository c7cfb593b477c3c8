import { collationName } from "../types/collation.ts";
import { typeText } from "../types/sql-type.ts";
import type {
  Expression,
  JsonColumn,
  Name,
  OrderItem,
  Query,
  QueryBody,
  SelectItem,
  Source,
  Top,
} from "./ast.ts";
import { isCondition } from "./ast.ts";

/** Prints expressions and queries so that they parse back to the same tree. */

export const quoteName = (name: string): string => `[${name.replaceAll("]", "]]")}]`;
export const nameText = (name: Name): string =>
  name.map((part) => (part.startsWith("@") ? part : part === "" ? "" : quoteName(part))).join(".");
export const quoteText = (value: string, national: boolean): string =>
  `${national ? "N" : ""}'${value.replaceAll("'", "''")}'`;

const list = (items: readonly string[]): string => items.join(", ");
const names = (items: readonly string[]): string => list(items.map(quoteName));
const maybe = <T>(value: T | undefined, print: (value: T) => string): string =>
  value === undefined ? "" : print(value);

/** An operand within another expression: in parentheses unless it is one word. */
function operand(expression: Expression): string {
  const text = printExpression(expression);
  return expression.type === "arithmetic" ||
    expression.type === "negate" ||
    expression.type === "utc" ||
    expression.type === "collate" ||
    isCondition(expression)
    ? `(${text})`
    : text;
}

export function printExpression(e: Expression): string {
  switch (e.type) {
    case "null":
      return "NULL";
    case "default":
      return "DEFAULT";
    case "number":
      return e.text;
    case "string":
      return quoteText(e.value, e.national);
    case "binary":
      return `0x${e.hex}`;
    case "variable":
    case "global":
      return e.name;
    case "column":
      return nameText(e.name);
    case "negate":
      return `${e.op}${operand(e.operand)}`;
    case "arithmetic":
      return `${operand(e.left)} ${e.op} ${operand(e.right)}`;
    case "case":
      return `CASE${maybe(e.operand, (o) => ` ${printExpression(o)}`)}${e.whens
        .map(({ when, result }) => ` WHEN ${printExpression(when)} THEN ${printExpression(result)}`)
        .join("")}${maybe(e.else, (o) => ` ELSE ${printExpression(o)}`)} END`;
    case "cast":
      return `${e.try ? "TRY_" : ""}CAST(${printExpression(e.operand)} AS ${typeText(e.to)})`;
    case "convert":
      return `${e.try ? "TRY_" : ""}CONVERT(${typeText(e.to)}, ${printExpression(e.operand)}${maybe(e.style, (s) => `, ${printExpression(s)}`)})`;
    case "call":
      return printCall(e);
    case "subquery":
      return `(${printQuery(e.query)})`;
    case "utc":
      return `${operand(e.operand)} AT TIME ZONE 'UTC'`;
    case "collate":
      return `${operand(e.operand)} COLLATE ${collationName(e.order)}`;
    default:
      return printCondition(e);
  }
}

const NILADIC = new Set(["CURRENT_TIMESTAMP", "CURRENT_USER", "SESSION_USER", "SYSTEM_USER", "USER"]);

function printCall(e: Expression & { type: "call" }): string {
  if (NILADIC.has(e.name)) return e.name;
  const args =
    e.star === true ? "*" : `${e.distinct === true ? "DISTINCT " : ""}${list(e.args.map(printExpression))}`;
  const within = maybe(e.withinOrder, (order) => ` WITHIN GROUP (${printOrder(order)})`);
  const over = maybe(e.over, ({ partitionBy, orderBy }) => {
    const parts = [
      ...(partitionBy.length > 0 ? [`PARTITION BY ${list(partitionBy.map(printExpression))}`] : []),
      ...(orderBy.length > 0 ? [printOrder(orderBy)] : []),
    ];
    return ` OVER (${parts.join(" ")})`;
  });
  return `${e.name}(${args})${within}${over}`;
}

function printCondition(e: Expression): string {
  const not = "not" in e && e.not ? "NOT " : "";
  switch (e.type) {
    case "and":
      return `${operand(e.left)} AND ${operand(e.right)}`;
    case "or":
      return `${operand(e.left)} OR ${operand(e.right)}`;
    case "not":
      return `NOT ${operand(e.operand)}`;
    case "compare":
      return `${operand(e.left)} ${e.op} ${operand(e.right)}`;
    case "isNull":
      return `${operand(e.operand)} IS ${not}NULL`;
    case "between":
      return `${operand(e.operand)} ${not}BETWEEN ${operand(e.low)} AND ${operand(e.high)}`;
    case "like":
      return `${operand(e.operand)} ${not}LIKE ${operand(e.pattern)}${maybe(e.escape, (x) => ` ESCAPE ${operand(x)}`)}`;
    case "inList":
      return `${operand(e.operand)} ${not}IN (${list(e.list.map(printExpression))})`;
    case "inQuery":
      return `${operand(e.operand)} ${not}IN (${printQuery(e.query)})`;
    case "exists":
      return `EXISTS (${printQuery(e.query)})`;
    default:
      throw new Error(`No way to print an expression of type ${e.type}.`);
  }
}

export const printOrder = (order: readonly OrderItem[]): string =>
  `ORDER BY ${list(order.map(({ expression, descending }) => `${printExpression(expression)}${descending ? " DESC" : ""}`))}`;

export const printTop = ({ count, percent, ties }: Top): string =>
  `TOP (${printExpression(count)})${percent ? " PERCENT" : ""}${ties ? " WITH TIES" : ""} `;

export function printItem(item: SelectItem): string {
  if (item.type === "star") return `${maybe(item.qualifier, (q) => `${nameText(q)}.`)}*`;
  if (item.type === "assign") return `${item.variable} = ${printExpression(item.expression)}`;
  return `${printExpression(item.expression)}${maybe(item.alias, (alias) => ` AS ${quoteName(alias)}`)}`;
}

export function printQuery({ body, orderBy, offset, fetch }: Query): string {
  const order = orderBy.length > 0 ? ` ${printOrder(orderBy)}` : "";
  const skip = maybe(offset, (count) => ` OFFSET ${printExpression(count)} ROWS`);
  const take = maybe(fetch, (count) => ` FETCH NEXT ${printExpression(count)} ROWS ONLY`);
  return `${printBody(body)}${order}${skip}${take}`;
}

const SET_WORDS = {
  union: "UNION",
  unionAll: "UNION ALL",
  except: "EXCEPT",
  intersect: "INTERSECT",
} as const;

function printBody(body: QueryBody): string {
  if (body.type === "nested") return `(${printQuery(body.query)})`;
  if (body.type !== "select")
    return `${printBody(body.left)} ${SET_WORDS[body.type]} ${printBody(body.right)}`;
  const from = body.from.length > 0 ? ` FROM ${list(body.from.map(printSource))}` : "";
  const group = body.groupBy.length > 0 ? ` GROUP BY ${list(body.groupBy.map(printExpression))}` : "";
  return `SELECT ${body.distinct ? "DISTINCT " : ""}${maybe(body.top, printTop)}${list(body.items.map(printItem))}${maybe(
    body.into,
    (into) => ` INTO ${nameText(into)}`,
  )}${from}${maybe(body.where, (w) => ` WHERE ${printExpression(w)}`)}${group}${maybe(body.having, (h) => ` HAVING ${printExpression(h)}`)}`;
}

const JOIN_WORDS = {
  inner: "INNER JOIN",
  left: "LEFT JOIN",
  right: "RIGHT JOIN",
  full: "FULL JOIN",
  cross: "CROSS JOIN",
  crossApply: "CROSS APPLY",
  outerApply: "OUTER APPLY",
} as const;

export const printHints = (hints: readonly string[]): string =>
  hints.length > 0 ? ` WITH (${list(hints)})` : "";

export function printSource(source: Source): string {
  const alias = "alias" in source ? maybe(source.alias, (name) => ` AS ${quoteName(name)}`) : "";
  const columns = "columns" in source && source.columns.length > 0 ? ` (${names(source.columns)})` : "";
  switch (source.type) {
    case "table":
      return `${nameText(source.name)}${alias}${printHints(source.hints)}`;
    case "derived":
      return `(${printQuery(source.query)})${alias}${columns}`;
    case "values":
      return `(VALUES ${list(source.rows.map((row) => `(${list(row.map(printExpression))})`))})${alias}${columns}`;
    case "function":
      return `${source.name}(${list(source.args.map(printExpression))})${maybe(source.json, (json) => ` WITH (${list(json.map(printJson))})`)}${alias}`;
    default:
      return `${printSource(source.left)} ${JOIN_WORDS[source.kind]} ${source.right.type === "join" ? `(${printSource(source.right)})` : printSource(source.right)}${maybe(source.on, (on) => ` ON ${printExpression(on)}`)}`;
  }
}

const printJson = ({ name, columnType, path, asJson }: JsonColumn): string =>
  `${quoteName(name)} ${typeText(columnType)}${maybe(path, (p) => ` ${quoteText(p, false)}`)}${asJson ? " AS JSON" : ""}`;
