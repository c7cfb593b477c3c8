import { type SpanContext, TraceFlags } from "@opentelemetry/api";
import type { TraceContext } from "./exactly-once/contracts.ts";

/** W3C Trace Context, version 00: trace id, parent id, flags. */
const form = /^00-(?!0{32})([0-9a-f]{32})-(?!0{16})([0-9a-f]{16})-([0-9a-f]{2})$/;

/** The remote span that a message names, or undefined when its traceparent is none. */
export function parseTrace({ traceparent }: TraceContext): SpanContext | undefined {
  const match = form.exec(traceparent);
  if (match === null) return undefined;
  const [, traceId = "", spanId = "", flags = "00"] = match;
  return { traceId, spanId, traceFlags: Number.parseInt(flags, 16), isRemote: true };
}

export function formatTrace({ traceId, spanId, traceFlags, traceState }: SpanContext): TraceContext {
  const traceparent = `00-${traceId}-${spanId}-${hex(traceFlags, 2)}`;
  return traceState === undefined ? { traceparent } : { traceparent, tracestate: traceState.serialize() };
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
