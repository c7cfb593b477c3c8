import type { Span } from "../protocol.ts";

/** What one message's processing cost, as telemetry tells it. */
export interface Cost {
  readonly spanId: string;
  readonly name: string;
  readonly type: string;
  readonly milliseconds: number;
  readonly failed: boolean;
  readonly requestUnits: number;
  readonly roundTrips: number;
}

/** One line for each message that was processed: its span, with what the spans below it add. */
export function costsOf(spans: readonly Span[]): readonly Cost[] {
  const byId = new Map(spans.map((span) => [span.spanId, span]));
  const costs = new Map<string, Cost>();
  for (const span of spans.filter(isProcessing)) {
    costs.set(span.spanId, {
      spanId: span.spanId,
      name: span.name,
      type: String(span.attributes["pierogi.message.type"] ?? ""),
      milliseconds: span.end - span.start,
      failed: span.failed,
      requestUnits: 0,
      roundTrips: 0,
    });
  }
  for (const span of spans) {
    const cost = costs.get(processingOf(span, byId)?.spanId ?? "");
    if (cost === undefined) continue;
    costs.set(cost.spanId, {
      ...cost,
      requestUnits: cost.requestUnits + number(span, "azure.cosmosdb.operation.request_charge"),
      roundTrips: cost.roundTrips + number(span, "pierogi.store.round_trips"),
    });
  }
  return [...costs.values()];
}

const isProcessing = ({ name }: Span): boolean => name.startsWith("process ");

/** The span itself or the nearest one above it that processes a message. */
function processingOf(span: Span, byId: ReadonlyMap<string, Span>): Span | undefined {
  let at: Span | undefined = span;
  // A trace that is broken into a circle has an end, too.
  for (let steps = 0; at !== undefined && !isProcessing(at) && steps < 50; steps++)
    at = byId.get(at.parentSpanId ?? "");
  return at !== undefined && isProcessing(at) ? at : undefined;
}

const number = ({ attributes }: Span, name: string): number => Number(attributes[name] ?? 0) || 0;
