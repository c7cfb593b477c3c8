import { at, removed, replaced } from "../lists.ts";
import { inSession, type Setup } from "../setup.ts";
import { type Copy, type Endpoint, idle, nobody, type State, withEndpoint } from "../state.ts";
import { type Move, move } from "./move.ts";
import { firstSteps, tidy } from "./steps.ts";

/** The broker delivers, lets late copies arrive, and may hold copies back or take locks away. */
export function brokerMoves(setup: Setup, state: State): Move[] {
  return state.endpoints.flatMap((endpoint, index) => [
    ...deliveries(setup, state, endpoint, index),
    ...releases(state, endpoint, index),
    ...holds(setup, state, endpoint, index),
    ...lostLocks(setup, state, endpoint, index),
  ]);
}

/** First in, first out; a copy that was given back has kept its place. In a session: one copy at a time. */
function deliverable(setup: Setup, { queue }: Endpoint, index: number): number {
  const busy = queue.some(({ owner }) => owner !== nobody);
  return busy && inSession(setup, index) ? -1 : queue.findIndex(({ owner }) => owner === nobody);
}

function deliveries(setup: Setup, state: State, endpoint: Endpoint, index: number): Move[] {
  const position = deliverable(setup, endpoint, index);
  // Idle handlers are alike: it is enough to look at the first.
  const worker = endpoint.handlers.findIndex(({ message }) => message === nobody);
  if (position < 0 || worker < 0) return [];
  const copy = at(endpoint.queue, position);
  const { message, created, number } = copy;
  const next = withEndpoint(state, index, {
    queue: replaced(endpoint.queue, position, { ...copy, owner: worker }),
    handlers: replaced(endpoint.handlers, worker, {
      ...idle,
      message,
      created,
      todo: firstSteps(setup, index),
    }),
  });
  return [move("Broker", "deliver", next, { endpoint: index, worker, message, copy: number })];
}

function releases(state: State, { held, queue }: Endpoint, endpoint: number): Move[] {
  return held.map((copy, position) =>
    move(
      "Broker",
      "release",
      withEndpoint(state, endpoint, { held: removed(held, position), queue: [...queue, copy] }),
      { endpoint, message: copy.message, copy: copy.number },
    ),
  );
}

function holds(setup: Setup, state: State, { queue, held }: Endpoint, endpoint: number): Move[] {
  const fault = setup.faults.find((kind) => kind === "hold a copy" || kind === "hold a second copy");
  if (fault === undefined) return [];
  const secondOnly = fault === "hold a second copy" || inSession(setup, endpoint);
  return queue.flatMap((copy, position) => {
    if (copy.owner !== nobody || (secondOnly && !copy.again)) return [];
    const next = withEndpoint(state, endpoint, {
      queue: removed(queue, position),
      held: [...held, copy],
    });
    return [move("Broker", "hold", next, { endpoint, message: copy.message, copy: copy.number, fault })];
  });
}

/** The handler does not notice, and goes on beside the next one. */
function lostLocks(setup: Setup, state: State, endpoint: Endpoint, index: number): Move[] {
  if (!setup.faults.includes("lose the lock")) return [];
  return endpoint.queue.flatMap((copy, position) => {
    if (copy.owner === nobody) return [];
    const { owner: worker, message, number } = copy;
    const handlers = replaced(endpoint.handlers, worker, tidy(at(endpoint.handlers, worker), false));
    const next = withEndpoint(state, index, { handlers, ...returned(setup, endpoint, position) });
    return [
      move("Broker", "lose the lock", next, {
        endpoint: index,
        worker,
        message,
        copy: number,
        fault: "lose the lock",
      }),
    ];
  });
}

/** A copy goes back to its place in the queue, or to the dead letters when its deliveries are used up. */
export function returned(
  { rules }: Setup,
  { queue, dead }: Endpoint,
  position: number,
): Pick<Endpoint, "queue" | "dead"> {
  const copy: Copy = at(queue, position);
  const deliveries = rules.deliveryLimit === 0 ? 0 : copy.deliveries + 1;
  return rules.deliveryLimit > 0 && deliveries === rules.deliveryLimit
    ? { queue: removed(queue, position), dead: dead | (1 << copy.message) }
    : { queue: replaced(queue, position, { ...copy, deliveries, owner: nobody }), dead };
}
