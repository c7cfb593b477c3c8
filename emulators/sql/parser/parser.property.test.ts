import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { SqlError } from "../errors/sql-error.ts";
import { tokenize } from "../lexer/lexer.ts";
import { BIGINT, decimal, MAX, nvarchar, UNIQUEIDENTIFIER } from "../types/sql-type.ts";
import type { Expression, Query, Select, SelectItem, Source } from "./ast.ts";
import { parseBatch } from "./parse.ts";
import { printQuery } from "./print.ts";

const name = fc.constantFrom("a", "b", "order", "x y", "ł", "c]d", "#t");
const parts = fc.array(name, { minLength: 1, maxLength: 3 });
const type = fc.constantFrom(BIGINT, decimal(9, 2), nvarchar(20), nvarchar(MAX), UNIQUEIDENTIFIER);
const maybe = <K extends string, T>(key: K, value: fc.Arbitrary<T>): fc.Arbitrary<{ [k in K]?: T }> =>
  fc.oneof(
    fc.constant({}),
    value.map((v) => ({ [key]: v }) as { [k in K]?: T }),
  );
const merged = (...arbs: fc.Arbitrary<object>[]): fc.Arbitrary<never> =>
  fc.tuple(...arbs).map((all) => Object.assign({}, ...all) as never);

const { query } = fc.letrec<{
  value: Expression;
  condition: Expression;
  select: Select;
  query: Query;
  source: Source;
  item: SelectItem;
}>((tie) => {
  const value = tie("value");
  const condition = tie("condition");
  const values = fc.array(value, { minLength: 1, maxLength: 3 });
  const order = fc.array(fc.record({ expression: value, descending: fc.boolean() }), { maxLength: 2 });
  return {
    value: fc.oneof(
      { depthSize: "small", withCrossShrink: true },
      fc.constant<Expression>({ type: "null" }),
      fc
        .constantFrom("1", "0.50", "12345678901234567890", "1e3")
        .map((text): Expression => ({ type: "number", text })),
      fc
        .record({ value: fc.string({ maxLength: 5 }), national: fc.boolean() })
        .map((s): Expression => ({ type: "string", ...s })),
      fc.constant<Expression>({ type: "variable", name: "@p" }),
      fc.constant<Expression>({ type: "global", name: "@@rowcount" }),
      fc.constant<Expression>({ type: "binary", hex: "00ff" }),
      parts.map((all): Expression => ({ type: "column", name: all })),
      fc
        .record({ op: fc.constantFrom("-" as const, "~" as const), operand: value })
        .map((e): Expression => ({ type: "negate", ...e })),
      fc
        .record({
          op: fc.constantFrom(
            "+" as const,
            "-" as const,
            "*" as const,
            "/" as const,
            "%" as const,
            "&" as const,
          ),
          left: value,
          right: value,
        })
        .map((e): Expression => ({ type: "arithmetic", ...e })),
      merged(
        maybe("operand", value),
        fc.record({
          whens: fc.array(fc.record({ when: value, result: value }), { minLength: 1, maxLength: 2 }),
        }),
        maybe("else", value),
      ).map((e) => caseOf(e)),
      fc
        .record({ operand: value, to: type, try: fc.boolean() })
        .map((e): Expression => ({ type: "cast", ...e })),
      merged(
        fc.record({ type: fc.constant("convert"), operand: value, to: type, try: fc.boolean() }),
        maybe("style", value),
      ),
      fc
        .record({ name: fc.constantFrom("LEN", "COALESCE", "COUNT"), args: values })
        .map((e): Expression => ({ type: "call", ...e })),
      fc
        .record({
          args: fc.constant([]),
          over: fc.record({ partitionBy: fc.array(value, { maxLength: 2 }), orderBy: order }),
        })
        .map((e): Expression => ({ type: "call", name: "ROW_NUMBER", ...e })),
      value.map((operand): Expression => ({ type: "utc", operand })),
      fc
        .record({ operand: value, order: fc.constantFrom("default" as const, "binary" as const) })
        .map((e): Expression => ({ type: "collate", ...e })),
      tie("query").map((q): Expression => ({ type: "subquery", query: q })),
    ),
    condition: fc.oneof(
      { depthSize: "small", withCrossShrink: true },
      fc
        .record({
          op: fc.constantFrom("=" as const, "<>" as const, "<" as const, ">=" as const),
          left: value,
          right: value,
        })
        .map((e): Expression => ({ type: "compare", ...e })),
      fc.record({ operand: value, not: fc.boolean() }).map((e): Expression => ({ type: "isNull", ...e })),
      fc
        .record({ operand: value, low: value, high: value, not: fc.boolean() })
        .map((e): Expression => ({ type: "between", ...e })),
      merged(
        fc.record({ type: fc.constant("like"), operand: value, pattern: value, not: fc.boolean() }),
        maybe("escape", value),
      ),
      fc
        .record({ operand: value, list: values, not: fc.boolean() })
        .map((e): Expression => ({ type: "inList", ...e })),
      fc
        .record({ operand: value, query: tie("query"), not: fc.boolean() })
        .map((e): Expression => ({ type: "inQuery", ...e })),
      tie("query").map((q): Expression => ({ type: "exists", query: q })),
      fc.record({ type: fc.constantFrom("and" as const, "or" as const), left: condition, right: condition }),
      condition.map((operand): Expression => ({ type: "not", operand })),
    ),
    item: fc.oneof(
      fc.constant<SelectItem>({ type: "star" }),
      parts.map((qualifier): SelectItem => ({ type: "star", qualifier })),
      merged(fc.record({ type: fc.constant("item"), expression: value }), maybe("alias", name)),
    ),
    source: fc.oneof(
      { depthSize: "small", withCrossShrink: true },
      merged(
        fc.record({ type: fc.constant("table"), name: parts, hints: fc.subarray(["UPDLOCK", "READPAST"]) }),
        maybe("alias", name),
      ),
      fc
        .record({ query: tie("query"), alias: name, columns: fc.array(name, { maxLength: 2 }) })
        .map((s): Source => ({ type: "derived", ...s })),
      fc
        .record({
          kind: fc.constantFrom("inner" as const, "left" as const, "full" as const),
          left: tie("source"),
          right: tie("source"),
          on: condition,
        })
        .map((s): Source => ({ type: "join", ...s })),
      fc
        .record({
          kind: fc.constantFrom("cross" as const, "crossApply" as const, "outerApply" as const),
          left: tie("source"),
          right: tie("source"),
        })
        .map((s): Source => ({ type: "join", ...s })),
      merged(
        fc.record({ type: fc.constant("function"), name: fc.constant("OPENJSON"), args: values }),
        maybe(
          "json",
          fc.array(
            merged(
              fc.record({ name, columnType: type, asJson: fc.boolean() }),
              maybe("path", fc.constant("$.a")),
            ),
            { minLength: 1, maxLength: 2 },
          ),
        ),
        maybe("alias", name),
      ),
    ),
    select: merged(
      fc.record({
        type: fc.constant("select"),
        distinct: fc.boolean(),
        items: fc.array(tie("item"), { minLength: 1, maxLength: 3 }),
        from: fc.array(tie("source"), { maxLength: 2 }),
        groupBy: fc.array(value, { maxLength: 2 }),
      }),
      maybe("top", fc.record({ count: value, percent: fc.boolean(), ties: fc.boolean() })),
      maybe("where", condition),
      maybe("having", condition),
    ),
    query: fc.oneof(
      { depthSize: "small", withCrossShrink: true },
      fc.record({ body: tie("select"), orderBy: order }),
      fc.record({
        body: fc.record({
          type: fc.constantFrom("union" as const, "unionAll" as const, "except" as const),
          left: tie("select"),
          right: tie("select"),
        }),
        orderBy: order,
      }),
    ),
  };
});

