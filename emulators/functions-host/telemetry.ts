import { type Log, messageOf } from "./log.ts";

/** An invocation that has ended. Times are in milliseconds since 1970. */
export interface InvocationSpan {
  /** What triggered it; undefined: nothing with a trace. */
  readonly parentTraceParent: string | undefined;
  /** Its own, which the function sees as `context.traceContext`. */
  readonly traceParent: string;
  readonly functionName: string;
  readonly invocationId: string;
  readonly instance: number;
  readonly startedAt: number;
  readonly endedAt: number;
  /** Why it failed. */
  readonly error?: string;
}

export interface SpanExport {
  add(span: InvocationSpan): void;
  /** Sends what is left. */
  close(): Promise<void>;
}

export interface SpanExportOptions {
  /** Base address of an OTLP/HTTP receiver of JSON. */
  readonly endpoint: string;
  /** `name=value,…`, percent-encoded: OTEL_EXPORTER_OTLP_HEADERS. */
  readonly headers: string;
  /** The type of a function's trigger. */
  readonly triggerOf: (functionName: string) => string;
  readonly log: Log;
}

/** Milliseconds after which spans are sent, how many wait at most, and how long an answer may take. */
const batch = { after: 300, most: 10_000, timeout: 10_000 };

/**
 * Sends a span for each invocation, as the real host does in the telemetry mode "OpenTelemetry". This process goes on
 * when a worker dies, so its spans tell of what that worker had begun.
 */
export function createSpanExport({ endpoint, headers, triggerOf, log }: SpanExportOptions): SpanExport {
  const url = `${endpoint.replace(/\/+$/, "")}/v1/traces`;
  let waiting: InvocationSpan[] = [];
  let timer: NodeJS.Timeout | undefined;
  let sending: Promise<void> = Promise.resolve();

  async function post(spans: readonly InvocationSpan[]): Promise<void> {
    const scopeSpans = [{ spans: spans.map((span) => otlpOf(span, triggerOf(span.functionName))) }];
    try {
      const response = await fetch(url, {
        method: "POST",
        headers: { "content-type": "application/json", ...headersOf(headers) },
        body: JSON.stringify({ resourceSpans: [{ resource, scopeSpans }] }),
        signal: AbortSignal.timeout(batch.timeout),
      });
      await response.arrayBuffer();
      if (!response.ok) throw new Error(`it answered ${response.status}`);
    } catch (error) {
      const message = `${spans.length} spans could not be sent to ${url}: ${messageOf(error)}`;
      log({ level: "warning", category: "Host.Telemetry", message, instance: 0 });
    }
  }

  function send(): void {
    clearTimeout(timer);
    timer = undefined;
    const spans = waiting;
    waiting = [];
    if (spans.length > 0) sending = sending.then(() => post(spans));
  }

  return {
    add(span) {
      const flags = Number.parseInt(span.traceParent.split("-")[3] ?? "", 16);
      const isSampled = (flags & 1) === 1;
      if (!isSampled || waiting.length >= batch.most) return;
      waiting.push(span);
      timer ??= setTimeout(send, batch.after).unref();
    },
    async close() {
      send();
      await sending;
    },
  };
}

type Values = Readonly<Record<string, string | number>>;

const attributesOf = (values: Values) =>
  Object.entries(values).map(([key, value]) => ({
    key,
    value: typeof value === "number" ? { intValue: value } : { stringValue: value },
  }));

const resource = {
  attributes: attributesOf({
    "service.name": "functions-host",
    "service.instance.id": `host-${process.pid}`,
    "process.pid": process.pid,
  }),
};

/** `faas.trigger` and the span's kind, by the binding's type. */
const triggers: Readonly<Record<string, readonly [trigger: string, kind: number]>> = {
  httpTrigger: ["http", 2],
  serviceBusTrigger: ["pubsub", 5],
  cosmosDBTrigger: ["datasource", 5],
  timerTrigger: ["timer", 1],
};

function otlpOf(span: InvocationSpan, type: string) {
  const [trigger, kind] = triggers[type] ?? ["other", 1];
  const [, traceId, spanId] = span.traceParent.split("-");
  const parentSpanId = span.parentTraceParent?.split("-")[2];
  return {
    traceId,
    spanId,
    ...(parentSpanId === undefined ? {} : { parentSpanId }),
    name: `invoke ${span.functionName}`,
    kind,
    startTimeUnixNano: nanoseconds(span.startedAt),
    endTimeUnixNano: nanoseconds(span.endedAt),
    attributes: attributesOf({
      "faas.name": span.functionName,
      "faas.trigger": trigger,
      "faas.invocation_id": span.invocationId,
      "faas.instance": String(span.instance),
    }),
    status: span.error === undefined ? {} : { code: 2, message: span.error },
  };
}

const nanoseconds = (milliseconds: number): string => `${Math.round(milliseconds)}000000`;

const headersOf = (text: string): Record<string, string> =>
  Object.fromEntries(
    text
      .split(",")
      .filter((entry) => entry.includes("="))
      .map((entry) => {
        const [name = "", ...value] = entry.split("=");
        return [name.trim(), decodeURIComponent(value.join("=").trim())];
      }),
  );
