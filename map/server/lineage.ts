import { boundedMap } from "./bounded-map.ts";
import type { About } from "./effects.ts";
import type { EndpointName } from "./places.ts";

/** What is known of logical messages, so that events which name only an id can be told in words. */
export interface Lineage {
  /** Takes down what an event says of a message. @returns all that is known of it */
  learn(id: string | undefined, facts: Facts): Facts;
  about(id: string | undefined): About;
  /** The endpoint whose outbox held it; undefined: nobody's, a client's request made it. */
  senderOf(id: string | undefined): EndpointName | undefined;
}

interface Facts {
  readonly type?: string | undefined;
  readonly order?: string | undefined;
  readonly sender?: EndpointName | undefined;
}

const REMEMBERED = 20_000;

export function createLineage(): Lineage {
  const known = boundedMap<string, Facts>(REMEMBERED);
  return {
    learn(id, facts) {
      if (id === undefined) return facts;
      const before = known.get(id);
      const now = {
        type: facts.type ?? before?.type,
        order: facts.order ?? before?.order,
        sender: facts.sender ?? before?.sender,
      };
      known.set(id, now);
      return now;
    },
    about(id) {
      const { type, order } = (id === undefined ? undefined : known.get(id)) ?? {};
      return { message: id, type, order };
    },
    senderOf: (id) => (id === undefined ? undefined : known.get(id)?.sender),
  };
}

/** The order that a message's body is about. */
export function orderOf(body: string): string | undefined {
  const value = fieldsOf(body)["orderId"];
  return typeof value === "string" || typeof value === "number" ? String(value) : undefined;
}

/** An object's fields; none where the text is no JSON, was cut off or is no object. */
export function fieldsOf(json: string): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(json);
    return typeof value === "object" && value !== null ? (value as Record<string, unknown>) : {};
  } catch {
    return {};
  }
}
