import { beforeEach, describe, expect, onTestFinished, test } from "vitest";
import { during, plan } from "./builder.ts";
import { createInjector, type Injector } from "./injector.ts";
import type { FromServer, Request } from "./messages.ts";
import type { RuleInput } from "./plan.ts";
import { Lost, type Wire } from "./strike.ts";

let told: FromServer[];
let did: string[];
const wire: Wire = {
  refuse: (error) => new Error(`refused with ${error}`),
  cut: () => did.push("cut"),
  cutAll: () => did.push("cut all"),
  loseLock: () => did.push("lock lost"),
};

beforeEach(() => {
  told = [];
  did = [];
});

function injector(
  rules: readonly RuleInput[],
  perform?: (request: Request) => Promise<void> | undefined,
): Injector {
  const made = createInjector({
    server: "serviceBus",
    now: () => 1_000,
    tell: (message) => told.push(message),
    ...(perform === undefined ? {} : { perform }),
  });
  onTestFinished(() => made.close());
  made.receive({ type: "faults", tell: "plan", id: 1, plan: plan(1, ...rules), progress: {}, watches: [] });
  told = [];
  return made;
}

const run = (made: Injector, operation = "send", entity = "orders", name = operation) =>
  made.inject(
    operation,
    () => ({ entity, messageType: "AddItem" }),
    () => {
      did.push(name);
      return `${name} done`;
    },
    wire,
  );

const sending = () => during("serviceBus", "send").named("it");

test("without a rule for it an operation runs within the call, and nobody looks at its facts", async () => {
  const made = injector([during("serviceBus", "complete").loseAnswer()]);
  const running = made.inject(
    "send",
    () => {
      throw new Error("looked");
    },
    () => did.push("send"),
    wire,
  );
  expect(did).toEqual(["send"]);
  await running;
});

describe("what happens to the operation, its connection and its answer", () => {
  test.each<[RuleInput, string[], string | typeof Lost]>([
    [sending().refuse("ServerBusy"), [], "refused with ServerBusy"],
    [sending().loseRequest(), ["cut"], Lost],
    [sending().loseAnswer(), ["send", "cut"], Lost],
    [sending().cutAllConnections(), ["cut all"], Lost],
    [sending().applyTwice(), ["send", "send"], "send done"],
    [sending().loseLock(), ["lock lost", "send"], "send done"],
    [sending().delay(1), ["send"], "send done"],
    [sending().moveClock(5_000), ["send"], "send done"],
  ])("$fault.kind", async (rule, expected, result) => {
    const running = run(injector([rule]));
    if (typeof result === "function") await expect(running).rejects.toThrow(result);
    else expect(await running.catch((error: Error) => error.message)).toBe(result);
    expect(did).toEqual(expected);
    expect(told).toEqual([
      {
        type: "faults",
        tell: "fired",
        firing: {
          at: 1_000,
          rule: "it",
          kind: rule.fault.kind,
          point: { server: "serviceBus", operation: "send", entity: "orders", messageType: "AddItem" },
        },
      },
    ]);
  });
});

test("an answer that would have been an error is lost like any other", async () => {
  const made = injector([sending().loseAnswer()]);
  const failing = () => {
    throw new Error("conflict");
  };
  await expect(made.inject("send", () => ({}), failing, wire)).rejects.toThrow(Lost);
});

test("the clock that a fault has moved stays ahead, and an order of the parent replaces it", async () => {
  const made = injector([sending().moveClock(5_000)]);
  const told: number[] = [];
  made.onClock(() => told.push(made.now()));
  await run(made);
  expect(made.now()).toBe(6_000);
  made.receive({ type: "faults", tell: "clock", ahead: 0 });
  expect(made.now()).toBe(1_000);
  expect(told).toEqual([6_000, 1_000]);
});

test("a send is held until a message has been completed", async () => {
  const made = injector([sending().holdUntil(during("serviceBus", "complete").of("orders"))]);
  const held = run(made);
  await run(made, "complete", "events");
  expect(did).toEqual(["complete"]);
  await run(made, "complete", "orders");
  await held;
  expect(did).toEqual(["complete", "complete", "send"]);
});

test("what is held for another server's operation waits for the parent's word", async () => {
  const made = injector([sending().holdUntil(during("cosmos", "batch"))]);
  const held = run(made);
  await run(made, "send", "events");
  expect(did).toEqual(["send"]);
  made.receive({ type: "faults", tell: "release", rule: "it" });
  await held;
  expect(did).toEqual(["send", "send"]);
});

