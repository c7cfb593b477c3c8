import { AsyncLocalStorage } from "node:async_hooks";
import {
  type Counter,
  context,
  metrics,
  type Span,
  SpanKind,
  SpanStatusCode,
  trace,
} from "@opentelemetry/api";
import type { TraceContext } from "./exactly-once/contracts.ts";
import type { Attributes, Step, StepName, Telemetry } from "./exactly-once/telemetry.ts";
import { formatTrace, newTrace, parseTrace } from "./trace-context.ts";

/** Names of the metrics: alerts and dashboards refer to them. Times are in seconds. */
export const metricNames = {
  outboxOldestAge: "pierogi.outbox.oldest_age",
  outboxDepth: "pierogi.outbox.depth",
  sweepHeartbeat: "pierogi.sweep.heartbeat",
  dispatchLag: "pierogi.dispatch.lag",
  dispatchFailed: "pierogi.dispatch.failed",
  duplicates: "pierogi.inbox.duplicates",
  conflicts: "pierogi.commit.conflicts",
  quarantined: "pierogi.quarantine.messages",
  givenBack: "pierogi.deliveries.given_back",
} as const;

const scope = "pierogi-orders";

const kinds: Record<string, SpanKind> = { process: SpanKind.CONSUMER, dispatch: SpanKind.PRODUCER };

export interface TelemetryOptions {
  /** Milliseconds since 1970. */
  readonly now: () => number;
  /** Uniform in [0, 1): trace ids of conversations that nobody else began. */
  readonly random: () => number;
  /** Told of each step of a message, and of what an operator must see. */
  readonly onStep: (step: Step) => void;
  readonly onFailure: (what: string, error: unknown) => void;
}

/**
 * Spans and metrics through the OpenTelemetry API: whatever SDK the process has registered receives them. The
 * conversation's trace context is passed on from message to message also where there is no SDK.
 */
export function openTelemetry({
  now,
  random,
  onStep,
  onFailure,
}: TelemetryOptions): Telemetry & { heartbeat(): void } {
  const tracer = trace.getTracer(scope);
  const meter = metrics.getMeter(scope);
  const counter = (name: keyof typeof metricNames) => meter.createCounter(metricNames[name]);
  const counted: Partial<Record<StepName, Counter>> = {
    duplicate: counter("duplicates"),
    conflict: counter("conflicts"),
    quarantined: counter("quarantined"),
    "given back": counter("givenBack"),
  };
  const dispatchFailed = counter("dispatchFailed");
  const sweepHeartbeat = counter("sweepHeartbeat");
  const dispatchLag = meter.createHistogram(metricNames.dispatchLag, { unit: "s" });
  const oldestAge = meter.createGauge(metricNames.outboxOldestAge, { unit: "s" });
  const depth = meter.createGauge(metricNames.outboxDepth);
  /** The conversation that the running work belongs to. */
  const conversation = new AsyncLocalStorage<TraceContext>();

  return {
    step(step) {
      counted[step.step]?.add(1, { endpoint: step.endpoint });
      for (const { createdAt } of step.sent ?? []) {
        dispatchLag.record(Math.max(0, now() - createdAt) / 1000, { endpoint: step.endpoint });
      }
      onStep(step);
    },

    span<T>(name: string, attributes: Attributes, work: () => Promise<T>, parent?: TraceContext): Promise<T> {
      const kind = kinds[name.split(" ", 1)[0] ?? ""] ?? SpanKind.INTERNAL;
      const remote = parent === undefined ? undefined : parseTrace(parent);
      const from = remote === undefined ? context.active() : trace.setSpanContext(context.active(), remote);
      const options = { kind, attributes: { "messaging.system": "servicebus", ...attributes } };
      const run = () => tracer.startActiveSpan(name, options, from, (span) => ended(span, work));
      // What is no trace context is not passed on: it came from outside.
      if (parent !== undefined && remote !== undefined) return conversation.run(parent, run);
      return conversation.getStore() === undefined ? conversation.run(newTrace(random), run) : run();
    },

    trace() {
      const active = trace.getActiveSpan()?.spanContext();
      if (active !== undefined && trace.isSpanContextValid(active)) return formatTrace(active);
      return conversation.getStore() ?? newTrace(random);
    },

    failed(what, error) {
      dispatchFailed.add(1);
      onFailure(what, error);
    },

    outbox(age, items) {
      oldestAge.record(age / 1000);
      depth.record(items);
    },

    heartbeat: () => sweepHeartbeat.add(1),
  };
}

/** Runs the work inside the span and ends it as the work ended. */
async function ended<T>(span: Span, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    span.recordException(error instanceof Error ? error : String(error));
    span.setStatus({ code: SpanStatusCode.ERROR, message: String(error) });
    throw error;
  } finally {
    span.end();
  }
}
