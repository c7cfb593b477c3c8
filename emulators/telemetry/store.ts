import type { Point, Span } from "./types.ts";

/** The newest spans, by trace. When there are too many, the trace that began first goes as a whole. */
export function spanStore(most: number) {
  const traces = new Map<string, Map<string, Span>>();
  let size = 0;
  let dropped = 0;

  function dropOldest(): void {
    for (const [traceId, spans] of traces) {
      if (size <= most) return;
      traces.delete(traceId);
      size -= spans.size;
      dropped += spans.size;
    }
  }

  return {
    /** @returns those that were not there yet: an exporter that got no answer sends again */
    add(spans: readonly Span[]): Span[] {
      const added = spans.filter((span) => {
        const trace = traces.get(span.traceId) ?? new Map<string, Span>();
        traces.set(span.traceId, trace);
        if (trace.has(span.spanId)) return false;
        trace.set(span.spanId, span);
        size += 1;
        return true;
      });
      dropOldest();
      return added;
    },
    of: (traceId: string): Span[] =>
      [...(traces.get(traceId)?.values() ?? [])].sort((a, b) => a.startedAt - b.startedAt),
    all: (): Span[] => [...traces.values()].flatMap((trace) => [...trace.values()]),
    dropped: (): number => dropped,
  };
}

/** The newest point of each series. When there are too many, the one that was heard of longest ago goes. */
export function pointStore(most: number) {
  const series = new Map<string, Point>();
  let dropped = 0;

  return {
    add(points: readonly Point[]): void {
      for (const point of points) {
        const key = JSON.stringify([
          point.name,
          point.source.process,
          Object.entries(point.attributes).sort(),
        ]);
        series.delete(key);
        series.set(key, point);
      }
      for (const key of series.keys()) {
        if (series.size <= most) break;
        series.delete(key);
        dropped += 1;
      }
    },
    all: (): Point[] => [...series.values()],
    dropped: (): number => dropped,
  };
}
