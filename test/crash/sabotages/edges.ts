import { type BrokenRule, bothModes, freshIds, withoutWaiting, withStore } from "./common.ts";

/** Rules 15, 16 and 18. */
export const edges: readonly BrokenRule[] = [
  {
    name: "unacknowledged-quarantine",
    rule: 15,
    what: "a message for quarantine is completed before its copy was acknowledged",
    modes: bothModes,
    where: { load: "stopped" },
    sabotage: () => ({ steps: (steps) => ({ ...steps, quarantine: withoutWaiting(steps.quarantine) }) }),
  },
  {
    name: "replay-new-id",
    rule: 16,
    what: "a replay goes under a new logical id",
    modes: bothModes,
    sabotage: () => {
      const newId = freshIds();
      return { replay: (copy) => ({ ...copy, id: newId() }) };
    },
  },
  {
    name: "replay-new-time",
    rule: 16,
    what: "a replay has a new creation time",
    modes: bothModes,
    sabotage: () => ({ replay: (copy) => ({ ...copy, createdAt: copy.createdAt + 10_000 }) }),
  },
  {
    name: "request-record-later",
    rule: 18,
    what: "a command is sent before its request record is created",
    modes: bothModes,
    where: { entry: "http" },
    sabotage: () => ({
      entry: ({ store, publish }) => {
        let create = async (): Promise<unknown> => undefined;
        return {
          store: {
            ...store,
            async createRequest(...request) {
              create = () => store.createRequest(...request);
              return "created";
            },
          },
          async publish(outgoing) {
            await publish(outgoing);
            await create();
          },
        };
      },
    }),
  },
  {
    name: "upserted-request",
    rule: 18,
    what: "a request record is written over instead of created",
    modes: bothModes,
    where: { entry: "http" },
    sabotage: () => ({
      entry: (entry) =>
        withStore(entry, {
          async createRequest(...request) {
            await entry.store.createRequest(...request);
            return "created";
          },
        }),
    }),
  },
  {
    name: "answer-first",
    rule: 18,
    what: "a client gets its 202 before the broker has the command",
    modes: bothModes,
    where: { entry: "http" },
    sabotage: () => ({ entry: ({ store, publish }) => ({ store, publish: withoutWaiting(publish) }) }),
  },
  {
    name: "no-hash",
    rule: 18,
    what: "another request under a used key is taken for its retry",
    modes: bothModes,
    where: { entry: "http" },
    sabotage: () => ({
      entry: (entry) =>
        withStore(entry, {
          async createRequest(aggregate, id, request, keepFor) {
            const existing = await entry.store.createRequest(aggregate, id, request, keepFor);
            return existing === "created" ? existing : { ...existing, hash: request.hash };
          },
        }),
    }),
  },
];
