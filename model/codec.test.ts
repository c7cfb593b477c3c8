import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { breaches, brokenSetup } from "./breaches.ts";
import { codec } from "./codec.ts";
import { at } from "./lists.ts";
import { movesOf } from "./moves.ts";
import { quickProofs } from "./proofs.ts";
import type { Setup } from "./setup.ts";
import { type Endpoint, initialState, nobody, type State } from "./state.ts";
import { stored } from "./testing.ts";

const setups: Setup[] = [...quickProofs.map(({ setup }) => setup), ...breaches.map(brokenSetup)];

/** The state after some moves; each number picks one of those possible. */
function walk(setup: Setup, choices: readonly number[]): State {
  return choices.reduce((state, choice) => {
    const moves = movesOf(setup, state);
    return moves.length === 0 ? state : at(moves, choice % moves.length).next;
  }, initialState(setup));
}

const situation = fc.tuple(
  fc.constantFrom(...setups),
  fc.array(fc.nat({ max: 999 }), { minLength: 5, maxLength: 40 }),
);

const successors = (setup: Setup, state: State): string[] =>
  movesOf(setup, state)
    .map(({ fault, next }) => `${fault ?? ""} ${stored(setup, next)}`)
    .toSorted();

describe("stored states", () => {
  it("have the same successors as the states they were stored from", () => {
    fc.assert(
      fc.property(situation, ([setup, choices]) => {
        const state = walk(setup, choices);
        const bytes = new Uint8Array(4096);
        const { encode, decode } = codec(setup);
        const length = encode(state, bytes);
        const again = decode(bytes.slice(0, length), 0);
        expect(stored(setup, again)).toBe(stored(setup, state));
        expect(new Set(successors(setup, again))).toEqual(new Set(successors(setup, state)));
      }),
      { numRuns: 100 },
    );
  });

  it("are the same when handlers change their names", () => {
    fc.assert(
      fc.property(situation, ([setup, choices]) => {
        const state = walk(setup, choices);
        const renamed = { ...state, endpoints: state.endpoints.map(swapped) };
        expect(stored(setup, renamed)).toBe(stored(setup, state));
      }),
      { numRuns: 100 },
    );
  });
});

function swapped(endpoint: Endpoint): Endpoint {
  if (endpoint.handlers.length < 2) return endpoint;
  const queue = endpoint.queue.map((copy) =>
    copy.owner === nobody ? copy : { ...copy, owner: 1 - copy.owner },
  );
  return { ...endpoint, queue, handlers: endpoint.handlers.toReversed() };
}
