import { AsyncLocalStorage } from "node:async_hooks";
import { context, isSpanContextValid, type Span, SpanStatusCode, trace } from "@opentelemetry/api";
import type { TraceContext } from "../exactly-once/contracts.ts";
import type { Attributes, Step, StepName, Telemetry } from "../exactly-once/telemetry.ts";
import { errorType } from "./error-type.ts";
import { instruments } from "./metrics.ts";
import { isStoreOperation, operationOf } from "./operations.ts";
import { spanCharges } from "./span-charges.ts";
import { formatTrace, newTrace, originOf, parseTrace, withOrigin } from "./trace-context.ts";

export interface TelemetryOptions {
  /** Milliseconds since 1970. */
  readonly now: () => number;
  /** Uniform in [0, 1): trace ids of conversations that nobody else began. */
  readonly random: () => number;
  /** Told of each step of a message, with the id of its trace if that is recorded. */
  readonly onStep: (step: Step, traceId: string | undefined) => void;
  /** Told of what an operator must see. */
  readonly onFailure: (what: string, error: unknown) => void;
}

export interface ProgramTelemetry extends Telemetry {
  /** A sweep has ended well. */
  heartbeat(): void;
  /**
   * A request to a store was answered.
   * @param store as `db.system.name` has it
   * @param requestUnits undefined where the store charges none
   */
  requested(store: string, step: string, requestUnits?: number): void;
}

const scope = "pierogi-orders";

/** Steps that the span of processing tells by its start, its end and its status. */
const isItsSpans: ReadonlySet<StepName> = new Set(["received", "completed", "given back"]);

/**
 * Spans and metrics through the OpenTelemetry API: whatever SDK the process has registered receives them. The
 * conversation's trace context is passed on from message to message also where there is no SDK.
 *
 * The rule of traces: every message of a conversation carries the same traceparent, that of the conversation's root,
 * which is the caller's span, or else the first span of ours; each span of a message's way is a child of that root. A
 * span that decides, and dies with its worker before anybody has heard of it, is therefore nobody's parent: the trace
 * lacks it, and stays one tree. Which span decided stands in the message's tracestate (`pierogi=<span id>`), and its
 * receivers link to it. Both are stored with the message and never change (1): who sends it once more, sweeper,
 * change feed or operator, goes on in its conversation, with a link to what made them do so. (Within a process
 * `whole-trees.ts` sees to it that no span is exported before its parent.)
 */
export function openTelemetry({ now, random, onStep, onFailure }: TelemetryOptions): ProgramTelemetry {
  const tracer = trace.getTracer(scope);
  const measured = instruments(scope, now);
  const charge = spanCharges();
  /** The root of the conversation that the running work belongs to. */
  const conversation = new AsyncLocalStorage<TraceContext>();

  /** Runs the work inside the span and ends it as the work ended. */
  async function ended<T>(name: string, span: Span, work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      const type = errorType(error);
      if (isStoreOperation(name))
        measured.count("storeFailures", { "db.operation.name": name, "error.type": type });
      span.setAttribute("error.type", type);
      span.recordException(error instanceof Error ? error : String(error));
      span.setStatus({ code: SpanStatusCode.ERROR, message: String(error) });
      throw error;
    } finally {
      span.end();
    }
  }

  return {
    step(step) {
      measured.step(step);
      const span = trace.getActiveSpan();
      if (span?.isRecording()) {
        if (!isItsSpans.has(step.step))
          span.addEvent(step.step, step.detail === undefined ? {} : { "pierogi.detail": step.detail });
        span.setAttributes(attributesOf(step));
      }
      onStep(step, span?.isRecording() ? span.spanContext().traceId : undefined);
    },

    span<T>(name: string, attributes: Attributes, work: () => Promise<T>, parent?: TraceContext): Promise<T> {
      // What is no trace context is not passed on: it came from outside.
      const remote = parent === undefined ? undefined : parseTrace(parent);
      const from = remote === undefined ? context.active() : trace.setSpanContext(context.active(), remote);
      const { kind, attributes: more } = operationOf(name);
      const causes = parent && remote ? [originOf(parent), trace.getActiveSpan()?.spanContext()] : [];
      const links = causes.filter((cause) => cause !== undefined).map((cause) => ({ context: cause }));
      const options = { kind, attributes: { ...more, ...attributes }, links };
      return tracer.startActiveSpan(name, options, from, (span) =>
        conversation.run(
          (remote && formatTrace(remote)) ?? conversation.getStore() ?? begun(span, random),
          () => ended(name, span, work),
        ),
      );
    },

    note(attributes) {
      const span = trace.getActiveSpan();
      span?.setAttributes(attributes);
      if ("error.type" in attributes) span?.setStatus({ code: SpanStatusCode.ERROR });
    },

    trace() {
      const root = conversation.getStore() ?? newTrace(random);
      const span = trace.getActiveSpan();
      return span?.isRecording() ? withOrigin(root, span.spanContext()) : root;
    },

    failed(what, error) {
      measured.count("dispatchFailed");
      onFailure(what, error);
    },

    outbox: measured.outbox,
    heartbeat: () => measured.count("sweepHeartbeat"),

    requested(store, step, requestUnits) {
      measured.request({ "db.system.name": store, "db.operation.name": step }, requestUnits);
      charge(trace.getActiveSpan(), store, requestUnits);
    },
  };
}

/** The root of a conversation that begins with a span of ours; without an SDK that is no real one. */
const begun = (span: Span, random: () => number): TraceContext =>
  isSpanContextValid(span.spanContext()) ? formatTrace(span.spanContext()) : newTrace(random);

/** What a step tells about the span that it happens in. */
function attributesOf({ step, endpoint, aggregate }: Step): Attributes {
  switch (step) {
    case "received":
      return {
        "pierogi.endpoint": endpoint,
        ...(aggregate === undefined ? {} : { "pierogi.aggregate.id": aggregate.id }),
      };
    case "duplicate":
    case "decided twice":
      return { "pierogi.duplicate": true };
    default:
      return {};
  }
}
