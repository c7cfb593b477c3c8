import { retention } from "../faults.ts";
import { type BrokenRule, bothModes, freshIds, withStore } from "./common.ts";

const year = 366 * 86_400_000;

/** Rules 1, 2 and 12. */
export const identity: readonly BrokenRule[] = [
  {
    name: "random-ids",
    rule: 1,
    what: "outgoing ids are random",
    modes: bothModes,
    sabotage: () => {
      const newId = freshIds();
      return {
        steps: (steps) => ({
          ...steps,
          publish: (outgoing) => steps.publish(outgoing.map((one) => ({ ...one, id: newId() }))),
        }),
      };
    },
  },
  {
    name: "new-times",
    rule: 1,
    what: "creation times are stamped anew on each dispatch",
    modes: bothModes,
    sabotage: () => {
      let sends = 0;
      return {
        steps: (steps) => ({
          ...steps,
          publish: (outgoing) =>
            steps.publish(outgoing.map((one) => ({ ...one, createdAt: one.createdAt - ++sends }))),
        }),
      };
    },
  },
  {
    name: "content-anew",
    rule: 1,
    what: "a duplicate sends what is decided anew instead of what is stored",
    modes: bothModes,
    sabotage: () => ({
      steps: (steps) =>
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
    }),
  },
  {
    name: "any-future",
    rule: 2,
    what: "a message from the future is processed",
    modes: bothModes,
    sabotage: () => ({ retention: { skew: 2 * year } }),
  },
  {
    name: "young-retries",
    rule: 2,
    what: "a client's retry is dated anew instead of by its request record",
    modes: bothModes,
    where: { entry: "http" },
    sabotage: () => ({
      entry: (entry) =>
        withStore(entry, {
          async createRequest(aggregate, id, request, keepFor) {
            const existing = await entry.store.createRequest(aggregate, id, request, keepFor);
            return existing === "created" ? existing : { ...existing, createdAt: request.createdAt };
          },
        }),
    }),
  },
  {
    name: "short-records",
    rule: 12,
    what: "a record is kept for the retention, without the difference between clocks",
    // Elsewhere the guard's margin, which is larger than that difference, does its work too.
    modes: ["deadline alone"],
    sabotage: () => ({
      steps: (steps) =>
        withStore(steps, {
          commit: (aggregate, unit) =>
            steps.store.commit(aggregate, { ...unit, keepRecordFor: unit.keepRecordFor - retention.skew }),
        }),
    }),
  },
  {
    name: "expiring-outbox",
    rule: 12,
    what: "an unsent outbox item expires like a record",
    modes: bothModes,
    where: { path: "feed" },
    sabotage: () => ({
      database: (memory, now, _step, apply) => {
        for (const [key, { storedAt }] of memory.outbox)
          if (now - storedAt >= retention.retention + retention.skew) memory.outbox.delete(key);
        return apply();
      },
    }),
  },
];
