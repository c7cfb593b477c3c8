import type { Aggregate, TraceContext } from "./contracts.ts";

export type StepName =
  | "received"
  | "duplicate"
  /** The store refused the decision: another delivery of the message had been processed meanwhile. */
  | "decided twice"
  | "decided"
  | "conflict"
  | "committed"
  | "sent"
  | "completed"
  | "quarantined"
  | "given back";

/** One step of a message's way, for logs and metrics. */
export interface Step {
  readonly step: StepName;
  readonly endpoint: string;
  readonly message: { readonly id: string; readonly type: string };
  readonly aggregate?: Aggregate;
  /** 1 for the first delivery. */
  readonly deliveryCount?: number;
  readonly detail?: string;
  /** With step "sent": what was sent. */
  readonly sent?: readonly { readonly createdAt: number }[];
}

export type Attributes = Readonly<Record<string, string | number | boolean>>;

/** What the algorithm tells about itself. */
export interface Telemetry {
  step(step: Step): void;
  /** Runs `work` as a span; `parent` continues the conversation that a message belongs to. */
  span<T>(name: string, attributes: Attributes, work: () => Promise<T>, parent?: TraceContext): Promise<T>;
  /** The trace context that a message made now must carry. */
  trace(): TraceContext;
  /** Adds to the running span what has become known; `error.type` marks it as failed. */
  note(attributes: Attributes): void;
  /** A publish that failed for good, or a sweep's finding: something an operator must see. */
  failed(what: string, error: unknown): void;
  /** Oldest item's age in milliseconds and number of items that a sweep found unsent. */
  outbox(oldestAge: number, depth: number): void;
}

/** For tests and simulations that look at effects only. */
export const silent: Telemetry = {
  step: () => {},
  span: (_name, _attributes, work) => work(),
  trace: () => ({ traceparent: "00-00000000000000000000000000000001-0000000000000001-00" }),
  note: () => {},
  failed: () => {},
  outbox: () => {},
};
