import { TransientError } from "../../../shared/exactly-once/errors.ts";
import { type BrokenRule, bothModes, withStore } from "./common.ts";

/** Rules 6 and 7. */
export const results: readonly BrokenRule[] = [
  {
    name: "lost-is-refused",
    rule: 6,
    what: "a lost answer is taken for a failure, and the message for refused",
    modes: bothModes,
    sabotage: () => ({
      steps: (steps) =>
        withStore(steps, {
          commit: (aggregate, unit) =>
            steps.store.commit(aggregate, unit).catch((error: unknown) => {
              if (error instanceof TransientError) return { refused: "no answer" };
              throw error;
            }),
        }),
    }),
  },
  {
    name: "lost-is-done",
    rule: 6,
    what: "a lost answer is taken for success",
    modes: bothModes,
    sabotage: () => ({
      steps: (steps) =>
        withStore(steps, {
          commit: (aggregate, unit) =>
            steps.store.commit(aggregate, unit).catch((error: unknown) => {
              if (error instanceof TransientError) return "committed" as const;
              throw error;
            }),
        }),
    }),
  },
  {
    name: "duplicate-is-done",
    rule: 6,
    what: "a duplicate is completed without a look at what it has left unsent",
    modes: bothModes,
    // Without the sweeper, which would send it too.
    sabotage: () => ({
      steps: (steps) => withStore(steps, { outboxItem: async () => undefined }),
      sweep: () => async () => ({ sent: 0, left: 0 }),
    }),
    where: { path: "inline" },
    kinds: ["crash after"],
  },
  {
    name: "unread-record",
    rule: 7,
    what: "under the fence the record is not read before the commit",
    modes: ["fence"],
    where: { path: "inline", entry: "message", load: "cancel" },
    kinds: ["crash before", "past retention"],
    sabotage: () => ({
      steps: (steps) => {
        let met = false;
        return withStore(steps, {
          async load(aggregate, messageId) {
            const { record, ...state } = await steps.store.load(aggregate, messageId);
            return met && record !== undefined ? { ...state, record } : state;
          },
          async commit(aggregate, unit) {
            const result = await steps.store.commit(aggregate, unit);
            met = result === "duplicate";
            return result;
          },
        });
      },
    }),
  },
];
