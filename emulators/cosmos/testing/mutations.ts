import { signed } from "./http.ts";
import type { Random } from "./random.ts";

/** A request, before it is put into bytes. */
export interface Draft {
  method: string;
  path: string;
  headers: Array<[string, string]>;
  body: Buffer;
}

const DOCS = "/dbs/db/colls/items/docs";
const KEY_A: [string, string] = ["x-ms-documentdb-partitionkey", '["a"]'];
const QUERY: Array<[string, string]> = [
  ["x-ms-documentdb-isquery", "true"],
  ["x-ms-documentdb-query-enablecrosspartition", "true"],
];
const BATCH: [string, string] = ["x-ms-cosmos-is-batch-request", "true"];

/** Valid requests of every kind: what is mutated should reach every operation. */
const VALID: ReadonlyArray<[method: string, path: string, headers: Array<[string, string]>, body?: unknown]> =
  [
    ["GET", "/", []],
    ["GET", "/dbs", []],
    ["POST", "/dbs", [], { id: "other" }],
    ["POST", "/dbs/db/colls", [], { id: "more", partitionKey: { paths: ["/p"] }, defaultTtl: 5 }],
    ["GET", "/dbs/db/colls/items/pkranges", []],
    ["POST", DOCS, [KEY_A], { id: "1", p: "a", ttl: 5, deep: { list: [1, null, "x"] } }],
    ["POST", DOCS, [KEY_A, ["x-ms-documentdb-is-upsert", "true"]], { id: "2", p: "a" }],
    ["PUT", `${DOCS}/2`, [KEY_A, ["if-match", "*"]], { id: "2", p: "a", n: 1 }],
    [
      "PATCH",
      `${DOCS}/2`,
      [KEY_A],
      { operations: [{ op: "set", path: "/n", value: 1 }], condition: "FROM c WHERE c.n = 1" },
    ],
    ["GET", `${DOCS}/2`, [KEY_A, ["if-none-match", '"x"'], ["x-ms-session-token", "0:-1#1"]]],
    ["DELETE", `${DOCS}/1`, [KEY_A]],
    [
      "POST",
      DOCS,
      [KEY_A, BATCH, ["x-ms-cosmos-batch-atomic", "true"]],
      [
        { operationType: "Upsert", resourceBody: { id: "3", p: "a" } },
        { operationType: "Delete", id: "9" },
      ],
    ],
    [
      "POST",
      DOCS,
      [BATCH, ["x-ms-cosmos-batch-atomic", "false"], ["x-ms-documentdb-partitionkeyrangeid", "0"]],
      [{ operationType: "Create", partitionKey: '["a"]', resourceBody: { id: "4", p: "a" } }],
    ],
    [
      "POST",
      DOCS,
      [...QUERY, ["x-ms-max-item-count", "2"]],
      {
        query:
          "SELECT TOP @n c.id, COUNT(1) AS n FROM c WHERE STARTSWITH(c.id, '1') AND c.n IN (1, 2) GROUP BY c.id",
        parameters: [{ name: "@n", value: 5 }],
      },
    ],
    [
      "POST",
      DOCS,
      [...QUERY, ["x-ms-continuation", "eyJnaXZlbiI6MX0"]],
      { query: "SELECT * FROM c ORDER BY c.id DESC OFFSET 1 LIMIT 2" },
    ],
    [
      "POST",
      DOCS,
      [["x-ms-cosmos-is-query-plan-request", "True"]],
      { query: "SELECT VALUE c.n ?? {a: [c.x]} FROM c" },
    ],
    [
      "GET",
      DOCS,
      [
        ["a-im", "Incremental Feed"],
        ["if-none-match", '"3"'],
        ["if-modified-since", "Mon, 01 Jan 2024 00:00:00 GMT"],
        ["x-ms-documentdb-partitionkeyrangeid", "0"],
      ],
    ],
  ];

const JUNK = [
  "",
  "*",
  "true",
  "[",
  '[""]',
  "[{}]",
  '["a","b"]',
  "-1",
  "0",
  "99999999999999999999",
  "NaN",
  "\u00ff\u00fe",
  "null",
  "%zz",
  '"',
  "0:-1#",
  "0:-1#99999999",
  "x".repeat(5000),
  "{}",
  "1e9",
  "0x10",
  "Full-Fidelity Feed",
  "ééé",
];
const FRAGMENTS = [
  "null",
  "[]",
  "{}",
  '""',
  "-0",
  "1e999",
  "1e-999",
  '"\\ud800"',
  '"\\u0000"',
  '"__proto__"',
  "[[[[[[[[[[]]]]]]]]]]",
  "9007199254740993",
  "tru",
  "'",
  "/*",
  "SELECT",
  "FROM",
  "(",
  ")",
  "@p",
  "c.",
  "`",
  "OFFSET",
  "99999999999999999999",
  "\\",
  "\u2028",
  "udf.f()",
  "NOT NOT",
  "?",
  "??",
  "||",
];

