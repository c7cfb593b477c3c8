import { badRequest, unsupported } from "../errors.ts";
import type { JsonObject } from "../json.ts";
import { LIMITS } from "../limits.ts";
import { type Expression, hasAggregate, partsOf, type Query, type Selection, selected } from "./ast.ts";
import { type Cursor, cursorOf } from "./cursor.ts";
import { parseExpression, type Scope } from "./expression.ts";
import { KEYWORDS } from "./keywords.ts";
import { type Token, tokenize } from "./lexer.ts";

/**
 * Parses a query. Throws 400 for a syntax error and for what this server does not support, with its name.
 * @param parameters values by name, with the `@`
 */
export function parseQuery(text: string, parameters: JsonObject): Query {
  if (text.length > LIMITS.queryChars)
    throw badRequest(`The query has ${text.length} characters; the limit is ${LIMITS.queryChars}.`);
  const tokens = tokenize(text);
  const cursor = cursorOf(tokens);
  const scope: Scope = { alias: aliasOf(tokens), parameters };
  const expression = (): Expression => parseExpression(cursor, scope);

  cursor.expectWord("SELECT");
  const distinct = cursor.word("DISTINCT");
  const top = cursor.word("TOP") ? count(cursor, scope, "TOP") : Number.POSITIVE_INFINITY;
  const select = parseSelection(cursor, scope.alias, expression);
  parseFrom(cursor);
  const where = cursor.word("WHERE") ? expression() : undefined;
  if (where !== undefined && hasAggregate(where)) throw badRequest("An aggregate cannot stand in WHERE.");
  const groupBy = by(cursor, "GROUP") ? commaList(cursor, expression) : [];
  const orderBy = by(cursor, "ORDER") ? commaList(cursor, () => parseOrder(cursor, expression)) : [];
  const hasOffset = cursor.word("OFFSET");
  const offset = hasOffset ? count(cursor, scope, "OFFSET") : 0;
  if (hasOffset) cursor.expectWord("LIMIT");
  const limit = hasOffset ? count(cursor, scope, "LIMIT") : Number.POSITIVE_INFINITY;
  if (cursor.isWord("HAVING", "FOR", "WITH")) throw unsupported(cursor.peek().text.toUpperCase());
  if (cursor.peek().type !== "end") throw cursor.unexpected("the query's end");
  if (hasOffset && top !== Number.POSITIVE_INFINITY)
    throw badRequest("TOP and OFFSET LIMIT exclude each other.");

  const query = { distinct, select, where, groupBy, orderBy, offset, limit: Math.min(top, limit) };
  checkAggregation(query);
  return query;
}

/** The name after FROM (or after its AS): the selection before it needs to know it. */
function aliasOf(tokens: readonly Token[]): string {
  const from = tokens.findIndex((token) => token.type === "word" && token.text.toUpperCase() === "FROM");
  if (from === -1) throw unsupported("a query without FROM", "Write SELECT ... FROM c.");
  const cursor = cursorOf(tokens.slice(from));
  return parseFrom(cursor);
}

function parseFrom(cursor: Cursor): string {
  cursor.expectWord("FROM");
  const source = identifier(cursor, "a name such as c");
  if (cursor.isWord("IN")) throw unsupported("iteration (FROM x IN c.list)");
  const { type, text } = cursor.peek();
  if (type === "symbol" && (text === "." || text === "["))
    throw unsupported("FROM a part of the items", "Write FROM c.");
  const alias = hasAlias(cursor) ? identifier(cursor, "an alias") : source;
  if (cursor.isWord("JOIN")) throw unsupported("JOIN");
  return alias;
}

/** Takes an AS, which may be left out before a name. */
const hasAlias = (cursor: Cursor): boolean =>
  cursor.word("AS") || (cursor.peek().type === "word" && !KEYWORDS.has(cursor.peek().text.toUpperCase()));

function identifier(cursor: Cursor, expected: string): string {
  const { type, text } = cursor.peek();
  if (type === "symbol" && text === "(") throw unsupported("subqueries");
  if (type !== "word" || KEYWORDS.has(text.toUpperCase())) throw cursor.unexpected(expected);
  return cursor.advance().text;
}

function parseSelection(cursor: Cursor, alias: string, expression: () => Expression): Selection {
  if (cursor.symbol("*")) return { kind: "all" };
  if (cursor.word("VALUE")) return { kind: "value", of: expression() };
  let unnamed = 0;
  const properties = commaList(cursor, () => {
    const of = expression();
    if (hasAlias(cursor)) return { name: identifier(cursor, "a name"), of };
    if (of.kind === "root") return { name: alias, of };
    if (of.kind === "member" && of.name.kind === "value" && typeof of.name.value === "string")
      return { name: of.name.value, of };
    unnamed += 1;
    return { name: `$${unnamed}`, of };
  });
  const names = properties.map((property) => property.name);
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice !== undefined)
    throw badRequest(`The query selects two properties named ${twice}; name one with AS.`);
  return { kind: "properties", properties };
}

function parseOrder(cursor: Cursor, expression: () => Expression): { of: Expression; descending: boolean } {
  if (cursor.isWord("RANK")) throw unsupported("ORDER BY RANK");
  const of = expression();
  const descending = cursor.word("DESC");
  if (!descending) cursor.word("ASC");
  return { of, descending };
}

function by(cursor: Cursor, word: string): boolean {
  if (!cursor.word(word)) return false;
  cursor.expectWord("BY");
  return true;
}

function commaList<T>(cursor: Cursor, rule: () => T): T[] {
  const list = [rule()];
  while (cursor.symbol(",")) list.push(rule());
  return list;
}

function count(cursor: Cursor, scope: Scope, clause: string): number {
  const token = cursor.advance();
  const value =
    token.type === "number"
      ? token.value
      : token.type === "parameter"
        ? scope.parameters[token.text]
        : undefined;
  if (typeof value !== "number" || !Number.isSafeInteger(value) || value < 0)
    throw badRequest(
      `${clause} needs a whole number that is not negative, but is ${token.text.slice(0, 50)}.`,
    );
  return value;
}

function checkAggregation({ select, groupBy, orderBy }: Query): void {
  const expressions = selected(select);
  const aggregates = expressions.some(hasAggregate);
  if (orderBy.some((order) => hasAggregate(order.of)) || groupBy.some(hasAggregate))
    throw badRequest("An aggregate can stand only in SELECT.");
  if (!aggregates && groupBy.length === 0) return;
  if (select.kind === "all") throw badRequest("SELECT * and GROUP BY exclude each other.");
  if (orderBy.length > 0) throw unsupported("ORDER BY together with GROUP BY or an aggregate");
  const grouped = new Set(groupBy.map((expression) => JSON.stringify(expression)));
  const bound = (expression: Expression): boolean => {
    if (expression.kind === "aggregate" || grouped.has(JSON.stringify(expression))) return true;
    if (expression.kind === "root") return false;
    return partsOf(expression).every(bound);
  };
  if (!expressions.every(bound))
    throw badRequest(
      "What a query with GROUP BY or aggregates selects must be an aggregate or a GROUP BY expression.",
    );
}
