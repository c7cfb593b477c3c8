import { byteCursor, listOf, listOfBits, setOf } from "./bytes.ts";
import { at } from "./lists.ts";
import { endpointCount, handlersOf, messageIds, orders, type Setup } from "./setup.ts";
import {
  type Copy,
  type Endpoint,
  type History,
  idle,
  nobody,
  nothing,
  type Outgoing,
  type State,
  type Worker,
} from "./state.ts";
import { byContent, canonicalOrder } from "./symmetry.ts";

/** Turns states into bytes, and back. */
export interface Codec {
  /** Writes the state, in the form that it shares with all that differ from it by handlers' names only. @returns the length */
  encode(state: State, into: Uint8Array): number;
  decode(from: Uint8Array, start: number): State;
}

/** Creation times can be a little before the clock's start: the sender's clock may be behind. */
const timeOffset = 8;

/**
 * A codec for the states of one setup. Symmetry: handlers of one endpoint are interchangeable, so they are
 * written in the order of their content. Late copies are a set, so they are sorted.
 */
export function codec(setup: Setup): Codec {
  const { rules, script, ticks, faults } = setup;
  const timed = ticks > 0;
  // Where nothing depends on it, states that differ by it are one.
  const secondCopiesMatter = rules.sessions !== "none" || faults.includes("hold a second copy");
  const refusable = faults.includes("refuse a write for good");
  const ids = Array.from({ length: endpointCount(setup) }, (_, e) => messageIds(setup, e));
  const handlers = ids.map((_, endpoint) => handlersOf(setup, endpoint));
  const bytes = byteCursor();
  const { put, take, putBits, takeBits } = bytes;

  const putTime = (value: number): void => {
    if (timed) put(value + timeOffset);
  };
  const takeTime = (): number => (timed ? take() - timeOffset : 0);

  function putCopy(copy: Copy, names: readonly number[]): void {
    const owner = copy.owner === nobody ? 0 : 1 + (names[copy.owner] ?? 0);
    put(copy.message);
    put(owner | (copy.again && secondCopiesMatter ? 4 : 0) | (copy.deliveries << 3));
    putTime(copy.created);
  }

  function takeCopy(): Copy {
    const message = take();
    const rest = take();
    const created = takeTime();
    return {
      message,
      created,
      again: (rest & 4) !== 0,
      deliveries: rest >> 3,
      owner: (rest & 3) - 1,
      number: 0,
    };
  }

  function putOutgoing({ to, content, variant, created }: Outgoing): void {
    put((to >> 4) | (content << 2) | (variant << 5));
    putTime(created);
  }

  function takeOutgoing(): Outgoing {
    const packed = take();
    const created = takeTime();
    if (packed === 0 && created === 0) return nothing;
    return { to: (packed & 3) << 4, content: (packed >> 2) & 7, variant: packed >> 5, created };
  }

  function putWorker({ message, created, todo, loaded, stale, outgoing }: Worker): void {
    put(message + 1);
    if (message === nobody) return;
    putBits(todo, 16);
    put(loaded | (stale ? 16 : 0));
    putTime(created);
    putOutgoing(outgoing);
  }

  function takeWorker(): Worker {
    const message = take() - 1;
    if (message === nobody) return idle;
    const todo = takeBits(16);
    const packed = take();
    const created = takeTime();
    return {
      message,
      created,
      todo,
      loaded: packed & 15,
      stale: (packed & 16) !== 0,
      outgoing: takeOutgoing(),
    };
  }

  function putEndpoint(endpoint: Endpoint, index: number): void {
    const count = at(ids, index);
    put(endpoint.sheet);
    if (timed) for (const life of endpoint.records) put(life);
    else putBits(setOf(endpoint.records), count);
    if (rules.brokerDetection) putBits(endpoint.seen, count);
    if (at(handlers, index) === 0) return;
    putBits(endpoint.dead, count);
    if (refusable) putBits(endpoint.refused, count);
    const order = canonicalOrder(endpoint);
    const names: number[] = [];
    order.forEach((handler, name) => {
      names[handler] = name;
    });
    put(endpoint.queue.length);
    for (const copy of endpoint.queue) putCopy(copy, names);
    put(endpoint.held.length);
    const held = endpoint.held.length > 1 ? endpoint.held.toSorted(byContent) : endpoint.held;
    for (const copy of held) putCopy(copy, names);
    for (const handler of order) putWorker(at(endpoint.handlers, handler));
    if (index !== orders) return;
    putWorker(endpoint.dispatcher);
    put(endpoint.outbox.length);
    for (const { message, outgoing } of endpoint.outbox) {
      put(message);
      putOutgoing(outgoing);
    }
  }

  function takeEndpoint(_: unknown, index: number): Endpoint {
    const count = at(ids, index);
    const sheet = take();
    const records = timed ? listOf(count, take) : listOfBits(takeBits(count), count);
    const seen = rules.brokerDetection ? takeBits(count) : 0;
    const known = { sheet, records, seen, accepted: [] };
    if (at(handlers, index) === 0)
      return {
        queue: [],
        held: [],
        dead: 0,
        refused: 0,
        handlers: [],
        dispatcher: idle,
        outbox: [],
        ...known,
      };
    const dead = takeBits(count);
    const refused = refusable ? takeBits(count) : 0;
    const queue = listOf(take(), takeCopy);
    const held = listOf(take(), takeCopy);
    const workers = listOf(at(handlers, index), takeWorker);
    const rest = { queue, held, dead, handlers: workers, refused, ...known };
    if (index !== orders) return { ...rest, dispatcher: idle, outbox: [] };
    const dispatcher = takeWorker();
    const outbox = listOf(take(), () => ({ message: take(), outgoing: takeOutgoing() }));
    return { ...rest, dispatcher, outbox };
  }

  function putHistory({ effects, decided, sent, runs, created }: History): void {
    put(at(effects, 0) | (at(effects, 1) << 2) | (at(effects, 2) << 4) | (decided << 2));
    put(sent | (runs << 4));
    putTime(created);
  }

  function takeHistory(): History {
    const packed = take();
    const numbers = take();
    return {
      effects: [packed & 3, (packed >> 2) & 3, (packed >> 4) & 3],
      decided: (packed >> 2) & 48,
      sent: numbers & 15,
      runs: numbers >> 4,
      created: takeTime(),
    };
  }

  return {
    encode(state, into) {
      bytes.goTo(into, 0);
      put(state.acknowledged | (state.tried ? 8 : 0) | (state.differing ? 16 : 0));
      if (timed) put(state.now);
      if (rules.replay !== "never") put(state.replayed);
      state.endpoints.forEach(putEndpoint);
      state.history.forEach(putHistory);
      return bytes.position();
    },
    decode(from, start) {
      bytes.goTo(from, start);
      const flags = take();
      const now = timed ? take() : 0;
      const replayed = rules.replay !== "never" ? take() : 0;
      const endpoints = ids.map(takeEndpoint);
      const history = script.map(takeHistory);
      return {
        now,
        acknowledged: flags & 7,
        tried: (flags & 8) !== 0,
        endpoints,
        history,
        differing: (flags & 16) !== 0,
        replayed,
      };
    },
  };
}
