import { removed, replaced } from "../lists.ts";
import type { Setup } from "../setup.ts";
import { atRest, type State, withEndpoint } from "../state.ts";
import { type Move, move } from "./move.ts";

/** What the clocks of clients and handlers may show while the store's shows `now`. Without a clock: 0. */
export function localClocks({ rules, ticks }: Setup, now: number): number[] {
  if (ticks === 0) return [0];
  return Array.from({ length: 2 * rules.skew + 1 }, (_, index) => now + index - rules.skew);
}

/** The clock's value for a move that depends on it, where it says something. */
export const shown = ({ rules }: Setup, local: number): number | undefined =>
  rules.skew > 0 ? local : undefined;

/**
 * Time passes, between any two steps. Not before the first command (that only moves all times), and not at
 * rest (nothing would come of it).
 */
export function clockMoves(setup: Setup, state: State): Move[] {
  if (state.now === setup.ticks || atRest(setup, state)) return [];
  if (state.acknowledged === 0 && !state.tried) return [];
  return [move("Clock", "tick", { ...state, now: state.now + 1 }, { progress: false })];
}

/** The store may forget a record from the end of its life on, at once or later (SQL cleans up in batches). */
export function storeMoves(setup: Setup, state: State): Move[] {
  const { rules, ticks } = setup;
  if (ticks === 0 || rules.retention === 0) return [];
  return state.endpoints.flatMap(({ records, outbox, handlers }, endpoint) => {
    // A receiver without handlers stands for one that never forgets: it has no guard either.
    if (handlers.length === 0) return [];
    const forgotten = records.flatMap((life, message) =>
      life === 0 || life - 1 > state.now
        ? []
        : [
            move(
              "Database",
              "forget",
              withEndpoint(state, endpoint, { records: replaced(records, message, 0) }),
              {
                endpoint,
                message,
                outcome: "record",
                progress: false,
              },
            ),
          ],
    );
    const items = rules.itemsExpire
      ? outbox.flatMap(({ message, outgoing }, index) =>
          outgoing.created + rules.retention > state.now
            ? []
            : [
                move(
                  "Database",
                  "forget",
                  withEndpoint(state, endpoint, { outbox: removed(outbox, index) }),
                  {
                    endpoint,
                    message,
                    outcome: "item",
                    progress: false,
                  },
                ),
              ],
        )
      : [];
    return [...forgotten, ...items];
  });
}

/** The tick from which on a record written now may go (12); `local` is what the writer's clock shows. */
export function recordLife({ rules, ticks }: Setup, now: number, created: number, local: number): number {
  if (ticks === 0 || rules.retention === 0) return 0;
  // The deadline's store has a clock of its own: max(commit, created) + R. The fence's counts from the commit,
  // and the writer makes up for what it can know with its local clock.
  if (rules.mode === "deadline") return Math.max(now, created) + rules.retention;
  const allowance = rules.skewInLife ? rules.skew : 0;
  return now + rules.retention + allowance + Math.max(0, created - local);
}
