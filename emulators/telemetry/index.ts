/** An embedded OTLP/HTTP receiver: keeps the newest spans and metrics that a program exports, for whoever shows them. */
export { startTelemetry, type TelemetryOptions, type TelemetryServer } from "./server.ts";
export type {
  Attributes,
  AttributeValue,
  Point,
  Source,
  Span,
  SpanEvent,
  SpanKind,
  SpanRef,
} from "./types.ts";
