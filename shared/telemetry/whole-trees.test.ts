import { context, type Span, type SpanContext, trace } from "@opentelemetry/api";
import { InMemorySpanExporter, SimpleSpanProcessor, TracerProvider } from "@opentelemetry/sdk-trace";
import { expect, it } from "vitest";
import { wholeTrees } from "./whole-trees.ts";

const remote = { traceId: "0af7651916cd43dd8448eb211c80319c", spanId: "b7ad6b7169203331", traceFlags: 1 };

function setUp() {
  const exporter = new InMemorySpanExporter();
  const provider = new TracerProvider({
    spanProcessors: [wholeTrees(new SimpleSpanProcessor({ exporter }))],
  });
  const tracer = provider.getTracer("test");
  const start = (name: string, parent?: Span) =>
    tracer.startSpan(
      name,
      {},
      parent === undefined ? context.active() : trace.setSpan(context.active(), parent),
    );
  const from = (name: string, sender: SpanContext = remote) =>
    tracer.startSpan(name, {}, trace.setSpanContext(context.active(), { ...sender, isRemote: true }));
  return { start, from, exported: () => exporter.getFinishedSpans().map(({ name }) => name) };
}

it("a span is passed on only when everything around it has ended, and after its parent", () => {
  const { start, from, exported } = setUp();
  const outer = from("outer");
  const middle = start("middle", outer);
  start("inner", middle).end();
  middle.end();
  expect(exported()).toEqual([]);
  outer.end();
  expect(exported()).toEqual(["outer", "middle", "inner"]);
});

it("spans whose parent is in another process do not wait for each other", () => {
  const { from, exported } = setUp();
  const running = from("running");
  from("done").end();
  expect(exported()).toEqual(["done"]);
  running.end();
  expect(exported()).toEqual(["done", "running"]);
});

it("a span does not wait for one that it knows from a message, even if that runs in this process", () => {
  const { start, from, exported } = setUp();
  const request = start("request");
  from("process", request.spanContext()).end();
  expect(exported()).toEqual(["process"]);
  request.end();
});

it("a span that outlives its parent is not forgotten", () => {
  const { start, exported } = setUp();
  const outer = start("outer");
  const late = start("late", outer);
  outer.end();
  late.end();
  expect(exported()).toEqual(["outer", "late"]);
});
