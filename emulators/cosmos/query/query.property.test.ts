import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { compileIndexing, DEFAULT_INDEXING } from "../indexing.ts";
import type { Json, JsonObject } from "../json.ts";
import { analyze } from "./analysis.ts";
import { tokenize } from "./lexer.ts";
import type { Position, Row } from "./order.ts";
import { parseQuery } from "./parser.ts";
import { isWhole, runQuery } from "./run.ts";
import { canonical, compareValues, sameValue } from "./values.ts";

const json = fc.jsonValue({ maxDepth: 2, noUnicodeString: false }) as fc.Arbitrary<Json>;
const INDEXING = compileIndexing(DEFAULT_INDEXING);

const items = fc
  .uniqueArray(
    fc.record({
      id: fc.string({ minLength: 1, maxLength: 3 }),
      p: fc.constantFrom("a", "b"),
      v: fc.option(fc.oneof(fc.integer({ min: 0, max: 4 }), json), { nil: undefined }),
    }),
    {
      selector: ({ id, p }) => `${p}/${id}`,
      maxLength: 30,
    },
  )
  .map((list) => list.map(({ v, ...rest }): JsonObject => (v === undefined ? rest : { ...rest, v })));

function rowsOf(list: readonly JsonObject[], after: Position["after"]): Row[] {
  return list
    .map((item) => {
      const text = JSON.stringify(item);
      return { key: { pk: String(item["p"]), id: String(item["id"]) }, item, text, bytes: text.length };
    })
    .sort((left, right) => compareValues([left.key.pk, left.key.id], [right.key.pk, right.key.id]))
    .filter(({ key }) => after === undefined || compareValues([key.pk, key.id], [after.pk, after.id]) > 0);
}

/** All results of a query, read in pages of these sizes, over as many positions that went through JSON. */
function paged(text: string, list: readonly JsonObject[], sizes: readonly number[]): string[] {
  const query = parseQuery(text, {});
  const filter = analyze(query.where, INDEXING);
  const results: string[] = [];
  let start: Position | undefined;
  for (let turn = 0; turn < 1000; turn += 1) {
    const skipped = isWhole(query) || query.orderBy.length > 0 ? undefined : start?.after;
    const limit = { items: sizes[turn % sizes.length] ?? 1, bytes: 1e9 };
    const page = runQuery(query, filter, rowsOf(list, skipped), start, limit);
    results.push(...page.results);
    if (page.next === undefined) return results;
    start = JSON.parse(JSON.stringify(page.next)) as Position;
  }
  throw new Error("The pages have no end.");
}

describe("pages", () => {
  it.each([
    "SELECT * FROM c",
    "SELECT VALUE c.v FROM c WHERE c.p = 'a'",
    "SELECT c.id, c.v FROM c ORDER BY c.v",
    "SELECT c.id, c.p FROM c ORDER BY c.v DESC, c.p",
    "SELECT TOP 7 c.id FROM c ORDER BY c.v DESC",
    "SELECT VALUE c.v FROM c OFFSET 2 LIMIT 5",
    "SELECT c.id FROM c ORDER BY c.v OFFSET 3 LIMIT 9",
    "SELECT DISTINCT VALUE c.v FROM c",
    "SELECT c.v, COUNT(1) AS n FROM c GROUP BY c.v",
  ])("of any sizes hold together what one page holds: %s", (text) => {
    fc.assert(
      fc.property(items, fc.array(fc.integer({ min: 1, max: 5 }), { minLength: 1 }), (list, sizes) => {
        expect(paged(text, list, sizes)).toEqual(paged(text, list, [1000]));
      }),
    );
  });
});

describe("filters", () => {
  it("say the same whichever part an index serves", () => {
    const conditions = fc.array(
      fc.constantFrom(
        "c.v > 1",
        "c.p = 'a'",
        "STARTSWITH(c.id, 'a')",
        "IS_DEFINED(c.v)",
        "NOT c.v = 2",
        "c.id = 'b'",
      ),
      { minLength: 1, maxLength: 3 },
    );
    const lean = compileIndexing({ includedPaths: [], excludedPaths: [{ path: "/*" }] });
    fc.assert(
      fc.property(items, conditions, (list, parts) => {
        const query = parseQuery(`SELECT * FROM c WHERE ${parts.join(" AND ")}`, {});
        const resultsOf = (policy: typeof lean) =>
          runQuery(query, analyze(query.where, policy), rowsOf(list, undefined), undefined, {
            items: 1000,
            bytes: 1e9,
          }).results;
        expect(resultsOf(lean)).toEqual(resultsOf(INDEXING));
      }),
    );
  });

  it("never name an id prefix that a match lacks", () => {
    fc.assert(
      fc.property(items, fc.string({ maxLength: 2 }), (list, prefix) => {
        const query = parseQuery("SELECT VALUE c.id FROM c WHERE STARTSWITH(c.id, @p)", { "@p": prefix });
        const { idPrefix } = analyze(query.where, INDEXING);
        expect(idPrefix).toBe(prefix);
        const expected = list.map(({ id }) => String(id)).filter((id) => id.startsWith(prefix));
        const page = runQuery(query, analyze(query.where, INDEXING), rowsOf(list, undefined), undefined, {
          items: 1000,
          bytes: 1e9,
        });
        expect(page.results.map((result) => JSON.parse(result) as string).sort()).toEqual(expected.sort());
      }),
    );
  });
});

describe("values", () => {
  it("have a total order that agrees with equality", () => {
    fc.assert(
      fc.property(json, json, json, (a, b, c) => {
        expect(Math.sign(compareValues(a, b))).toBe(-Math.sign(compareValues(b, a)) + 0);
        expect(compareValues(a, b) === 0).toBe(sameValue(a, b));
        expect(canonical(a) === canonical(b)).toBe(sameValue(a, b));
        if (compareValues(a, b) <= 0 && compareValues(b, c) <= 0)
          expect(compareValues(a, c)).toBeLessThanOrEqual(0);
      }),
    );
  });
});

describe("texts", () => {
  it("written as a literal mean themselves", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), (text) => {
        const [token] = tokenize(JSON.stringify(text));
        expect(token).toMatchObject({ type: "string", value: text });
      }),
    );
  });

  it("of any kind are parsed or refused, never anything else", () => {
    const words = fc.constantFrom(
      "SELECT",
      "*",
      "FROM",
      "c",
      "WHERE",
      "VALUE",
      "(",
      ")",
      "[",
      "]",
      "{",
      "}",
      ".",
      ",",
      "c.a",
      "=",
      "AND",
      "NOT",
      "IN",
      "BETWEEN",
      "1",
      "'x'",
      "@p",
      "COUNT(1)",
      "ORDER BY",
      "GROUP BY",
      "TOP",
      "OFFSET",
      "LIMIT",
      "??",
      "?",
      ":",
      "-",
      "AS",
      "STARTSWITH(c.id, 'a')",
    );
    fc.assert(
      fc.property(
        fc.oneof(
          fc.array(words).map((list) => list.join(" ")),
          fc.string(),
        ),
        (text) => {
          try {
            expect(parseQuery(text, { "@p": 1 }).limit).toBeGreaterThanOrEqual(0);
          } catch (error) {
            expect(error).toMatchObject({ name: "CosmosError", status: 400 });
          }
        },
      ),
      { numRuns: 2000 },
    );
  });
});
