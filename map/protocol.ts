/**
 * What goes over the wire between the live map's server and its page. `GET /events` is a stream of `StreamLine`s, each
 * a line of JSON. Times are milliseconds since 1970.
 */

/** A place of the picture: "client", "frontend", "queue:orders", "topic:events", "function:orders", "store:orders", … */
export type NodeId = string;

/** Something that lies in a place: a message in a queue, an unsent item in an outbox. */
export interface Item {
  /** Unique in its place. */
  readonly key: string;
  readonly type: string;
  readonly status: "waiting" | "locked" | "scheduled" | "deferred" | "dead" | "unsent";
  readonly order?: string | undefined;
  /** Deliveries so far, of a message. */
  readonly delivery?: number;
  /** Which copy of its logical message it is, from 2 on. */
  readonly copy?: number;
  readonly since: number;
}

export interface NodeState {
  /** Whether the server behind it runs. */
  readonly up: boolean;
  /** By name: of a queue waiting, locked, scheduled, deferred, dead; of a store inbox, outbox, state; of a function running. */
  readonly counts: Readonly<Record<string, number>>;
  /** The first few of what lies in it. */
  readonly items: readonly Item[];
  /** Words about it: which server keeps a store. */
  readonly note?: string;
}

export type MoveKind = "request" | "send" | "deliver" | "back" | "dead" | "write" | "answer";

/** Something went from one place to another; alike ones are counted together when there are many. */
export interface Move {
  readonly from: NodeId;
  readonly to: NodeId;
  readonly kind: MoveKind;
  readonly type: string;
  readonly order?: string | undefined;
  readonly delivery?: number | undefined;
  readonly copy?: number | undefined;
  readonly count: number;
}

/** One thing that happened, as a story tells it. */
export interface Happening {
  readonly number: number;
  readonly at: number;
  /** Which server told it. */
  readonly server: string;
  readonly node: NodeId;
  readonly kind: HappeningKind;
  readonly text: string;
  readonly order?: string | undefined;
  /** The message's logical id. */
  readonly message?: string | undefined;
  readonly type?: string | undefined;
  /** The id of the trace that the message carries. */
  readonly trace?: string | undefined;
}

export type HappeningKind = "request" | "message" | "store" | "function" | "fault" | "server" | "span";

/** What happened at once, with the state of the places that it changed. */
export interface Step {
  /** Of the last happening in it. */
  readonly number: number;
  readonly at: number;
  /** Happenings in it: more than one where many were taken together. */
  readonly count: number;
  readonly moves: readonly Move[];
  readonly nodes: Readonly<Record<NodeId, NodeState>>;
  readonly says: readonly Happening[];
}

/** A fault that struck. */
export interface Strike {
  readonly number: number;
  readonly at: number;
  readonly rule: string;
  readonly kind: string;
  readonly node: NodeId;
  /** "deliver of orders, AddItem". */
  readonly where: string;
}

/** A rule of the fault plan; its form is that of emulators/faults. */
export interface FaultRule {
  readonly name: string;
  readonly at: { readonly server: string; readonly [facet: string]: unknown };
  readonly fault: { readonly kind: string; readonly [property: string]: unknown };
  readonly from?: number | undefined;
  readonly times?: number | "always" | undefined;
  readonly probability?: number | undefined;
}

export interface FaultState {
  readonly rules: readonly (FaultRule & { readonly fired: number; readonly node: NodeId })[];
  /** The last ones, newest first. */
  readonly strikes: readonly Strike[];
}

/** What the fault plan's language knows. */
export interface Vocabulary {
  readonly operations: Readonly<Record<string, readonly string[]>>;
  readonly errors: Readonly<Record<string, readonly (string | number)[]>>;
  readonly kinds: readonly string[];
}

export type StreamLine =
  | {
      readonly kind: "snapshot";
      readonly number: number;
      readonly at: number;
      readonly nodes: Readonly<Record<NodeId, NodeState>>;
      readonly faults: FaultState;
      readonly vocabulary: Vocabulary;
      /** Why it came, when the page had fallen behind. */
      readonly note?: string;
    }
  | { readonly kind: "steps"; readonly steps: readonly Step[] }
  | { readonly kind: "faults"; readonly faults: FaultState };

/** A row of a table that the page shows: name and value, in order. */
export type Row = readonly (readonly [name: string, value: string])[];

/** What lies in a place, in full: `GET /contents?node=…`. */
export interface Contents {
  readonly node: NodeId;
  readonly lists: readonly {
    readonly name: string;
    /** How many there are; `rows` are at most the first 200. */
    readonly total: number;
    readonly rows: readonly {
      readonly key: string;
      readonly cells: Row;
      /** Text that is longer: a message's body. */
      readonly body?: string;
      /** Of a message that waits for an operator: what a replay names. */
      readonly replay?: { readonly place: string; readonly logicalId: string };
    }[];
  }[];
}

/** A span of the app, as its telemetry tells it. */
export interface Span {
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId?: string | undefined;
  readonly name: string;
  readonly start: number;
  readonly end: number;
  readonly failed: boolean;
  readonly attributes: Readonly<Record<string, unknown>>;
}

/** A request that the page made. */
export interface AskedRequest {
  readonly at: number;
  readonly method: string;
  readonly path: string;
  /** The Idempotency-Key. */
  readonly key: string;
  readonly body: unknown;
}

/** One order's story: `GET /stories?order=…`; the file that the page exports holds it as it is. */
export interface Story {
  readonly order: string;
  readonly happenings: readonly Happening[];
  readonly spans: readonly Span[];
  /** What to ask for, in order, so that it happens again ... */
  readonly requests: readonly AskedRequest[];
  /** ... under these faults, those that struck it: a plan that `--faults` takes. */
  readonly faults: { readonly seed: number; readonly rules: readonly FaultRule[] };
}
