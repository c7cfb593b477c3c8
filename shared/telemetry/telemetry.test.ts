import { SpanStatusCode } from "@opentelemetry/api";
import type { ReadableSpan } from "@opentelemetry/sdk-trace";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { bus } from "../../test/support/bus.ts";
import { virtualTime } from "../../test/support/virtual-time.ts";
import { receivers } from "../endpoints.ts";
import type { Outgoing, TraceContext } from "../exactly-once/contracts.ts";
import { PermanentError, TransientError } from "../exactly-once/errors.ts";
import { sweeper } from "../exactly-once/sweeper.ts";
import { answeringAll, type HttpCall } from "../frontend/http.ts";
import { addressOf } from "../messaging/address.ts";
import { memoryStore } from "../stores/memory/memory.ts";
import { openTelemetry } from "./telemetry.ts";
import { registerSdk } from "./testing.ts";

const traceId = "0af7651916cd43dd8448eb211c80319c";
const rootId = "b7ad6b7169203331";
const traceparent = `00-${traceId}-${rootId}-01`;

function setUp() {
  const time = virtualTime();
  const lines: (string | undefined)[] = [];
  const telemetry = openTelemetry({
    ...time,
    onStep: (_step, traceOfStep) => lines.push(traceOfStep),
    onFailure: () => {},
  });
  const store = memoryStore({
    mode: "fence",
    now: time.now,
    async io(step, apply) {
      const result = apply();
      telemetry.requested("memory", step, 2);
      return result;
    },
  });
  const { publish, drain } = bus();
  const sent: Outgoing[] = [];
  let crashing = false;
  const steps = {
    store,
    async publish(outgoing: readonly Outgoing[]) {
      if (crashing) throw new Error("the process died");
      sent.push(...outgoing);
      await publish(outgoing);
    },
    quarantine: async () => {},
  };
  const retention = { retention: 7 * 86_400_000, skew: 300_000, margin: 600_000 };
  const receive = receivers({ orders: steps, billing: steps, marketing: steps }, time, telemetry, retention);
  const sweep = sweeper([store], steps.publish, time, telemetry, 5000);
  const add = { type: "AddItem", orderId: "1", customerId: "ann", filling: "Meat", portions: 1 } as const;
  const send = (trace: TraceContext = { traceparent }) =>
    publish([
      { ...addressOf(add), id: "00000000-0000-4000-8000-000000000001", createdAt: time.now(), trace },
    ]);
  const setCrashing = (value: boolean): void => {
    crashing = value;
  };
  return { time, store, receive, drain, send, sent, sweep, setCrashing, telemetry, lines };
}

const idOf = (span: ReadableSpan | undefined) => span?.spanContext().spanId ?? "none";
const parentOf = (span: ReadableSpan) => span.parentSpanContext?.spanId ?? "none";

/** A span and all below it. */
const treeOf = (all: readonly ReadableSpan[], root: ReadableSpan): ReadableSpan[] => [
  root,
  ...all.filter((span) => parentOf(span) === idOf(root)).flatMap((span) => treeOf(all, span)),
];

