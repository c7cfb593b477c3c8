import type { Span } from "@opentelemetry/api";

/**
 * Adds up what the requests of a span cost: `pierogi.store.round_trips`, and `azure.cosmosdb.operation.request_charge`
 * in request units. A span that has ended, such as that of a message whose outbox item is deleted later, gets no more.
 */
export function spanCharges() {
  const sums = new WeakMap<Span, { roundTrips: number; requestUnits: number }>();

  return (span: Span | undefined, store: string, requestUnits: number | undefined): void => {
    if (span?.isRecording() !== true) return;
    const before = sums.get(span) ?? { roundTrips: 0, requestUnits: 0 };
    const sum = {
      roundTrips: before.roundTrips + 1,
      requestUnits: before.requestUnits + (requestUnits ?? 0),
    };
    sums.set(span, sum);
    span.setAttributes({
      "db.system.name": store,
      "pierogi.store.round_trips": sum.roundTrips,
      ...(requestUnits === undefined ? {} : { "azure.cosmosdb.operation.request_charge": sum.requestUnits }),
    });
  };
}
