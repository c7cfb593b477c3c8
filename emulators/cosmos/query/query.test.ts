import { describe, expect, it } from "vitest";
import { compileIndexing, DEFAULT_INDEXING } from "../indexing.ts";
import type { Json, JsonObject } from "../json.ts";
import { analyze } from "./analysis.ts";
import { parseQuery } from "./parser.ts";
import { runQuery } from "./run.ts";

const ITEMS: JsonObject[] = [
  { id: "1", kind: "soup", price: 5, tags: ["hot", "green"], size: { cm: 12 } },
  { id: "2", kind: "soup", price: 7, tags: ["hot"], note: null },
  { id: "3", kind: "dumpling", price: 22, tags: [{ name: "meat", level: 2 }] },
  { id: "4", kind: "dumpling", price: "free", Open: true },
  { id: "5" },
];

/** Runs a query over the items, all on one page. */
function run(text: string, parameters: JsonObject = {}, items = ITEMS): Json[] {
  const query = parseQuery(text, parameters);
  const filter = analyze(query.where, compileIndexing(DEFAULT_INDEXING));
  const rows = items.map((item) => {
    const body = JSON.stringify(item);
    return { key: { pk: "", id: String(item["id"]) }, item, text: body, bytes: body.length };
  });
  const page = runQuery(query, filter, rows, undefined, { items: 1000, bytes: 1e9 });
  return page.results.map((result) => JSON.parse(result) as Json);
}

const ids = (where: string, parameters: JsonObject = {}): Json[] =>
  run(`SELECT VALUE c.id FROM c WHERE ${where}`, parameters);

describe("SELECT", () => {
  it("gives whole items, values, and objects of what is defined", () => {
    expect(run("SELECT * FROM c")).toEqual(ITEMS);
    expect(run("select value c.price from c")).toEqual([5, 7, 22, "free"]);
    expect(run("SELECT c.id, c.size.cm, c.note AS remark FROM c WHERE c.kind = 'soup'")).toEqual([
      { id: "1", cm: 12 },
      { id: "2", remark: null },
    ]);
    expect(run("SELECT c FROM c WHERE c.id = '5'")).toEqual([{ c: { id: "5" } }]);
    expect(run("SELECT r.id FROM root r WHERE r.id = '5'")).toEqual([{ id: "5" }]);
    expect(
      run('SELECT c.price + 1, c["kind"], [c.price, c.none], {a: c.id} AS o FROM c WHERE c.id = "1"'),
    ).toEqual([{ $1: 6, kind: "soup", $2: [5], o: { a: "1" } }]);
  });

  it("gives distinct results, the first n, and a window", () => {
    expect(run("SELECT DISTINCT VALUE c.kind FROM c")).toEqual(["soup", "dumpling"]);
    expect(run("SELECT TOP 2 VALUE c.id FROM c")).toEqual(["1", "2"]);
    expect(run("SELECT TOP @n VALUE c.id FROM c", { "@n": 1 })).toEqual(["1"]);
    expect(run("SELECT VALUE c.id FROM c OFFSET 1 LIMIT 2")).toEqual(["2", "3"]);
    expect(run("SELECT VALUE c.id FROM c ORDER BY c.id DESC OFFSET 3 LIMIT 10")).toEqual(["2", "1"]);
    expect(run("SELECT TOP 2 VALUE c.note FROM c")).toEqual([null]);
  });
});

