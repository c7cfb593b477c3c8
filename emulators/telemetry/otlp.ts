import { z } from "zod";
import type { Attributes, AttributeValue, Point, Source, Span, SpanEvent, SpanKind } from "./types.ts";

/*
 * OTLP's JSON form ("OpenTelemetry Protocol", JSON Protobuf Encoding): what is used of it. Unknown fields are left out,
 * 64-bit numbers come as texts or numbers, ids as hexadecimal digits.
 */

const Whole = z.union([z.string().regex(/^-?\d{1,20}$/), z.number()]).transform(Number);
/** Nanoseconds since 1970, as milliseconds: to a microsecond, which is what such a number can hold. */
const Nanoseconds = Whole.transform((nanoseconds) => Math.round(nanoseconds / 1000) / 1000);
const TraceId = z.string().regex(/^[0-9a-f]{32}$/i, "expected 32 hexadecimal digits");
const SpanId = z.string().regex(/^[0-9a-f]{16}$/i, "expected 16 hexadecimal digits");

/**
 * Attributes are most of what comes, so they are read by hand: `{key, value: {stringValue | boolValue | intValue |
 * doubleValue | arrayValue: {values}}}`. What is none of these, or of another form, is left out.
 */
const KeyValues = z
  .array(z.unknown())
  .default([])
  .transform((entries): Attributes => {
    const attributes: Record<string, AttributeValue> = {};
    for (const entry of entries) {
      if (!isObject(entry) || typeof entry["key"] !== "string" || entry["key"] === "__proto__") continue;
      const value = readValue(entry["value"]);
      if (value !== undefined) attributes[entry["key"]] = value;
    }
    return attributes;
  });

function readValue(value: unknown): AttributeValue | undefined {
  if (!isObject(value)) return undefined;
  const { arrayValue: list } = value;
  if (!isObject(list)) return readScalar(value);
  return Array.isArray(list["values"]) ? list["values"].flatMap((each) => readScalar(each) ?? []) : [];
}

function readScalar(value: unknown): string | number | boolean | undefined {
  if (!isObject(value)) return undefined;
  const { stringValue, boolValue, intValue, doubleValue } = value;
  if (typeof stringValue === "string") return stringValue;
  if (typeof boolValue === "boolean") return boolValue;
  if (typeof intValue === "number" || (typeof intValue === "string" && /^-?\d{1,20}$/.test(intValue))) {
    return Number(intValue);
  }
  return typeof doubleValue === "number" ? doubleValue : undefined;
}

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null;

const Resource = z
  .object({ attributes: KeyValues })
  .default({ attributes: {} })
  .transform(({ attributes }): Source => {
    const text = (name: string) => String(attributes[name] ?? "");
    return {
      service: text("service.name"),
      process: text("service.instance.id"),
      instance: text("faas.instance"),
    };
  });

const kinds: readonly SpanKind[] = ["internal", "internal", "server", "client", "producer", "consumer"];
const statuses = ["unset", "ok", "error"] as const;

const SpanForm = z
  .object({
    traceId: TraceId,
    spanId: SpanId,
    parentSpanId: z.union([SpanId, z.literal("")]).optional(),
    name: z.string(),
    kind: z.int().default(0),
    startTimeUnixNano: Nanoseconds,
    endTimeUnixNano: Nanoseconds,
    attributes: KeyValues,
    events: z
      .array(z.object({ name: z.string(), timeUnixNano: Nanoseconds, attributes: KeyValues }))
      .default([]),
    links: z.array(z.object({ traceId: TraceId, spanId: SpanId })).default([]),
    status: z.object({ code: z.int().default(0), message: z.string().optional() }).default({ code: 0 }),
  })
  .transform(({ parentSpanId, kind, startTimeUnixNano, endTimeUnixNano, events, status, ...span }) => ({
    ...span,
    ...(parentSpanId === undefined || parentSpanId === "" ? {} : { parentSpanId }),
    kind: kinds[kind] ?? "internal",
    startedAt: startTimeUnixNano,
    endedAt: endTimeUnixNano,
    events: events.map(({ timeUnixNano: at, ...event }): SpanEvent => ({ ...event, at })),
    status: statuses[status.code] ?? "unset",
    ...(status.message === undefined || status.message === "" ? {} : { problem: status.message }),
  }));

