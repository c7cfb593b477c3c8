import { context, metrics, trace } from "@opentelemetry/api";
import { AsyncLocalStorageContextManager } from "@opentelemetry/context-async-hooks";
import {
  AggregationTemporality,
  InMemoryMetricExporter,
  MeterProvider,
  PeriodicExportingMetricReader,
} from "@opentelemetry/sdk-metrics";
import { InMemorySpanExporter, SimpleSpanProcessor, TracerProvider } from "@opentelemetry/sdk-trace";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { bus } from "../test/support/bus.ts";
import { virtualTime } from "../test/support/virtual-time.ts";
import { receivers } from "./endpoints.ts";
import { sweeper } from "./exactly-once/sweeper.ts";
import { addressOf } from "./messaging/address.ts";
import { memoryStore } from "./stores/memory/memory.ts";
import { openTelemetry } from "./telemetry.ts";

const traceparent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";

function setUp() {
  const time = virtualTime();
  const telemetry = openTelemetry({ ...time, onStep: () => {}, onFailure: () => {} });
  const store = memoryStore({ mode: "fence", now: time.now });
  const { publish, drain } = bus();
  let crashing = false;
  const steps = {
    store,
    async publish(outgoing: Parameters<typeof publish>[0]) {
      if (crashing) throw new Error("the process died");
      await publish(outgoing);
    },
    quarantine: async () => {},
  };
  const retention = { retention: 7 * 86_400_000, skew: 300_000, margin: 600_000 };
  const receive = receivers({ orders: steps, billing: steps, marketing: steps }, time, telemetry, retention);
  const sweep = sweeper([store], publish, time, telemetry, 5000);
  const add = { type: "AddItem", orderId: "1", customerId: "ann", filling: "Meat", portions: 1 } as const;
  const send = (trace: { traceparent: string } | undefined = { traceparent }) =>
    publish([
      {
        ...addressOf(add),
        id: "00000000-0000-4000-8000-000000000001",
        createdAt: time.now(),
        ...(trace === undefined ? {} : { trace }),
      },
    ]);
  return {
    time,
    receive,
    drain,
    send,
    sweep,
    setCrashing: (value: boolean) => (crashing = value),
    telemetry,
  };
}

describe("with an OpenTelemetry SDK", () => {
  const spans = new InMemorySpanExporter();
  let exporter: InMemoryMetricExporter;
  let meters: MeterProvider;

  beforeEach(() => {
    context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
    trace.setGlobalTracerProvider(
      new TracerProvider({ spanProcessors: [new SimpleSpanProcessor({ exporter: spans })] }),
    );
    exporter = new InMemoryMetricExporter(AggregationTemporality.CUMULATIVE);
    meters = new MeterProvider({ readers: [new PeriodicExportingMetricReader({ exporter })] });
    metrics.setGlobalMeterProvider(meters);
  });
  afterEach(async () => {
    await meters.shutdown();
    spans.reset();
    for (const api of [context, trace, metrics]) api.disable();
  });

  it("a conversation is one trace without a missing parent, over every endpoint and a crash", async () => {
    const { receive, drain, send, sweep, time, setCrashing } = setUp();
    await send();
    setCrashing(true);
    await expect(drain(receive)).rejects.toThrow("died");
    setCrashing(false);
    time.advance(6000);
    await sweep();
    await drain(receive);

    const finished = spans.getFinishedSpans();
    expect(new Set(finished.map((span) => span.spanContext().traceId))).toEqual(
      new Set(["0af7651916cd43dd8448eb211c80319c"]),
    );
    const known = new Set([...finished.map((span) => span.spanContext().spanId), "b7ad6b7169203331"]);
    expect(finished.filter((span) => !known.has(span.parentSpanContext?.spanId ?? ""))).toEqual([]);
    const names = finished.map((span) => span.name);
    expect(names).toEqual(
      expect.arrayContaining(["process orders", "load", "commit", "dispatch", "process marketing"]),
    );
  });

  it("duplicates are counted by endpoint", async () => {
    const { receive, drain, send } = setUp();
    await send();
    await send();
    await drain(receive);
    await meters.forceFlush();
    const all = exporter
      .getMetrics()
      .flatMap(({ scopeMetrics }) => scopeMetrics.flatMap((scope) => scope.metrics));
    const duplicates = all.find(({ descriptor }) => descriptor.name === "pierogi.inbox.duplicates");
    expect(duplicates?.dataPoints).toMatchObject([{ attributes: { endpoint: "orders" }, value: 1 }]);
  });
});

describe("without an OpenTelemetry SDK", () => {
  it("a message passes its conversation's trace on, or begins one", async () => {
    const { telemetry } = setUp();
    const parent = { traceparent };
    expect(await telemetry.span("process x", {}, async () => telemetry.trace(), parent)).toEqual(parent);
    const nonsense = { traceparent: "x".repeat(5000) };
    expect(await telemetry.span("process x", {}, async () => telemetry.trace(), nonsense)).not.toEqual(
      nonsense,
    );
    const begun = await telemetry.span("process x", {}, async () => [telemetry.trace(), telemetry.trace()]);
    expect(begun[0]).toEqual(begun[1]);
    expect(begun[0]?.traceparent).toMatch(/^00-[0-9a-f]{32}-[0-9a-f]{16}-01$/);
  });
});