describe("WHERE", () => {
  it("compares values of one type; what is missing matches nothing", () => {
    expect(ids("c.price > 5")).toEqual(["2", "3"]);
    expect(ids("c.price >= 5 AND c.price < 20")).toEqual(["1", "2"]);
    expect(ids("c.kind > 'e'")).toEqual(["1", "2"]);
    expect(ids("c.missing = c.missing")).toEqual([]);
    expect(ids("NOT (c.price > 5)")).toEqual(["1"]);
  });

  it("holds values of different types for unequal, and a missing one for neither", () => {
    expect(ids("c.price = '5'")).toEqual([]);
    expect(ids("c.price != 5")).toEqual(["2", "3", "4"]);
    expect(ids("c.note <> null")).toEqual([]);
    expect(ids("c.size = {cm: 12}")).toEqual(["1"]);
    expect(ids("c.tags = ['hot']")).toEqual(["2"]);
  });

  it("decides AND and OR where one side alone decides", () => {
    expect(ids("c.missing = 1 OR c.id = '5'")).toEqual(["5"]);
    expect(ids("NOT (c.missing = 1 AND c.id = '0')")).toEqual(["1", "2", "3", "4", "5"]);
    expect(ids("NOT (c.missing = 1)")).toEqual([]);
    expect(ids("c.price AND true")).toEqual([]);
  });

  it("knows IN, BETWEEN, ??, ?: and arithmetic", () => {
    expect(ids("c.id IN ('2', @other)", { "@other": "5" })).toEqual(["2", "5"]);
    expect(ids("c.kind NOT IN ('soup')")).toEqual(["3", "4"]);
    expect(ids("c.price BETWEEN 6 AND 22")).toEqual(["2", "3"]);
    expect(ids("c.price NOT BETWEEN 6 AND 22")).toEqual(["1"]);
    expect(ids("(c.kind ?? 'none') = 'none'")).toEqual(["5"]);
    expect(ids("(c.price > 6 ? 'dear' : 'cheap') = 'dear'")).toEqual(["2", "3"]);
    expect(ids("c.price * 2 - 4 = 10 AND c.price % 2 = 1 AND -c.price < 0")).toEqual(["2"]);
    expect(ids("c.id || '!' = '3!'")).toEqual(["3"]);
    expect(ids("c.price / 0 > 1")).toEqual([]);
  });

  it("knows the type and text functions", () => {
    expect(ids("IS_DEFINED(c.note)")).toEqual(["2"]);
    expect(ids("IS_NULL(c.note)")).toEqual(["2"]);
    expect(ids("IS_NUMBER(c.price)")).toEqual(["1", "2", "3"]);
    expect(ids("IS_STRING(c.price) AND IS_BOOL(c.Open)")).toEqual(["4"]);
    expect(ids("IS_ARRAY(c.tags) AND IS_OBJECT(c.size) AND IS_PRIMITIVE(c.id)")).toEqual(["1"]);
    expect(ids("startswith(c.kind, 'so')")).toEqual(["1", "2"]);
    expect(ids("STARTSWITH(c.kind, 'SO')")).toEqual([]);
    expect(ids("STARTSWITH(c.kind, 'SO', true)")).toEqual(["1", "2"]);
    expect(ids("CONTAINS(c.kind, 'MP', true) OR ENDSWITH(c.kind, 'oup', false)")).toEqual([
      "1",
      "2",
      "3",
      "4",
    ]);
    expect(ids("UPPER(c.kind) = 'SOUP' AND LOWER('A') = 'a' AND LENGTH(c.id) = 1")).toEqual(["1", "2"]);
    expect(ids("SUBSTRING(c.kind, 1, 2) = 'ou'")).toEqual(["1", "2"]);
    expect(ids("ARRAY_LENGTH(c.tags) = 2")).toEqual(["1"]);
    expect(ids("ARRAY_CONTAINS(c.tags, 'hot')")).toEqual(["1", "2"]);
    expect(ids("ARRAY_CONTAINS(c.tags, {name: 'meat'})")).toEqual([]);
    expect(ids("ARRAY_CONTAINS(c.tags, {name: 'meat'}, true)")).toEqual(["3"]);
    expect(ids("c.tags[0] = 'hot' AND c['size']['cm'] = 12")).toEqual(["1"]);
  });

  it("never takes what an object inherits for a property", () => {
    expect(ids("IS_DEFINED(c.toString) OR IS_DEFINED(c.constructor) OR IS_DEFINED(c.__proto__)")).toEqual([]);
  });
});

describe("aggregates", () => {
  it("go over all that matches; what is missing is left out, what is no number spoils SUM and AVG", () => {
    expect(run("SELECT VALUE COUNT(1) FROM c")).toEqual([5]);
    expect(run("SELECT VALUE COUNT(c.price) FROM c")).toEqual([4]);
    expect(run("SELECT VALUE COUNT(1) FROM c WHERE false")).toEqual([0]);
    expect(run("SELECT VALUE SUM(c.price) FROM c WHERE IS_NUMBER(c.price)")).toEqual([34]);
    expect(run("SELECT VALUE SUM(c.price) FROM c")).toEqual([]);
    expect(
      run("SELECT AVG(c.price) AS a, MIN(c.price) AS lo, MAX(c.price) AS hi FROM c WHERE c.kind = 'soup'"),
    ).toEqual([{ a: 6, lo: 5, hi: 7 }]);
    expect(run("SELECT VALUE MAX(c.price) FROM c")).toEqual(["free"]);
    expect(run("SELECT VALUE {n: COUNT(1), twice: COUNT(1) * 2} FROM c")).toEqual([{ n: 5, twice: 10 }]);
  });

  it("go by group", () => {
    expect(run("SELECT c.kind, COUNT(1) AS n, MAX(c.id) AS last FROM c GROUP BY c.kind")).toEqual([
      { kind: "soup", n: 2, last: "2" },
      { kind: "dumpling", n: 2, last: "4" },
      { n: 1, last: "5" },
    ]);
  });
});

