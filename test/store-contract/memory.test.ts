import { expect, it } from "vitest";
import { TransientError } from "../../shared/exactly-once/errors.ts";
import { memoryStore } from "../../shared/stores/memory/memory.ts";
import type { StoreStep } from "../../shared/stores/steps.ts";
import { virtualTime } from "../support/virtual-time.ts";
import { type StoreUnderTest, storeContract } from "./suite.ts";

function open(mode: "deadline" | "fence"): StoreUnderTest {
  const time = virtualTime();
  const steps: StoreStep[] = [];
  let losing = false;
  const store = memoryStore({
    mode,
    now: time.now,
    async io(step, apply) {
      steps.push(step);
      const result = apply();
      if (step === "commit" && losing) {
        losing = false;
        throw new TransientError("the answer was lost");
      }
      return result;
    },
  });
  return {
    store,
    takeSteps: () => steps.splice(0),
    loseNextCommitAnswer: () => {
      losing = true;
    },
    now: time.now,
    advance: time.advance,
    close: async () => {},
  };
}

storeContract("the memory store with a fence", async () => open("fence"));
storeContract("the memory store with a deadline", async () => open("deadline"));

it("a store with a deadline refuses a commit at the deadline, by its own clock, and writes nothing", async () => {
  const { store, now } = open("deadline");
  const aggregate = { endpoint: "orders", id: "1" };
  const unit = {
    messageId: "m1",
    record: { createdAt: 0, outcome: { status: "accepted" } },
    state: { schema: 1, value: 1 },
    outgoing: [],
    keepRecordFor: 1000,
  } as const;
  expect(await store.commit(aggregate, { ...unit, deadline: now() })).toBe("expired");
  expect(await store.load(aggregate, "m1")).toEqual({});
  expect(await store.commit(aggregate, { ...unit, deadline: now() + 1 })).toBe("committed");
});
