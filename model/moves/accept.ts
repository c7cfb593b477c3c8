import { changed, looksDone } from "../business.ts";
import { at, replaced } from "../lists.ts";
import { billing, causeOf, handlersOf, type Setup } from "../setup.ts";
import { type Copy, endpointOf, nobody, type State, withEffect, withEndpoint } from "../state.ts";

export interface Accepted {
  readonly message: number;
  readonly created: number;
  readonly again: boolean;
  /** The copy goes on its way, but arrives late. */
  readonly held?: boolean;
  /** The broker id is not the logical id. */
  readonly freshBrokerId?: boolean;
}

/** The broker takes a message for an endpoint, unless its duplicate detection knows the broker id. */
export function accept(setup: Setup, state: State, endpoint: number, sent: Accepted): State {
  const { queue, held, seen, accepted } = endpointOf(state, endpoint);
  const { message, created, again } = sent;
  const bit = 1 << message;
  const detects = setup.rules.brokerDetection && sent.freshBrokerId !== true;
  if (detects && (seen & bit) !== 0) return state;
  const seenNow = detects ? seen | bit : seen;
  if (handlersOf(setup, endpoint) === 0)
    return receive(setup, withEndpoint(state, endpoint, { seen: seenNow }), endpoint, message);
  const number = (accepted[message] ?? 0) + 1;
  const copy: Copy = { message, created, again, deliveries: 0, owner: nobody, number };
  return withEndpoint(state, endpoint, {
    seen: seenNow,
    accepted: replaced(accepted, message, number),
    ...(sent.held === true ? { held: [...held, copy] } : { queue: [...queue, copy] }),
  });
}

/** A receiver without handlers of its own takes the event at once, in one step that can't fail. */
function receive(setup: Setup, state: State, endpoint: number, message: number): State {
  const { sheet, records } = endpointOf(state, endpoint);
  const cause = causeOf(setup, endpoint, message);
  const command = at(setup.script, cause);
  const { receiver } = setup.rules;
  if (receiver === "id" && at(records, message) !== 0) return state;
  if (receiver === "state" && (endpoint === billing ? looksDone(sheet, command) : sheet > 0))
    return withEffect(state, cause, endpoint, true);
  const taken = withEndpoint(state, endpoint, {
    sheet: endpoint === billing ? changed(sheet, command) : Math.min(3, sheet + 1),
    ...(receiver === "id" ? { records: replaced(records, message, 1) } : {}),
  });
  return withEffect(taken, cause, endpoint);
}