const point = { attributes: KeyValues, timeUnixNano: Nanoseconds };
const NumberPoints = z.object({
  dataPoints: z
    .array(z.object({ ...point, asInt: Whole.optional(), asDouble: z.number().optional() }))
    .default([]),
});
const HistogramPoints = z.object({
  dataPoints: z
    .array(
      z.object({
        ...point,
        count: Whole,
        sum: z.number().default(0),
        bucketCounts: z.array(Whole).default([]),
        explicitBounds: z.array(z.number()).default([]),
      }),
    )
    .default([]),
});
const MetricForm = z.object({
  name: z.string(),
  unit: z.string().default(""),
  sum: NumberPoints.optional(),
  gauge: NumberPoints.optional(),
  histogram: HistogramPoints.optional(),
});
type Metric = z.infer<typeof MetricForm>;

/** Items are read one by one: a bad one does not keep the others out. */
const Unread = z.array(z.unknown()).default([]);
const Traces = z.object({
  resourceSpans: z
    .array(z.object({ resource: Resource, scopeSpans: z.array(z.object({ spans: Unread })).default([]) }))
    .default([]),
});
const Metrics = z.object({
  resourceMetrics: z
    .array(z.object({ resource: Resource, scopeMetrics: z.array(z.object({ metrics: Unread })).default([]) }))
    .default([]),
});

export interface Read<T> {
  readonly items: readonly T[];
  /** What was wrong with each item that could not be read. */
  readonly problems: readonly string[];
}

/** Reads the body of an export of spans. @throws ZodError when it is none */
export function readSpans(body: unknown): Read<Span> {
  const groups = Traces.parse(body).resourceSpans;
  return readAll(
    groups.flatMap(({ resource, scopeSpans }) =>
      scopeSpans.flatMap(({ spans }) => spans.map((item) => ({ source: resource, item }))),
    ),
    SpanForm,
    (span, source) => [{ ...span, source }],
  );
}

/** Reads the body of an export of metrics. @throws ZodError when it is none */
export function readPoints(body: unknown): Read<Point> {
  const groups = Metrics.parse(body).resourceMetrics;
  return readAll(
    groups.flatMap(({ resource, scopeMetrics }) =>
      scopeMetrics.flatMap(({ metrics }) => metrics.map((item) => ({ source: resource, item }))),
    ),
    MetricForm,
    pointsOf,
  );
}

function readAll<Form, T>(
  unread: readonly { source: Source; item: unknown }[],
  form: z.ZodType<Form>,
  toItems: (read: Form, source: Source) => readonly T[],
): Read<T> {
  const results = unread.map(({ source, item }) => ({ source, parsed: form.safeParse(item) }));
  return {
    items: results.flatMap(({ source, parsed }) => (parsed.success ? toItems(parsed.data, source) : [])),
    problems: results.flatMap(({ parsed }) => (parsed.success ? [] : [z.prettifyError(parsed.error)])),
  };
}

function pointsOf({ name, unit, sum, gauge, histogram }: Metric, source: Source): Point[] {
  const numbers = (kind: "counter" | "gauge", points: z.infer<typeof NumberPoints> | undefined) =>
    (points?.dataPoints ?? []).map(({ attributes, timeUnixNano: at, asInt, asDouble }): Point => {
      return { name, unit, attributes, at, source, value: { kind, value: asInt ?? asDouble ?? 0 } };
    });
  const histograms = (histogram?.dataPoints ?? []).map((each): Point => {
    const { attributes, timeUnixNano: at, count, explicitBounds: bounds, bucketCounts: counts } = each;
    const value = { kind: "histogram" as const, count, sum: each.sum, bounds, counts };
    return { name, unit, attributes, at, source, value };
  });
  return [...numbers("counter", sum), ...numbers("gauge", gauge), ...histograms];
}