describe("with an OpenTelemetry SDK", () => {
  let sdk: ReturnType<typeof registerSdk>;
  beforeEach(() => {
    sdk = registerSdk();
  });
  afterEach(() => sdk.end());

  /** A conversation in which a worker dies between commit and send, and the sweeper goes on. */
  async function conversation() {
    const running = setUp();
    const { receive, drain, send, sweep, time, setCrashing } = running;
    await send();
    setCrashing(true);
    await expect(drain(receive)).rejects.toThrow("died");
    setCrashing(false);
    time.advance(6000);
    await sweep();
    await drain(receive);
    return running;
  }

  const spansOf = () => sdk.spans().filter((span) => span.spanContext().traceId === traceId);

  it("a conversation is one tree over every endpoint, also when any attempt of it left no span", async () => {
    await conversation();
    const all = spansOf();
    expect(all.map(({ name }) => name)).toEqual(
      expect.arrayContaining(["process orders", "load", "commit", "send events", "process marketing"]),
    );
    const attempts = all.filter((span) => parentOf(span) === rootId);
    expect(attempts.length).toBeGreaterThan(3);
    for (const lost of attempts) {
      const dead = new Set(treeOf(all, lost));
      const left = all.filter((span) => !dead.has(span));
      const known = new Set([rootId, ...left.map(idOf)]);
      expect(left.filter((span) => !known.has(parentOf(span))).map(({ name }) => name)).toEqual([]);
    }
  });

  it("every message names the conversation's root, and links its receiver to the span that decided it", async () => {
    const { sent } = await conversation();
    expect(new Set(sent.map(({ trace }) => trace?.traceparent))).toEqual(new Set([traceparent]));
    const [decided, ...others] = spansOf().filter(({ name }) => name === "process orders");
    expect(others).toEqual([]);
    const received = spansOf().find(({ name }) => name === "process marketing");
    expect(received?.links.map(({ context }) => context.spanId)).toEqual([idOf(decided)]);
  });

  it("a sweep's sends lie in the conversation, and link to the sweep", async () => {
    await conversation();
    const sweep = sdk.spans().find(({ name }) => name === "sweep");
    const links = spansOf()
      .filter(({ name }) => name === "send events")
      .flatMap((span) => span.links.map(({ context }) => context.spanId));
    expect(links).toContain(idOf(sweep));
  });

  it("a span says what it is about, in the terms of the semantic conventions", async () => {
    const { receive, drain, send, lines } = setUp();
    await send();
    await drain(receive);
    const [first] = spansOf().filter(({ name }) => name === "process orders");
    expect(first?.attributes).toMatchObject({
      "messaging.system": "servicebus",
      "messaging.operation.type": "process",
      "messaging.destination.name": "orders",
      "messaging.servicebus.message.delivery_count": 1,
      "pierogi.message.logical_id": "00000000-0000-4000-8000-000000000001",
      "pierogi.message.type": "AddItem",
      "pierogi.endpoint": "orders",
      "pierogi.aggregate.id": "1",
    });
    expect(first?.events.map(({ name }) => name)).toEqual(["decided", "committed", "sent"]);
    expect(new Set(lines)).toEqual(new Set([traceId]));
  });

  it("what a store charged and how often it was asked stand on the span and in the metrics", async () => {
    const { receive, drain, send } = setUp();
    await send();
    await drain(receive);
    const load = spansOf().find(({ name }) => name === "load");
    expect(load?.attributes).toMatchObject({
      "db.system.name": "memory",
      "pierogi.store.round_trips": 2,
      "azure.cosmosdb.operation.request_charge": 4,
    });
    const charges = await sdk.points("pierogi.store.charge");
    expect(
      charges.find(({ attributes }) => attributes["db.operation.name"] === "commit")?.value,
    ).toMatchObject({ sum: expect.any(Number), count: expect.any(Number) });
    expect(await sdk.points("pierogi.store.round_trips")).not.toEqual([]);
  });

  it("a copy is counted by endpoint, and apart from it one that was decided in vain", async () => {
    const { receive, drain, send, store } = setUp();
    await send();
    await drain(receive);
    const { load } = store;
    await send();
    await drain(receive);
    // The other delivery commits after this one has looked for its record.
    Object.assign(store, {
      load: async (...of: Parameters<typeof load>) => {
        const { record: _unseen, ...loaded } = await load(...of);
        Object.assign(store, { load });
        return loaded;
      },
    });
    await send();
    await drain(receive);
    expect(await sdk.points("pierogi.inbox.duplicates")).toMatchObject([
      { attributes: { endpoint: "orders" }, value: 2 },
    ]);
    expect(await sdk.points("pierogi.double_executions")).toMatchObject([{ value: 1 }]);
    const copies = spansOf().filter(({ attributes }) => attributes["pierogi.duplicate"] === true);
    expect(copies.map(({ name }) => name)).toEqual(["process orders", "process orders"]);
  });

  it("a failed request to a store is counted by what the service called it", async () => {
    const { telemetry } = setUp();
    const throttled = new TransientError("reading", { cause: Object.assign(new Error(), { code: 429 }) });
    const deadlock = new TransientError("commit", {
      cause: Object.assign(new Error(), { code: "EREQUEST", number: 1205 }),
    });
    const failing = (name: string, error: Error) => telemetry.span(name, {}, () => Promise.reject(error));
    await expect(failing("load", throttled)).rejects.toThrow();
    await expect(failing("commit", deadlock)).rejects.toThrow();
    await expect(failing("send events", new PermanentError("gone"))).rejects.toThrow();
    const points = await sdk.points("pierogi.store.failures");
    expect(points.map(({ attributes }) => attributes["error.type"])).toEqual(["429", "1205"]);
    expect(sdk.spans().map(({ attributes }) => attributes["error.type"])).toEqual([
      "429",
      "1205",
      "PermanentError",
    ]);
  });

  describe("an HTTP request", () => {
    const call = (headers: Record<string, string> = {}): HttpCall => ({
      method: "POST",
      url: "http://127.0.0.1/api/orders/1/submit?code=secret",
      params: {},
      headers: new Headers(headers),
      text: async () => "",
    });

    function served(status: number) {
      const { telemetry } = setUp();
      const traces: TraceContext[] = [];
      const submitOrder = async () => {
        traces.push(telemetry.trace());
        return { status };
      };
      const handlers = answeringAll({ submitOrder }, telemetry, () => {});
      const ask = (headers?: Record<string, string>, hostsOwn?: string) =>
        handlers.submitOrder(call(headers), { traceContext: { traceParent: hostsOwn } });
      return { ask, traces };
    }

    it("that neither caller nor host has a trace for is the root of its conversation", async () => {
      const { ask, traces } = served(202);
      await ask();
      const [span] = sdk.spans();
      expect(span).toMatchObject({ name: "POST submitOrder", status: { code: SpanStatusCode.UNSET } });
      expect(span?.attributes).toMatchObject({
        "http.response.status_code": 202,
        "url.path": "/api/orders/1/submit",
      });
      expect(traces[0]?.traceparent).toContain(idOf(span));
    });

    it("goes on in its caller's trace", async () => {
      const { ask, traces } = served(202);
      await ask({ traceparent });
      expect(sdk.spans().map(parentOf)).toEqual([rootId]);
      expect(traces.map((each) => each.traceparent)).toEqual([traceparent]);
    });

    it("without one goes on in that of the host, which outlives its workers", async () => {
      const { ask, traces } = served(202);
      await ask({}, traceparent);
      expect(sdk.spans().map(parentOf)).toEqual([rootId]);
      expect(traces.map((each) => each.traceparent)).toEqual([traceparent]);
    });

    it("that only asks is left to the host's span", async () => {
      const { telemetry } = setUp();
      const handlers = answeringAll({ order: async () => ({ status: 200 }) }, telemetry, () => {});
      expect(await handlers.order({ ...call(), method: "GET" })).toEqual({ status: 200 });
      expect(sdk.spans()).toEqual([]);
    });

    it("that failed on our side is a failed span, one that was refused is not", async () => {
      await served(503).ask();
      await served(422).ask();
      expect(sdk.spans().map(({ status }) => status.code)).toEqual([
        SpanStatusCode.ERROR,
        SpanStatusCode.UNSET,
      ]);
    });
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