test("the parent is told when an operation passes that another server waits for", async () => {
  const made = injector([]);
  made.receive({
    type: "faults",
    tell: "plan",
    id: 1,
    plan: plan(1),
    progress: {},
    watches: [{ id: "theirs", at: during("serviceBus", "complete").place }],
  });
  await run(made, "complete");
  expect(told.at(-1)).toEqual({ type: "faults", tell: "passed", watch: "theirs" });
});

test("a plan and a clock are confirmed when they hold", async () => {
  const made = injector([]);
  const next = plan(1, sending().loseRequest());
  made.receive({ type: "faults", tell: "plan", id: 7, plan: next, progress: {}, watches: [] });
  expect(told).toEqual([{ type: "faults", tell: "did", id: 7 }]);
  await expect(run(made)).rejects.toThrow(Lost);
  made.receive({ type: "faults", tell: "clock", id: 8, ahead: 500 });
  expect(told.at(-1)).toEqual({ type: "faults", tell: "did", id: 8 });
  expect(made.now()).toBe(1_500);
});

test("the next one on the same entity overtakes", async () => {
  const made = injector([sending().letTheNextPass()]);
  const first = run(made, "send", "orders", "first");
  await run(made, "send", "events", "elsewhere");
  await run(made, "send", "orders", "second");
  await first;
  expect(did).toEqual(["elsewhere", "second", "first"]);
});

test("what is held and then refused is not applied, and lets nobody pass who waits for it", async () => {
  const made = injector([
    sending().holdThenRefuse(during("serviceBus", "complete"), "EntityDisabled"),
    during("serviceBus", "abandon").holdUntil(during("serviceBus", "send"), 60_000),
  ]);
  const held = run(made).catch((error: Error) => error.message);
  const waiting = run(made, "abandon");
  await run(made, "complete");
  expect(await held).toBe("refused with EntityDisabled");
  expect(did).toEqual(["complete"]);
  await run(made);
  await waiting;
  expect(did).toEqual(["complete", "send", "abandon"]);
});

test("a new plan lets go of what the old one holds", async () => {
  const made = injector([sending().holdUntil(during("cosmos", "batch"))]);
  const held = run(made);
  made.setPlan(plan(1));
  await held;
  expect(did).toEqual(["send"]);
});

test("a stop does not wait for what is held", async () => {
  const made = injector([sending().holdUntil(during("cosmos", "batch"))]);
  const held = run(made);
  made.close();
  await held;
});

test("a stop does not wait for what the parent is asked", async () => {
  const made = injector([sending().killWorker("before")]);
  const running = run(made);
  made.close();
  await expect(running).rejects.toThrow(Lost);
});

describe("a kill after the operation", () => {
  test("is asked of the parent when all is applied, and there is no answer", async () => {
    const made = injector([sending().killWorker("after")]);
    const running = run(made);
    await expect
      .poll(() => told.at(-1))
      .toMatchObject({ tell: "asked", id: 1, request: { do: "killWorker" } });
    expect(did).toEqual(["send"]);
    made.receive({ type: "faults", tell: "answer", id: 1 });
    await expect(running).rejects.toThrow(Lost);
    expect(did).toEqual(["send", "cut"]);
  });

  test("is carried out by a server that can", async () => {
    const made = injector([sending().killWorker("before")], async (request) => void did.push(request.do));
    await expect(run(made)).rejects.toThrow(Lost);
    expect(did).toEqual(["killWorker", "cut"]);
  });
});

test("every operation is told as it begins and ends, struck by a fault or not", async () => {
  const steps: string[] = [];
  const made = createInjector({
    server: "serviceBus",
    plan: plan(1, sending().from(2).refuse("ServerBusy")),
    onOperation: ({ phase, operation, points, error }) =>
      steps.push([operation, phase, points[0]?.messageType, error && String(error)].join(" ").trim()),
  });
  onTestFinished(() => made.close());
  await run(made);
  await expect(run(made)).rejects.toThrow("refused");
  expect(steps).toEqual([
    "1 begun AddItem",
    "1 answered AddItem",
    "2 begun AddItem",
    "2 failed AddItem Error: refused with ServerBusy",
  ]);
});
