import type { Fault, Firing, RuleInput } from "../../emulators/faults/index.ts";
import type { AskedRequest, FaultRule } from "../protocol.ts";
import { boundedMap } from "./bounded-map.ts";

const REMEMBERED = 2_000;

/** What has to be done once more so that an order's story happens again: its requests, and the faults that struck it. */
export interface Scenario {
  asked(request: AskedRequest): void;
  /** @param order undefined: not known; the message's then counts */
  struck(firing: Firing, fault: Fault | undefined, order: string | undefined): void;
  requestsOf(order: string): readonly AskedRequest[];
  /** Rules that strike the same messages: an Idempotency-Key decides about a message's logical id. */
  rulesOf(order: string, orderOf: (message: string) => string | undefined): readonly FaultRule[];
}

interface Struck {
  readonly order: string | undefined;
  readonly firing: Firing;
  readonly fault: Fault;
}

export function createScenario(): Scenario {
  const requests = boundedMap<string, AskedRequest>(REMEMBERED);
  const strikes = boundedMap<number, Struck>(REMEMBERED);
  let count = 0;
  return {
    asked: (request) => requests.set(`${request.method} ${request.path} ${request.key}`, request),
    struck(firing, fault, order) {
      if (fault !== undefined) strikes.set(++count, { order, firing, fault });
    },
    requestsOf: (order) => {
      const below = `/api/orders/${encodeURIComponent(order)}/`;
      return [...requests.values()].filter(({ path }) => path.startsWith(below));
    },
    rulesOf(order, orderOf) {
      const rules = new Map<string, RuleInput & { times: number }>();
      for (const { order: told, firing, fault } of strikes.values()) {
        const { logicalId } = firing.point;
        if ((told ?? (logicalId === undefined ? undefined : orderOf(logicalId))) !== order) continue;
        const at = placeOf(firing);
        const key = JSON.stringify([at, fault]);
        const times = (rules.get(key)?.times ?? 0) + 1;
        rules.set(key, {
          name: `${rules.get(key)?.name ?? `${rules.size + 1}: ${firing.rule}`}`,
          at,
          fault,
          times,
        });
      }
      return [...rules.values()];
    },
  };
}

/** Where it struck, as narrowly as a rule can say it, and as will be the same the next time. */
function placeOf({ point }: Firing): RuleInput["at"] {
  const { server, operation, entity, messageType, logicalId, aggregate } = point;
  return {
    server,
    operation,
    ...(entity === undefined ? {} : { entity }),
    ...(messageType === undefined ? {} : { messageType }),
    ...(logicalId === undefined ? {} : { logicalId }),
    // Of a message it is its session, which says no more than its logical id.
    ...(aggregate === undefined || logicalId !== undefined ? {} : { aggregate }),
  };
}
