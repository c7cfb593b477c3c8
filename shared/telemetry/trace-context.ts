import { type SpanContext, TraceFlags } from "@opentelemetry/api";
import type { TraceContext } from "../exactly-once/contracts.ts";

/** W3C Trace Context, version 00: trace id, parent id, flags. */
const form = /^00-(?!0{32})([0-9a-f]{32})-(?!0{16})([0-9a-f]{16})-([0-9a-f]{2})$/;

/** Our entry of a tracestate, which names the span that a message was made in. */
const originForm = /(?:^|,)\s*pierogi=(?!0{16})([0-9a-f]{16})\s*(?:,|$)/;

/** The span that a message names as its parent, or undefined when its traceparent is none. */
export function parseTrace({ traceparent }: TraceContext): SpanContext | undefined {
  const match = form.exec(traceparent);
  if (match === null) return undefined;
  const [, traceId = "", spanId = "", flags = "00"] = match;
  return { traceId, spanId, traceFlags: Number.parseInt(flags, 16), isRemote: true };
}

export const formatTrace = ({ traceId, spanId, traceFlags }: SpanContext): TraceContext => ({
  traceparent: `00-${traceId}-${spanId}-${hex(traceFlags, 2)}`,
});

/** The conversation's context for a message that is made in a span. */
export const withOrigin = ({ traceparent }: TraceContext, { spanId }: SpanContext): TraceContext => ({
  traceparent,
  tracestate: `pierogi=${spanId}`,
});

/** The span that a message was made in, if it tells. */
export function originOf(message: TraceContext): SpanContext | undefined {
  const spanId = originForm.exec(message.tracestate ?? "")?.[1];
  const conversation = parseTrace(message);
  return spanId === undefined || conversation === undefined ? undefined : { ...conversation, spanId };
}

/** Begins a conversation that no one else has begun; sampled, so that whoever listens sees it. */
export const newTrace = (random: () => number): TraceContext =>
  formatTrace({
    traceId: randomHex(random, 32),
    spanId: randomHex(random, 16),
    traceFlags: TraceFlags.SAMPLED,
  });

function randomHex(random: () => number, digits: number): string {
  const text = Array.from({ length: digits }, () => hex(Math.floor(random() * 16), 1)).join("");
  // All zeros is not a valid id.
  return /^0+$/.test(text) ? `${text.slice(1)}1` : text;
}

const hex = (value: number, digits: number): string => value.toString(16).padStart(digits, "0");