/** CASE compares values with an operand, and takes conditions without. */
function caseOf(e: {
  operand?: Expression;
  whens: { when: Expression; result: Expression }[];
  else?: Expression;
}): Expression {
  const whens =
    e.operand === undefined
      ? e.whens.map(({ when, result }) => ({
          when: { type: "isNull" as const, operand: when, not: false },
          result,
        }))
      : e.whens;
  return { type: "case", ...e, whens };
}

describe("parser", () => {
  it("parses what is printed back to the same tree", () => {
    fc.assert(
      fc.property(query, (tree) => {
        const [statement] = parseBatch(printQuery(tree), ["@p"]);
        expect(statement?.type === "query" && statement.query).toEqual(tree);
      }),
      { numRuns: 80 },
    );
  });

  it("meets mutated batches with SQL errors and nothing else", () => {
    const texts = [
      "IF OBJECT_ID(N's.t', N'U') IS NULL CREATE TABLE s.t (a int IDENTITY(1,1) PRIMARY KEY, b nvarchar(10) NOT NULL DEFAULT N'x', CHECK (a > 0), FOREIGN KEY (b) REFERENCES u (c) ON DELETE CASCADE)",
      "SET XACT_ABORT ON; BEGIN TRAN; INSERT t (a) SELECT x FROM OPENJSON(@p) WITH (x int '$.x'); IF @@ROWCOUNT = 0 THROW 50001, 'x', 1; COMMIT",
      "BEGIN TRY WITH c AS (SELECT TOP (1) * FROM t WITH (UPDLOCK, READPAST) ORDER BY a DESC) UPDATE c SET b = CASE WHEN a > 1 THEN 'y' ELSE b END OUTPUT inserted.* END TRY BEGIN CATCH ROLLBACK; THROW END CATCH",
      "DECLARE @i int = 0; WHILE @i < 10 BEGIN SET @i += 1; IF @i BETWEEN 2 AND 3 CONTINUE; EXEC sp_executesql N'SELECT @a', N'@a int', @a = @i END",
    ];
    const words = texts.flatMap((text) => tokenize(text).map(({ text: word }) => word));
    const mutation = fc.record({
      at: fc.nat(),
      kind: fc.constantFrom("drop", "double", "swap", "replace"),
      word: fc.constantFrom(...words),
    });
    fc.assert(
      fc.property(
        fc.constantFrom(...texts),
        fc.array(mutation, { minLength: 1, maxLength: 4 }),
        (text, mutations) => {
          const tokens = tokenize(text).map(({ text: word }) => word);
          for (const { at, kind, word } of mutations) {
            const i = at % tokens.length;
            if (kind === "drop") tokens.splice(i, 1);
            else if (kind === "double") tokens.splice(i, 0, tokens[i] ?? "");
            else if (kind === "swap") tokens.push(...tokens.splice(i, 1));
            else tokens[i] = word;
          }
          try {
            parseBatch(tokens.join(" "), ["@p"]);
          } catch (error) {
            expect(error).toBeInstanceOf(SqlError);
          }
        },
      ),
      { numRuns: 1000 },
    );
  });
});
