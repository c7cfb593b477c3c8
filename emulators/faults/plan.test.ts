import { expect, test } from "vitest";
import { during, plan } from "./builder.ts";
import { PlanError, parsePlan, readPlan } from "./plan.ts";

test("a built plan is the data that a file would hold", () => {
  const lost = during("serviceBus", "send").of("orders").carrying("AddItem").from(3).times(2).loseAnswer();
  const held = during("cosmos", "batch")
    .about("orders:1")
    .holdUntil(during("serviceBus", "complete").carrying("RemoveItem"), 5_000);
  expect(plan(7, lost, lost, held)).toEqual({
    seed: 7,
    rules: [
      {
        name: "serviceBus send orders AddItem loseAnswer",
        at: { server: "serviceBus", operation: ["send"], entity: "orders", messageType: "AddItem" },
        fault: { kind: "loseAnswer" },
        from: 3,
        times: 2,
        probability: 1,
      },
      expect.objectContaining({ name: "serviceBus send orders AddItem loseAnswer (2)" }),
      {
        name: "cosmos batch orders:1 hold",
        at: { server: "cosmos", operation: ["batch"], aggregate: "orders:1" },
        fault: {
          kind: "hold",
          until: { server: "serviceBus", operation: ["complete"], messageType: "RemoveItem" },
          atMost: 5_000,
        },
        from: 1,
        times: 1,
        probability: 1,
      },
    ],
  });
});

const rule = { name: "a", at: { server: "cosmos" }, fault: { kind: "loseRequest" } };

test.each<[string, unknown, string]>([
  [
    "an operation of another server",
    { ...rule, at: { server: "cosmos", operation: "send" } },
    'cosmos has no operation "send"; expected one of connect, create',
  ],
  [
    "an error of another server",
    { ...rule, fault: { kind: "refuse", error: "ServerBusy" } },
    'cosmos has no error "ServerBusy"; expected one of 403, 404',
  ],
  [
    "a refusal without its error",
    { ...rule, fault: { kind: "refuse" } },
    "expected the name or number of one of the server's errors\n  → at rules[0].fault.error",
  ],
  [
    "a fault that the server does not know",
    { ...rule, fault: { kind: "loseLock" } },
    '"loseLock" is a fault of serviceBus; this rule is about cosmos',
  ],
  [
    "a message's id at a database, where it would never match",
    { ...rule, at: { server: "sql", logicalId: "m1" } },
    "sql sees no logicalId; expected entity, aggregate or properties",
  ],
  [
    "a message's type in what is waited for at a database",
    { ...rule, fault: { kind: "hold", until: { server: "cosmos", messageType: "AddItem" } } },
    "cosmos sees no messageType",
  ],
  ["a misspelt property", { ...rule, probabilty: 0.5 }, "probabilty"],
  [
    "seconds where milliseconds are meant to be whole",
    { ...rule, fault: { kind: "delay", milliseconds: 0.5 } },
    "fault.milliseconds",
  ],
  ["a probability above 1", { ...rule, probability: 50 }, "probability"],
])("%s is refused, and the place is named", (_, bad, message) => {
  expect(() => parsePlan({ rules: [bad] })).toThrow(PlanError);
  expect(() => parsePlan({ rules: [bad] })).toThrow(message);
});

test("two rules of one name are refused: the log could not tell them apart", () => {
  expect(() => parsePlan({ rules: [rule, rule] })).toThrow('"a" is taken');
});

test("a file that is not there is named", async () => {
  await expect(readPlan("/no/such/plan.json")).rejects.toThrow(/\/no\/such\/plan\.json: ENOENT/);
});
