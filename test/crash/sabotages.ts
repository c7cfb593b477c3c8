import type { Steps } from "../../shared/exactly-once/endpoint.ts";
import { TransientError } from "../../shared/exactly-once/errors.ts";
import type { Sabotage, Variant } from "./world.ts";

/** A rule of the algorithm, broken through the I/O steps that an endpoint is given. */
export interface BrokenRule {
  /** Number in shared/exactly-once/README.md. */
  readonly rule: number;
  readonly what: string;
  readonly sabotage: Sabotage;
  /** Where the rule is not needed, breaking it does no harm. */
  readonly modes?: readonly Variant["mode"][];
}

const withStore = (steps: Steps, store: Partial<Steps["store"]>): Steps => ({
  ...steps,
  store: { ...steps.store, ...store },
});

/** A different id each time, of the same form: a counter does, since only difference matters. */
function freshIds(): () => string {
  let made = 0;
  return () => `ffffffff-0000-4000-8000-${String(++made).padStart(12, "0")}`;
}

export const brokenRules: readonly BrokenRule[] = [
  {
    rule: 1,
    what: "outgoing ids are random",
    sabotage: (steps) => {
      const newId = freshIds();
      return {
        ...steps,
        publish: (outgoing) => steps.publish(outgoing.map((one) => ({ ...one, id: newId() }))),
      };
    },
  },
  {
    rule: 1,
    what: "creation times are stamped anew on each dispatch",
    sabotage: (steps) => {
      let sends = 0;
      return {
        ...steps,
        publish: (outgoing) =>
          steps.publish(outgoing.map((one) => ({ ...one, createdAt: one.createdAt + ++sends }))),
      };
    },
  },
  {
    rule: 3,
    what: "no inbox record: each copy is recorded under an id of its own",
    sabotage: (steps) => {
      const newId = freshIds();
      return withStore(steps, {
        commit: (aggregate, unit) => steps.store.commit(aggregate, { ...unit, messageId: newId() }),
      });
    },
  },
  {
    rule: 3,
    what: "the state is written whatever its version is by now",
    sabotage: (steps) =>
      withStore(steps, {
        async commit(aggregate, unit) {
          const { version } = await steps.store.load(aggregate, "another message");
          const { version: _decidedOn, ...blind } = unit;
          return steps.store.commit(aggregate, version === undefined ? blind : { ...blind, version });
        },
      }),
  },
  {
    rule: 3,
    what: "messages are published before the commit",
    sabotage: (steps) => ({
      ...withStore(steps, {
        async commit(aggregate, unit) {
          if (unit.outgoing.length > 0) await steps.publish(unit.outgoing);
          return steps.store.commit(aggregate, unit);
        },
      }),
      publish: async () => {},
    }),
  },
  {
    rule: 6,
    what: "a lost answer is taken for a failure, and the message for refused",
    sabotage: (steps) =>
      withStore(steps, {
        commit: (aggregate, unit) =>
          steps.store.commit(aggregate, unit).catch((error: unknown) => {
            if (error instanceof TransientError) return { refused: "no answer" };
            throw error;
          }),
      }),
  },
  {
    rule: 6,
    what: "a lost answer is taken for success",
    sabotage: (steps) =>
      withStore(steps, {
        commit: (aggregate, unit) =>
          steps.store.commit(aggregate, unit).catch((error: unknown) => {
            if (error instanceof TransientError) return "committed" as const;
            throw error;
          }),
      }),
  },
  {
    rule: 6,
    what: "a duplicate sends what was decided just now instead of what is stored",
    sabotage: (steps) =>
      withStore(steps, {
        async load(aggregate, messageId) {
          const { record: _processed, ...loaded } = await steps.store.load(aggregate, messageId);
          return loaded;
        },
        async commit(aggregate, unit) {
          const result = await steps.store.commit(aggregate, unit);
          return result === "duplicate" ? "committed" : result;
        },
      }),
  },
  {
    rule: 9,
    what: "the outbox item is deleted before the broker has answered, and the message completed",
    sabotage: (steps) => ({
      ...steps,
      publish: async (outgoing) => void steps.publish(outgoing).catch(() => {}),
    }),
  },
  {
    rule: 15,
    what: "a message for quarantine is completed before its copy was acknowledged",
    sabotage: (steps) => ({
      ...steps,
      quarantine: async (...stopped) => void steps.quarantine(...stopped).catch(() => {}),
    }),
  },
];
