import type { Steps } from "../../../shared/exactly-once/endpoint.ts";
import { PermanentError, TransientError } from "../../../shared/exactly-once/errors.ts";
import { type BrokenRule, bothModes, withoutWaiting, withStore } from "./common.ts";

/** Errors without their kind: nothing is tried again in process. */
const asUnknown = (error: unknown): never => {
  throw error instanceof TransientError ? new Error(error.message) : error;
};

const sweepsNothing = () => async () => ({ sent: 0, left: 0 });

/** Rules 8 to 10. */
export const dispatch: readonly BrokenRule[] = [
  {
    name: "no-guard",
    rule: 8,
    what: "no guard: a message without a record is processed at any age",
    modes: ["fence"],
    sabotage: () => ({ retention: { margin: Number.NEGATIVE_INFINITY } }),
  },
  {
    name: "no-retries",
    rule: 8,
    what: "a transient failure gives the delivery back at once",
    modes: bothModes,
    sabotage: () => ({
      steps: ({ store, publish, quarantine }): Steps => ({
        store: {
          ...store,
          load: (...of) => store.load(...of).catch(asUnknown),
          commit: (...of) => store.commit(...of).catch(asUnknown),
        },
        publish: (...of) => publish(...of).catch(asUnknown),
        quarantine: (...of) => quarantine(...of).catch(asUnknown),
      }),
    }),
  },
  {
    name: "poison-throws",
    rule: 8,
    what: "what can't be processed throws instead of going to quarantine",
    modes: bothModes,
    sabotage: () => ({
      steps: (steps) => ({
        ...steps,
        quarantine: async (_delivery, reason) => {
          throw new PermanentError(reason);
        },
      }),
    }),
  },
  {
    name: "poison-dropped",
    rule: 8,
    what: "what can't be processed is dropped",
    modes: bothModes,
    sabotage: () => ({ steps: (steps) => ({ ...steps, quarantine: async () => {} }) }),
  },
  {
    name: "completed-first",
    rule: 8,
    what: "a message is completed before it is processed",
    modes: bothModes,
    sabotage: () => ({ receive: withoutWaiting }),
  },
  {
    name: "unacknowledged-sends",
    rule: 9,
    what: "the item is deleted, and the message completed, before the broker has the messages",
    modes: bothModes,
    sabotage: () => ({ steps: (steps) => ({ ...steps, publish: withoutWaiting(steps.publish) }) }),
  },
  {
    name: "delete-by-age",
    rule: 9,
    what: "a delete takes all items that are there, instead of a list of sent ones",
    modes: bothModes,
    sabotage: () => {
      let deleting = false;
      return {
        steps: (steps) =>
          withStore(steps, {
            remove(refs) {
              deleting = true;
              steps.store.remove(refs);
            },
          }),
        database: (memory, _now, step, apply) => {
          if (step === "remove" && deleting) memory.outbox.clear();
          return apply();
        },
      };
    },
  },
  {
    name: "delete-record",
    rule: 9,
    what: "the delete of a sent item takes the inbox record with it",
    modes: bothModes,
    sabotage: () => ({
      database: (memory, _now, step, apply) => {
        const before = [...memory.outbox.keys()];
        const result = apply();
        if (step === "remove")
          for (const key of before) if (!memory.outbox.has(key)) memory.records.delete(key);
        return result;
      },
    }),
  },
  {
    name: "no-sweeper",
    rule: 10,
    what: "there is no sweeper",
    modes: bothModes,
    where: { path: "inline" },
    sabotage: () => ({ sweep: sweepsNothing }),
  },
  {
    name: "feed-moves-on",
    rule: 10,
    what: "the feed's checkpoint passes a failure, and no sweeper runs behind it",
    modes: ["fence"],
    where: { path: "feed" },
    // What is refused for good the feed leaves to the sweeper by right.
    kinds: ["refused", "answer lost", "unreachable"],
    sabotage: () => ({
      feed: (dispatch) => (appeared) => dispatch(appeared).catch(() => {}),
      sweep: sweepsNothing,
    }),
  },
];