const VALUES = [
  "null",
  "0",
  "-1",
  "1.5",
  "[]",
  "{}",
  "true",
  '""',
  '"x"',
  '"ttl"',
  '"__proto__"',
  '"/a/0"',
  '"SELECT c.x FROM c WHERE c.x[c.y] > @n"',
  '"SELECT DISTINCT VALUE AVG(c) FROM c"',
  '"FROM c WHERE"',
  "[[]]",
  "1e21",
];

/** Puts together a request that is valid, or nearly. */
export function draftOf(random: Random, key: string): Draft {
  const [method, path, headers, body] = random.pick(VALID);
  const draft: Draft = {
    method,
    path,
    headers: [...headers],
    body: body === undefined ? Buffer.alloc(0) : Buffer.from(JSON.stringify(body)),
  };
  if (random.percent(15))
    draft.path += random.pick([
      "/x",
      "//",
      "/%00",
      "/%ff",
      `/${"y".repeat(3000)}`,
      "/..",
      "?a=b",
      "/dbs/dbs",
      "/docs",
    ]);
  if (random.percent(10))
    draft.method = random.pick(["PATCH", "DELETE", "PUT", "HEAD", "OPTIONS", "TRACE", "POST", "GET"]);
  for (let turn = random.below(3); turn > 0; turn -= 1) mutateHeaders(random, draft);
  for (let turn = random.below(3); turn > 0; turn -= 1) mutateBody(random, draft);
  // The body and most headers are not signed: what is mutated passes the gate.
  draft.headers.push(...Object.entries(signed(draft.method, draft.path.split("?")[0] ?? "", key)));
  return draft;
}

function mutateHeaders(random: Random, draft: Draft): void {
  const { headers } = draft;
  if (headers.length === 0 || random.percent(20)) {
    const [, , others] = random.pick(VALID);
    headers.push(...others);
  } else if (random.percent(15)) headers.push(["x-large", "x".repeat(random.below(40_000))]);
  else {
    const index = random.below(headers.length);
    const [name] = headers[index] ?? ["x"];
    if (random.percent(20)) headers.splice(index, 1);
    else headers[index] = [name, random.pick(JUNK)];
  }
}

function mutateBody(random: Random, draft: Draft): void {
  const { body } = draft;
  if (random.percent(40)) {
    // Still JSON, so that it gets past the parser: other values at random places.
    draft.body = Buffer.from(
      body
        .toString("latin1")
        .replace(/"[^"]*"|\d+|null/g, (value) => (random.percent(20) ? random.pick(VALUES) : value)),
    );
    return;
  }
  const at = random.below(body.length + 1);
  const end = Math.min(body.length, at + random.below(12));
  const splice = (middle: Buffer | string) =>
    Buffer.concat([body.subarray(0, at), Buffer.from(middle), body.subarray(end)]);
  switch (random.below(6)) {
    case 0:
      draft.body = splice(random.bytes(random.below(20)));
      break;
    case 1:
      draft.body = Buffer.from(
        random.pick(["[", '{"a":', '{"id":"1","p":"a","x":[', "[{"]).repeat(random.pick([10, 500, 100_000])),
      );
      break;
    case 2:
      draft.body = body.subarray(0, at);
      break;
    case 3: {
      const levels = random.pick([10, 127, 129, 140, 50_000]);
      draft.body = Buffer.from(`{"id":"1","p":"a","x":${"[".repeat(levels)}${"]".repeat(levels)}}`);
      break;
    }
    default:
      draft.body = splice(random.pick(FRAGMENTS));
  }
}

/** The request in bytes, now and then with a wrong length, broken, or cut off. */
export function bytesOf(random: Random, { method, path, headers, body }: Draft): Buffer {
  const length = random.percent(8)
    ? random.pick([
        "0",
        "-1",
        "abc",
        "99999999999",
        String(body.length + 5),
        String(Math.max(0, body.length - 3)),
      ])
    : String(body.length);
  const framing = random.percent(5) ? "transfer-encoding: chunked" : `content-length: ${length}`;
  const lines = [
    `${method} ${path} HTTP/1.1`,
    "host: 127.0.0.1",
    framing,
    ...headers.map(([name, value]) => `${name}: ${value}`),
  ];
  const whole = Buffer.concat([Buffer.from(`${lines.join("\r\n")}\r\n\r\n`, "latin1"), body]);
  if (random.percent(6)) return whole.subarray(0, random.below(whole.length));
  if (random.percent(6)) {
    const broken = Buffer.from(whole);
    for (let turn = 1 + random.below(5); turn > 0; turn -= 1)
      broken[random.below(broken.length)] = random.below(256);
    return broken;
  }
  return random.percent(5) ? Buffer.concat([whole, whole]) : whole;
}
