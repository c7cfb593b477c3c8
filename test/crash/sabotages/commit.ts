import { TransientError } from "../../../shared/exactly-once/errors.ts";
import { unchangedIsNotWritten } from "../sabotage.ts";
import { type BrokenRule, bothModes, freshIds, withStore } from "./common.ts";

/** Rules 3 to 7. */
export const commit: readonly BrokenRule[] = [
  {
    name: "no-inbox",
    rule: 3,
    what: "no inbox record: each copy is recorded under an id of its own",
    modes: bothModes,
    sabotage: () => {
      const newId = freshIds();
      return {
        steps: (steps) =>
          withStore(steps, {
            commit: (aggregate, unit) => steps.store.commit(aggregate, { ...unit, messageId: newId() }),
          }),
      };
    },
  },
  {
    name: "no-if-match",
    rule: 3,
    what: "the state is written whatever its version is by now",
    modes: bothModes,
    sabotage: () => ({
      steps: (steps) =>
        withStore(steps, {
          async commit(aggregate, unit) {
            const { version: decidedOn, ...blind } = unit;
            if (decidedOn === undefined) return steps.store.commit(aggregate, unit);
            const { version } = await steps.store.load(aggregate, "another message");
            return steps.store.commit(aggregate, { ...blind, ...(version === undefined ? {} : { version }) });
          },
        }),
    }),
  },
  {
    name: "blind-creation",
    rule: 3,
    what: "the first write of an aggregate is unconditional",
    modes: bothModes,
    sabotage: () => ({
      steps: (steps) =>
        withStore(steps, {
          async commit(aggregate, unit) {
            if (unit.version !== undefined) return steps.store.commit(aggregate, unit);
            const { version } = await steps.store.load(aggregate, "another message");
            return steps.store.commit(aggregate, { ...unit, ...(version === undefined ? {} : { version }) });
          },
        }),
    }),
  },
  {
    name: "publish-first",
    rule: 3,
    what: "messages are published before the commit",
    modes: bothModes,
    sabotage: () => ({
      steps: (steps) => ({
        ...withStore(steps, {
          async commit(aggregate, unit) {
            if (unit.outgoing.length > 0) await steps.publish(unit.outgoing);
            return steps.store.commit(aggregate, unit);
          },
        }),
        publish: async () => {},
      }),
    }),
  },
  {
    name: "no-outbox",
    rule: 3,
    what: "outgoing messages are not stored in the commit",
    modes: bothModes,
    sabotage: () => ({
      steps: (steps) =>
        withStore(steps, {
          commit: (aggregate, unit) => steps.store.commit(aggregate, { ...unit, outgoing: [] }),
        }),
    }),
  },
  {
    name: "no-deadline",
    rule: 4,
    what: "a commit is taken after its deadline",
    // Elsewhere the fence, which all endpoints keep, does its work too.
    modes: ["deadline alone"],
    sabotage: () => ({
      steps: (steps) =>
        withStore(steps, {
          commit: (aggregate, unit) =>
            steps.store.commit(aggregate, { ...unit, deadline: Number.POSITIVE_INFINITY }),
        }),
    }),
  },
  {
    name: "swapped-reads",
    rule: 5,
    what: "under the fence the record is read before the state",
    modes: ["fence"],
    where: { path: "inline", entry: "message", load: "cancel" },
    kinds: ["past the lock", "past retention"],
    sabotage: () => ({
      steps: (steps) =>
        withStore(steps, {
          async load(aggregate, messageId) {
            const { record } = await steps.store.load(aggregate, messageId);
            const { record: _later, ...state } = await steps.store.load(aggregate, messageId);
            return { ...state, ...(record === undefined ? {} : { record }) };
          },
        }),
    }),
  },
  {
    name: "parallel-reads",
    rule: 5,
    what: "under the fence state and record are read at once",
    modes: ["fence"],
    where: { path: "inline", entry: "message", load: "cancel" },
    kinds: ["past the lock", "past retention"],
    sabotage: () => ({
      steps: (steps) =>
        withStore(steps, {
          async load(aggregate, messageId) {
            const [{ record }, { record: _its, ...state }] = await Promise.all([
              steps.store.load(aggregate, messageId),
              steps.store.load(aggregate, messageId),
            ]);
            return { ...state, ...(record === undefined ? {} : { record }) };
          },
        }),
    }),
  },
  {
    name: "unwritten-state",
    rule: 5,
    what: "under the fence a state that did not change is not written",
    modes: ["fence"],
    where: { load: "cancel" },
    sabotage: () => ({ database: unchangedIsNotWritten }),
  },
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
