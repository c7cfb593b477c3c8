import { request } from "node:http";
import { beforeEach, describe, expect, it, onTestFinished } from "vitest";
import { type Point, type Span, startTelemetry, type TelemetryServer } from "./index.ts";

const token = "secret";
let server: TelemetryServer;
let heard: Span[];
let measured: Point[];

beforeEach(async () => {
  heard = [];
  measured = [];
  server = await startTelemetry({
    port: 0,
    token,
    onSpans: (spans) => heard.push(...spans),
    onMetrics: (points) => measured.push(...points),
    mostSpans: 3,
    mostSeries: 2,
  });
  onTestFinished(() => server.close());
});

const post = (path: string, body: unknown, headers: Record<string, string> = {}) =>
  fetch(`${server.url}${path}`, {
    method: "POST",
    headers: { "content-type": "application/json", authorization: `Bearer ${token}`, ...headers },
    body: typeof body === "string" ? body : JSON.stringify(body),
  });

const resource = {
  attributes: [
    { key: "service.name", value: { stringValue: "pierogi" } },
    { key: "service.instance.id", value: { stringValue: "p1" } },
    { key: "faas.instance", value: { stringValue: "2" } },
  ],
};
const source = { service: "pierogi", process: "p1", instance: "2" };

const hex = (number: number, digits: number) => number.toString(16).padStart(digits, "0");
const traceOf = (number: number) => hex(number, 32);
const span = (trace: number, id: number, more: object = {}) => ({
  traceId: traceOf(trace),
  spanId: hex(id, 16),
  name: `span ${id}`,
  kind: 5,
  startTimeUnixNano: "1700000000000500000",
  endTimeUnixNano: "1700000000002000000",
  ...more,
});
const spansBody = (...spans: object[]) => ({ resourceSpans: [{ resource, scopeSpans: [{ spans }] }] });
const metricsBody = (...metrics: object[]) => ({
  resourceMetrics: [{ resource, scopeMetrics: [{ metrics }] }],
});

describe("the receiver", () => {
  it("reads a span's fields, and leaves out what it does not know", async () => {
    const sent = span(1, 1, {
      parentSpanId: hex(9, 16),
      attributes: [
        { key: "text", value: { stringValue: "a" } },
        { key: "big", value: { intValue: "12" } },
        { key: "list", value: { arrayValue: { values: [{ intValue: 1 }, { boolValue: true }] } } },
        { key: "tree", value: { kvlistValue: { values: [] } } },
        { key: "empty" },
        { key: 1, value: { stringValue: "no key" } },
        { key: "wrong", value: { intValue: "twelve" } },
        "no attribute",
      ],
      events: [{ name: "received", timeUnixNano: 1_700_000_000_001_000_000, attributes: [] }],
      links: [{ traceId: traceOf(1), spanId: hex(8, 16), attributes: [] }],
      status: { code: 2, message: "no luck" },
      newField: { from: "the future" },
    });
    const answer = await post("/v1/traces", spansBody(sent));
    expect([answer.status, await answer.json()]).toEqual([200, {}]);
    expect(server.spansOf(traceOf(1))).toEqual([
      {
        traceId: traceOf(1),
        spanId: hex(1, 16),
        parentSpanId: hex(9, 16),
        name: "span 1",
        kind: "consumer",
        startedAt: 1_700_000_000_000.5,
        endedAt: 1_700_000_000_002,
        attributes: { text: "a", big: 12, list: [1, true] },
        events: [{ name: "received", at: 1_700_000_000_001, attributes: {} }],
        links: [{ traceId: traceOf(1), spanId: hex(8, 16) }],
        status: "error",
        problem: "no luck",
        source,
      },
    ]);
    expect(heard).toEqual(server.spansOf(traceOf(1)));
  });

  it("takes what is well formed, and says what it left out", async () => {
    const answer = await post("/v1/traces", spansBody(span(1, 1), span(1, 2, { traceId: "x" })));
    expect(await answer.json()).toEqual({
      partialSuccess: { rejectedSpans: 1, errorMessage: expect.stringContaining("32 hexadecimal digits") },
    });
    expect(heard).toHaveLength(1);
  });

  it("tells of a span once, however often it is sent", async () => {
    for (let n = 0; n < 2; n++) await post("/v1/traces", spansBody(span(1, 1)));
    expect(heard).toHaveLength(1);
  });

  it("keeps the newest traces, whole, and counts what it dropped", async () => {
    await post("/v1/traces", spansBody(span(1, 1), span(1, 2)));
    await post("/v1/traces", spansBody(span(2, 3), span(2, 4)));
    expect(server.spansOf(traceOf(1))).toEqual([]);
    expect(server.spansOf(traceOf(2))).toHaveLength(2);
    expect(server.dropped()).toEqual({ spans: 2, series: 0 });
  });

  it("keeps the newest point of each series", async () => {
    const counter = (value: number) => ({
      name: "duplicates",
      sum: { dataPoints: [{ asInt: String(value), timeUnixNano: "1700000000000000000" }] },
    });
    const histogram = {
      name: "charge",
      unit: "{request_unit}",
      histogram: {
        dataPoints: [
          {
            count: "2",
            sum: 7.5,
            bucketCounts: ["1", "1"],
            explicitBounds: [5],
            timeUnixNano: "1700000000000000000",
          },
        ],
      },
    };
    await post("/v1/metrics", metricsBody(counter(1), histogram));
    await post("/v1/metrics", metricsBody(counter(2)));
    expect(server.points().map(({ name, value }) => [name, value])).toEqual([
      ["charge", { kind: "histogram", count: 2, sum: 7.5, bounds: [5], counts: [1, 1] }],
      ["duplicates", { kind: "counter", value: 2 }],
    ]);
    expect(measured).toHaveLength(3);
    const gauge = {
      name: "age",
      gauge: { dataPoints: [{ asDouble: 1, timeUnixNano: "1700000000000000000" }] },
    };
    await post("/v1/metrics", metricsBody(gauge));
    expect(server.dropped()).toEqual({ spans: 0, series: 1 });
  });
});

