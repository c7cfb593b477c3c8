import { sqlErrorAt } from "../errors/sql-error.ts";
import type { Cte, JsonColumn, Query, QueryBody, Select, SelectItem, Source, Top } from "./ast.ts";
import type { Cursor } from "./cursor.ts";
import { type ExpressionParser, expressionParser } from "./expressions.ts";
import { isHint } from "./hints.ts";
import { parseType } from "./types.ts";

/** The productions that statements share. */
export interface Queries extends ExpressionParser {
  query(): Query;
  ctes(): Cte[];
  top(): Top | undefined;
  items(): SelectItem[];
  sources(): Source[];
  hints(): string[];
  rows(): (readonly import("./ast.ts").Expression[])[];
}

const TABLE_FUNCTIONS = new Set(["OPENJSON", "STRING_SPLIT", "GENERATE_SERIES"]);

export function queryParser(c: Cursor): Queries {
  const expressions = expressionParser(c, { query: () => c.nested(query) });
  const { value, condition, orderBy } = expressions;

  function query(): Query {
    if (c.at("WITH")) throw c.error();
    const body = unions();
    const order = c.at("ORDER") ? orderBy() : [];
    let offset: Query["offset"];
    let fetch: Query["fetch"];
    if (order.length > 0 && c.take("OFFSET")) {
      offset = value();
      if (!c.take("ROWS")) c.expect("ROW");
      if (c.take("FETCH")) {
        if (!c.take("NEXT")) c.expect("FIRST");
        fetch = value();
        if (!c.take("ROWS")) c.expect("ROW");
        c.expect("ONLY");
      }
    }
    return {
      body,
      orderBy: order,
      ...(offset === undefined ? {} : { offset }),
      ...(fetch === undefined ? {} : { fetch }),
    };
  }

  function unions(): QueryBody {
    let left = intersections();
    for (;;) {
      const type = c.take("UNION", "ALL")
        ? "unionAll"
        : c.take("UNION")
          ? "union"
          : c.take("EXCEPT")
            ? "except"
            : undefined;
      if (type === undefined) return left;
      left = { type, left, right: intersections() };
    }
  }

  function intersections(): QueryBody {
    let left = operand();
    while (c.take("INTERSECT")) left = { type: "intersect", left, right: operand() };
    return left;
  }

  function operand(): QueryBody {
    if (!c.at("(")) return select();
    return c.nested(() => {
      c.expect("(");
      const nested = query();
      c.expect(")");
      return { type: "nested", query: nested };
    });
  }

  function select(): Select {
    c.expect("SELECT");
    const distinct = c.take("DISTINCT");
    if (!distinct) c.take("ALL");
    const limit = top();
    const list = items();
    const into = c.take("INTO") ? c.name() : undefined;
    const from = c.take("FROM") ? sources() : [];
    const where = c.take("WHERE") ? condition() : undefined;
    let groupBy: Select["groupBy"] = [];
    if (c.take("GROUP", "BY")) {
      if (/^(ROLLUP|CUBE|GROUPING)$/.test(c.peek().value)) throw c.refuse(`GROUP BY ${c.peek().value}`);
      groupBy = c.list(value);
    }
    const having = c.take("HAVING") ? condition() : undefined;
    if (c.at("WINDOW")) throw c.refuse("The WINDOW clause");
    return {
      type: "select",
      distinct,
      ...(limit === undefined ? {} : { top: limit }),
      items: list,
      ...(into === undefined ? {} : { into }),
      from,
      ...(where === undefined ? {} : { where }),
      groupBy,
      ...(having === undefined ? {} : { having }),
    };
  }

  function top(): Top | undefined {
    if (!c.take("TOP")) return undefined;
    let count: Top["count"];
    if (c.take("(")) {
      count = value();
      c.expect(")");
    } else {
      const token = c.next();
      if (token.kind !== "number") throw sqlErrorAt(token.line, 102, token.text);
      count = { type: "number", text: token.value };
    }
    const percent = c.take("PERCENT");
    const ties = c.take("WITH", "TIES");
    return { count, percent, ties };
  }

  const items = (): SelectItem[] => c.list(item);

  function item(): SelectItem {
    if (c.take("*")) return { type: "star" };
    const token = c.peek();
    if (token.kind === "variable" && c.peek(1).value === "=" && c.peek(1).kind === "symbol") {
      c.next();
      c.use(token.value);
      c.expect("=");
      return { type: "assign", variable: token.value, expression: value() };
    }
    const star = qualifiedStar();
    if (star !== undefined) return star;
    // alias = expression
    if (c.atIdentifier() && c.peek(1).value === "=" && c.peek(1).kind === "symbol") {
      const alias = c.identifier();
      c.expect("=");
      return { type: "item", expression: value(), alias };
    }
    const expression = value();
    const name = alias();
    return { type: "item", expression, ...(name === undefined ? {} : { alias: name }) };
  }

  function qualifiedStar(): SelectItem | undefined {
    let ahead = 0;
    const qualifier: string[] = [];
    for (;;) {
      const token = c.peek(ahead);
      if (token.kind !== "name" && token.kind !== "quoted") return undefined;
      qualifier.push(token.kind === "quoted" ? token.value : token.text);
      if (c.peek(ahead + 1).value !== ".") return undefined;
      if (c.peek(ahead + 2).value === "*" && c.peek(ahead + 2).kind === "symbol") {
        for (let i = 0; i < ahead + 3; i++) c.next();
        return { type: "star", qualifier };
      }
      ahead += 2;
    }
  }

  function alias(): string | undefined {
    if (c.take("AS")) {
      if (c.peek().kind === "string") return c.next().value;
      return c.identifier();
    }
    if (c.peek().kind === "string") return c.next().value;
    return c.atIdentifier() && !atClause() ? c.identifier() : undefined;
  }

  /** Words that are no reserved keywords, and yet begin the next clause or statement. */
  const atClause = (): boolean =>
    c.peek().kind === "name" &&
    /^(OUTPUT|OFFSET|APPLY|USING|THROW|WINDOW|GO|CATCH|TRY)$/.test(c.peek().value);

  const sources = (): Source[] => c.list(joined);

  function joined(): Source {
    let left = source();
    for (;;) {
      if (c.take("CROSS", "JOIN")) left = { type: "join", kind: "cross", left, right: source() };
      else if (c.take("CROSS", "APPLY")) left = { type: "join", kind: "crossApply", left, right: source() };
      else if (c.take("OUTER", "APPLY")) left = { type: "join", kind: "outerApply", left, right: source() };
      else {
        const kind = joinKind();
        if (kind === undefined) return left;
        const right = source();
        c.expect("ON");
        left = { type: "join", kind, left, right, on: condition() };
      }
    }
  }

  function joinKind(): "inner" | "left" | "right" | "full" | undefined {
    const kind = c.at("INNER")
      ? "inner"
      : c.at("LEFT")
        ? "left"
        : c.at("RIGHT")
          ? "right"
          : c.at("FULL")
            ? "full"
            : undefined;
    if (kind === undefined) return c.take("JOIN") ? "inner" : undefined;
    c.next();
    if (kind !== "inner") c.take("OUTER");
    if (c.at("LOOP") || c.at("HASH") || c.at("MERGE") || c.at("REMOTE"))
      throw c.refuse(`The join hint ${c.peek().value}`);
    c.expect("JOIN");
    return kind;
  }

  function source(): Source {
    if (c.at("(")) return c.nested(grouped);
    const token = c.peek();
    if (token.kind === "variable") {
      c.next();
      c.use(token.value);
      const name = alias();
      return {
        type: "table",
        name: [token.value],
        ...(name === undefined ? {} : { alias: name }),
        hints: [],
      };
    }
    if (TABLE_FUNCTIONS.has(token.value) && c.peek(1).value === "(") return tableFunction(token.value);
    const name = c.name();
    if (c.at("(") && !(c.peek(1).kind === "name" && isHint(c.peek(1).value)))
      throw c.refuse(`The table function ${name.join(".")}`);
    if (c.at("FOR", "SYSTEM_TIME")) throw c.refuse("FOR SYSTEM_TIME");
    const as = alias();
    if (c.at("TABLESAMPLE") || c.at("PIVOT") || c.at("UNPIVOT")) throw c.refuse(c.peek().value);
    return { type: "table", name, ...(as === undefined ? {} : { alias: as }), hints: hints() };
  }

  function grouped(): Source {
    c.expect("(");
    if (c.take("VALUES")) {
      const list = c.list(() => c.parenthesized(value));
      c.expect(")");
      c.take("AS");
      const name = c.identifier();
      return { type: "values", rows: list, alias: name, columns: c.parenthesized(c.identifier) };
    }
    if (c.at("SELECT") || parenthesizedQuery()) {
      const inner = query();
      c.expect(")");
      c.take("AS");
      const name = c.identifier();
      return {
        type: "derived",
        query: inner,
        alias: name,
        columns: c.at("(") ? c.parenthesized(c.identifier) : [],
      };
    }
    const inner = joined();
    c.expect(")");
    return inner;
  }

  /** `((SELECT …) UNION …) AS a` is a query; `((SELECT …) AS a JOIN …)` is a join. */
  function parenthesizedQuery(): boolean {
    if (!c.at("(")) return false;
    let first = 0;
    while (c.peek(first).kind === "symbol" && c.peek(first).value === "(") first++;
    if (c.peek(first).value !== "SELECT") return false;
    let depth = 0;
    for (let ahead = 0; ; ahead++) {
      const { kind, value } = c.peek(ahead);
      if (kind === "end") return false;
      if (kind === "symbol" && value === "(") depth++;
      if (kind === "symbol" && value === ")") depth--;
      if (depth === 0) return /^(UNION|EXCEPT|INTERSECT|ORDER|\))$/.test(c.peek(ahead + 1).value);
    }
  }

  function tableFunction(name: string): Source {
    c.next();
    const args = c.parenthesized(value);
    let json: JsonColumn[] | undefined;
    if (name === "OPENJSON" && c.at("WITH", "(")) {
      c.expect("WITH");
      json = c.parenthesized(jsonColumn);
    }
    const as = alias();
    return {
      type: "function",
      name,
      args,
      ...(json === undefined ? {} : { json }),
      ...(as === undefined ? {} : { alias: as }),
    };
  }

  function jsonColumn(): JsonColumn {
    const name = c.identifier();
    const columnType = parseType(c);
    const path = c.peek().kind === "string" ? c.next().value : undefined;
    const asJson = c.take("AS", "JSON");
    return { name, columnType, ...(path === undefined ? {} : { path }), asJson };
  }

  function hints(): string[] {
    if (!c.at("WITH", "(") && !(c.at("(") && isHint(c.peek(1).value))) return [];
    c.take("WITH");
    c.expect("(");
    const found: string[] = [];
    do {
      const token = c.next();
      if (token.value === "INDEX") {
        if (c.take("(")) {
          c.list(() => c.next());
          c.expect(")");
        } else {
          c.expect("=");
          c.next();
        }
        continue;
      }
      if (!isHint(token.value)) throw sqlErrorAt(token.line, 321, token.text);
      found.push(token.value);
    } while (c.take(",") || !c.at(")"));
    c.expect(")");
    return found;
  }

  function ctes(): Cte[] {
    if (!c.take("WITH")) return [];
    return c.list(() => {
      const name = c.identifier();
      const columns = c.at("(") ? c.parenthesized(c.identifier) : [];
      c.expect("AS", "(");
      const inner = c.nested(query);
      c.expect(")");
      return { name, columns, query: inner };
    });
  }

  const rows = (): (readonly import("./ast.ts").Expression[])[] => c.list(() => c.parenthesized(value));

  return { ...expressions, query, ctes, top, items, sources, hints, rows };
}
