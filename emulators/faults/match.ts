import type { Where } from "./plan.ts";
import type { FaultedServer } from "./vocabulary.ts";

/** One operation that a server is about to run, as far as rules compare it. */
export interface Point {
  readonly server: FaultedServer;
  readonly operation: string;
  readonly entity?: string | undefined;
  readonly messageType?: string | undefined;
  readonly messageId?: string | undefined;
  readonly logicalId?: string | undefined;
  readonly properties?: Readonly<Record<string, unknown>> | undefined;
  readonly aggregate?: string | undefined;
  /** Which delivery of the message it is; 1 is the first. */
  readonly delivery?: number | undefined;
  /** The message's number in its queue: two copies of one message have two. */
  readonly sequence?: number | undefined;
}

/** Whether an operation is one that a rule describes. */
export function matches(where: Where, point: Point): boolean {
  return (
    where.server === point.server &&
    (where.operation === undefined || [where.operation].flat().includes(point.operation)) &&
    equal(where.entity, point.entity) &&
    equal(where.messageType, point.messageType) &&
    equal(where.logicalId, point.logicalId) &&
    equal(where.aggregate, point.aggregate) &&
    Object.entries(where.properties ?? {}).every(([name, value]) => holds(point.properties?.[name], value))
  );
}

/** A list holds each of its members. */
const holds = (actual: unknown, wanted: unknown): boolean =>
  Array.isArray(actual) ? actual.includes(wanted) : actual === wanted;

const equal = (wanted: string | undefined, actual: string | undefined): boolean =>
  wanted === undefined || wanted === actual;