describe("the receiver refuses", () => {
  it.each([
    ["another token", "/v1/traces", {}, { authorization: "Bearer other!" }, 401, /token/],
    [
      "Protocol Buffers",
      "/v1/traces",
      "",
      { "content-type": "application/x-protobuf" },
      415,
      /OTEL_EXPORTER_OTLP_PROTOCOL=http\/json/,
    ],
    [
      "compression",
      "/v1/traces",
      "",
      { "content-encoding": "gzip" },
      415,
      /OTEL_EXPORTER_OTLP_COMPRESSION=none/,
    ],
    ["what is no JSON", "/v1/traces", "{", {}, 400, /expected JSON/],
    ["what is no export", "/v1/traces", "[]", {}, 400, /expected object/],
    ["what is too deep", "/v1/traces", "[".repeat(100), {}, 400, /at most 32 deep/],
    ["what is too large", "/v1/traces", " ".repeat(8_000_001), {}, 413, /at most 8000000 bytes/],
    ["logs", "/v1/logs", {}, {}, 404, /OTEL_LOGS_EXPORTER=none/],
    ["a page", "/v1/traces", {}, { origin: "http://example.org" }, 403, /page/],
  ])("%s", async (_what, path, body, headers, status, message) => {
    const answer = await post(path, body, headers);
    expect(answer.status).toBe(status);
    expect(((await answer.json()) as { message: string }).message).toMatch(message);
    expect(heard).toEqual([]);
  });

  it("another host's name", async () => {
    const status = await new Promise((resolve, reject) => {
      const asked = request(`${server.url}/v1/traces`, { method: "POST", headers: { host: "example.org" } });
      asked
        .on("response", (response) => resolve(response.resume().statusCode))
        .on("error", reject)
        .end();
    });
    expect(status).toBe(403);
  });

  it("nothing for its depth that only looks deep", async () => {
    const attributes = [{ key: "text", value: { stringValue: `"\\${"[".repeat(100)}` } }];
    expect((await post("/v1/traces", spansBody(span(1, 1, { attributes })))).status).toBe(200);
    expect(heard).toHaveLength(1);
  });
});
