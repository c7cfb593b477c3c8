import { unchangedIsNotWritten } from "../sabotage.ts";
import { type BrokenRule, bothModes, freshIds, withStore } from "./common.ts";

/** Rules 3 to 5. */
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
];
