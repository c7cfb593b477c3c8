export type AttributeValue = string | number | boolean | readonly (string | number | boolean)[];
export type Attributes = Readonly<Record<string, AttributeValue>>;

export type SpanKind = "internal" | "server" | "client" | "producer" | "consumer";

/** Names a span. */
export interface SpanRef {
  /** 32 hexadecimal digits. */
  readonly traceId: string;
  /** 16 hexadecimal digits. */
  readonly spanId: string;
}

/** What sent it: attributes of the resource. */
export interface Source {
  /** `service.name` */
  readonly service: string;
  /** `service.instance.id`: another one for each process. */
  readonly process: string;
  /** `faas.instance`: which of the app's instances, also after its process was replaced. Empty: unknown. */
  readonly instance: string;
}

/** A span that has ended. Times are in milliseconds since 1970, with fractions. */
export interface Span extends SpanRef {
  /** Undefined: the first of its trace, as far as its process knows. */
  readonly parentSpanId?: string;
  readonly name: string;
  readonly kind: SpanKind;
  readonly startedAt: number;
  readonly endedAt: number;
  readonly attributes: Attributes;
  readonly events: readonly SpanEvent[];
  /** What else led to it; these may never have been received. */
  readonly links: readonly SpanRef[];
  readonly status: "unset" | "ok" | "error";
  /** Of a failed one, if it told. */
  readonly problem?: string;
  readonly source: Source;
}

export interface SpanEvent {
  readonly name: string;
  readonly at: number;
  readonly attributes: Attributes;
}

/** The newest point of a metric's series: one for each set of attributes of each process. */
export interface Point {
  readonly name: string;
  readonly unit: string;
  readonly attributes: Attributes;
  /** Milliseconds since 1970. */
  readonly at: number;
  readonly source: Source;
  /** A counter counts since its process began. */
  readonly value:
    | { readonly kind: "counter" | "gauge"; readonly value: number }
    | {
        readonly kind: "histogram";
        readonly count: number;
        readonly sum: number;
        /** Upper bounds of the buckets but the last, and how many values fell into each bucket. */
        readonly bounds: readonly number[];
        readonly counts: readonly number[];
      };
}
