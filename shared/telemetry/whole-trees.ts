import type { ReadableSpan, SpanProcessor } from "@opentelemetry/sdk-trace";

interface Tree {
  /** Undefined once the first span of it in this process has ended. */
  root: string | undefined;
  readonly ended: ReadableSpan[];
}

/**
 * Keeps the spans that have ended until the outermost span around them in this process has ended, too, then passes them
 * on, each after its parent. So nobody hears of a span whose parent died with its process: a tree comes whole or, but
 * for what a batch cuts off at its end, not at all.
 */
export function wholeTrees(next: SpanProcessor): SpanProcessor {
  const open = new Map<string, Tree>();

  return {
    onStart(span, context) {
      const { parentSpanContext: parent } = span;
      const around = parent === undefined || parent.isRemote ? undefined : open.get(parent.spanId);
      const { spanId } = span.spanContext();
      open.set(spanId, around ?? { root: spanId, ended: [] });
      next.onStart(span, context);
    },

    onEnd(span) {
      const { spanId } = span.spanContext();
      const tree = open.get(spanId);
      open.delete(spanId);
      // One that outlived its parent: that one is on its way.
      if (tree?.root === undefined) return next.onEnd(span);
      tree.ended.push(span);
      if (tree.root !== spanId) return;
      tree.root = undefined;
      for (const each of tree.ended.reverse()) next.onEnd(each);
    },

    forceFlush: () => next.forceFlush(),
    shutdown: () => next.shutdown(),
  };
}