describe("ORDER BY", () => {
  it("orders by type, then by value, and keeps what lacks the property", () => {
    expect(run("SELECT VALUE c.id FROM c ORDER BY c.price")).toEqual(["5", "1", "2", "3", "4"]);
    expect(run("SELECT VALUE c.id FROM c ORDER BY c.price DESC")).toEqual(["4", "3", "2", "1", "5"]);
    expect(run("SELECT VALUE c.id FROM c ORDER BY c.kind ASC, c.id DESC")).toEqual(["5", "4", "3", "2", "1"]);
    const values = [
      { id: "a", v: [1] },
      { id: "b", v: {} },
      { id: "c", v: "s" },
      { id: "d", v: 1 },
      { id: "e", v: true },
      { id: "f", v: null },
      { id: "g" },
    ];
    expect(run("SELECT VALUE c.id FROM c ORDER BY c.v", {}, values)).toEqual([
      "g",
      "f",
      "e",
      "d",
      "c",
      "a",
      "b",
    ]);
  });
});

describe("what is not supported", () => {
  it.each([
    ["JOIN", "SELECT * FROM c JOIN t IN c.tags"],
    ["FROM x IN", "SELECT * FROM t IN c.tags"],
    ["FROM a part", "SELECT * FROM c.tags"],
    ["LIKE", "SELECT * FROM c WHERE c.kind LIKE '%s'"],
    ["subqueries", "SELECT * FROM c WHERE EXISTS(SELECT VALUE 1 FROM c)"],
    ["subqueries", "SELECT * FROM (SELECT * FROM c)"],
    ["subqueries", "SELECT (SELECT VALUE 1) FROM c"],
    ["udf", "SELECT udf.tax(c.price) FROM c"],
    ["ST_DISTANCE", "SELECT ST_DISTANCE(c.a, c.b) FROM c"],
    ["GETCURRENTTIMESTAMP", "SELECT VALUE GetCurrentTimestamp() FROM c"],
    ["operator &", "SELECT VALUE 1 & 2 FROM c"],
    ["ORDER BY RANK", "SELECT * FROM c ORDER BY RANK FullTextScore(c.a, 'b')"],
    ["ORDER BY together with GROUP BY", "SELECT c.kind FROM c GROUP BY c.kind ORDER BY c.kind"],
    ["HAVING", "SELECT c.kind FROM c GROUP BY c.kind HAVING COUNT(1) > 1"],
    ["without FROM", "SELECT 1"],
  ])("is refused by name: %s", (name, text) => {
    expect(() => parseQuery(text, {})).toThrow(name);
  });

  it.each([
    ["expected", "SELECT * FROM c WHERE"],
    ["the query ends", "SELECT * FROM c WHERE (c.a = 1"],
    ["expected the query's end", "SELECT * FROM c WHERE c.a = 1 c.b = 2"],
    ["unexpected", "SELECT * FROM c WHERE c.a = #"],
    ["unexpected", "SELECT * FROM c WHERE c.a = 'open"],
    ["identifier d is unknown", "SELECT * FROM c WHERE d.a = 1"],
    ["no such parameter", "SELECT * FROM c WHERE c.a = @a"],
    ["is a keyword", "SELECT * FROM c WHERE c.order = 1"],
    ["two properties named a", "SELECT c.a, c.b.a FROM c"],
    ["STARTSWITH takes 2 to 3 arguments", "SELECT * FROM c WHERE STARTSWITH(c.a)"],
    ["GROUP BY expression", "SELECT c.id, COUNT(1) FROM c"],
    ["GROUP BY expression", "SELECT c.id FROM c GROUP BY c.kind"],
    ["only in SELECT", "SELECT * FROM c ORDER BY COUNT(1)"],
    ["WHERE", "SELECT * FROM c WHERE COUNT(1) > 1"],
    ["exclude each other", "SELECT TOP 1 * FROM c OFFSET 0 LIMIT 1"],
    ["TOP needs", "SELECT TOP -1 * FROM c"],
  ])("or wrong, is refused with what is wrong: %s", (message, text) => {
    expect(() => parseQuery(text, {})).toThrow(message);
  });

  it("cannot exhaust the stack", () => {
    for (const text of [
      "(".repeat(10_000),
      "NOT ".repeat(10_000),
      "- ".repeat(10_000),
      `1${"+1".repeat(10_000)}`,
      `c${".a".repeat(10_000)}`,
    ])
      expect(() => parseQuery(`SELECT * FROM c WHERE ${text}`, {})).toThrow("nests deeper");
  });
});
