import { beforeEach, describe, expect, test } from "vitest";
import { during, plan } from "./builder.ts";
import { countKinds, createFaultControl, type FaultControl } from "./control.ts";
import type { Firing, ToServer } from "./messages.ts";
import type { FaultedServer } from "./vocabulary.ts";

let heard: [FaultedServer, ToServer | "kill" | "start"][];
let failures: unknown[];
let control: FaultControl;
let mayStart: () => Promise<void>;
/** Servers that do not run. */
let down: Set<FaultedServer>;

beforeEach(() => {
  heard = [];
  failures = [];
  mayStart = () => Promise.resolve();
  down = new Set();
  const server = (name: FaultedServer) => ({
    send: (message: ToServer) => {
      if (down.has(name)) return false;
      heard.push([name, message]);
      return true;
    },
    kill: async () => void heard.push([name, "kill"]),
    start: async () => {
      heard.push([name, "start"]);
      await mayStart();
    },
  });
  control = createFaultControl({
    servers: { serviceBus: server("serviceBus"), cosmos: server("cosmos"), host: server("host") },
    onFailure: (error) => failures.push(error),
    wait: () => Promise.resolve(),
  });
});

const held = during("serviceBus", "send").named("held").holdUntil(during("cosmos", "batch"));
const killed = during("cosmos", "batch").named("killed").killServer("after");

const fired = (rule: string, kind: Firing["kind"]) =>
  ({
    type: "faults",
    tell: "fired",
    firing: { at: 1, rule, kind, point: { server: "cosmos", operation: "batch" } },
  }) as const;

test("each server gets the plan, and the watches of the others' rules", () => {
  void control.setPlan(plan(1, held, killed));
  const watches = Object.fromEntries(
    heard.map(([name, message]) => [
      name,
      typeof message === "object" && message.tell === "plan" ? message.watches.map(({ id }) => id) : [],
    ]),
  );
  expect(watches).toEqual({ serviceBus: [], cosmos: ["held"], host: [] });
});

test("what passes on one server releases what is held on another", () => {
  void control.setPlan(plan(1, held));
  heard = [];
  control.receive("cosmos", { type: "faults", tell: "passed", watch: "held" });
  expect(heard).toEqual([["serviceBus", { type: "faults", tell: "release", rule: "held" }]]);
});

describe("a plan is set, and so is a clock,", () => {
  /** Confirms what a server has been told last. */
  function confirm(server: FaultedServer): void {
    const [, last] = heard.findLast(([name]) => name === server) ?? [];
    if (typeof last === "object" && "id" in last)
      control.receive(server, { type: "faults", tell: "did", id: last.id });
  }
  /** What is done by now: "set" comes last, if it comes. */
  async function order(setting: Promise<void>, ...steps: (() => void)[]): Promise<string[]> {
    const done: string[] = [];
    const set = setting.then(() => void done.push("set"));
    for (const step of steps) {
      // Whatever was about to happen has happened after a turn of the event loop.
      await new Promise(setImmediate);
      done.push(step.name);
      step();
    }
    await set;
    return done;
  }
  const serviceBusHasIt = () => confirm("serviceBus");
  const cosmosHasIt = () => confirm("cosmos");
  const hostHasIt = () => confirm("host");

  test("when the last server has taken it", async () => {
    expect(await order(control.setPlan(plan(1, killed)), hostHasIt, serviceBusHasIt, cosmosHasIt)).toEqual([
      "hostHasIt",
      "serviceBusHasIt",
      "cosmosHasIt",
      "set",
    ]);
    expect(await order(control.setClock("cosmos", 5), hostHasIt, cosmosHasIt)).toEqual([
      "hostHasIt",
      "cosmosHasIt",
      "set",
    ]);
  });

  test("without a server that does not run", async () => {
    down.add("cosmos");
    expect(await order(control.setPlan(plan(1, killed)), serviceBusHasIt, hostHasIt)).toEqual([
      "serviceBusHasIt",
      "hostHasIt",
      "set",
    ]);
    await control.setClock("cosmos", 5);
  });

  test("without one that ends meanwhile, and gets it at its start", async () => {
    const cosmosEnds = () => {
      down.add("cosmos");
      control.ended("cosmos");
    };
    expect(await order(control.setPlan(plan(1, killed)), serviceBusHasIt, hostHasIt, cosmosEnds)).toEqual([
      "serviceBusHasIt",
      "hostHasIt",
      "cosmosEnds",
      "set",
    ]);
    down.delete("cosmos");
    heard = [];
    control.started("cosmos");
    expect(heard[0]?.[1]).toMatchObject({ tell: "plan", plan: plan(1, killed) });
  });
});

test("who has asked for the death of a worker does not wait for a host that has died itself", async () => {
  control.receive("cosmos", {
    type: "faults",
    tell: "asked",
    id: 9,
    request: { do: "killWorker" },
    progress: {},
  });
  control.ended("host");
  await expect.poll(() => heard.at(-1)).toEqual(["cosmos", { type: "faults", tell: "answer", id: 9 }]);
});

test("the log is in order and numbered; what never struck is named", () => {
  void control.setPlan(plan(1, held, killed));
  control.receive("cosmos", fired("killed", "killServer"));
  control.receive("cosmos", fired("killed", "killServer"));
  expect(control.log.map(({ number, rule }) => [number, rule])).toEqual([
    [1, "killed"],
    [2, "killed"],
  ]);
  expect(control.unfired()).toEqual(["held"]);
  expect(countKinds(control.log)).toEqual({ killServer: 2 });
});

test("a server that asks for its end is killed, started, and told how far its rules had come", async () => {
  void control.setPlan(plan(1, killed));
  control.receive("cosmos", fired("killed", "killServer"));
  heard = [];
  control.receive("cosmos", {
    type: "faults",
    tell: "asked",
    id: 1,
    request: { do: "killServer", restartAfter: 5 },
    progress: { killed: { matched: 7, fired: 1 } },
  });
  await expect.poll(() => heard).toHaveLength(3);
  expect(heard.slice(0, 2)).toEqual([
    ["cosmos", "kill"],
    ["cosmos", "start"],
  ]);
  heard = [];
  control.started("cosmos");
  expect(heard[0]?.[1]).toMatchObject({ tell: "plan", progress: { killed: { matched: 7, fired: 1 } } });
});

test("a server that is being restarted is not killed twice", async () => {
  const started = Promise.withResolvers<void>();
  mayStart = () => started.promise;
  const restarts = [control.restart("cosmos", 0), control.restart("cosmos", 0)];
  started.resolve();
  await Promise.all(restarts);
  expect(heard.map(([, what]) => what)).toEqual(["kill", "start"]);
});

test("a server that does not come back is reported", async () => {
  mayStart = () => Promise.reject(new Error("port taken"));
  await control.restart("cosmos", 0);
  expect(failures).toEqual([new Error("port taken")]);
});

test("a worker is killed by the host, and the server that asked hears when it is gone", async () => {
  control.receive("cosmos", {
    type: "faults",
    tell: "asked",
    id: 9,
    request: { do: "killWorker" },
    progress: {},
  });
  expect(heard).toEqual([["host", { type: "faults", tell: "do", id: 1, request: { do: "killWorker" } }]]);
  control.receive("host", { type: "faults", tell: "did", id: 1 });
  await expect.poll(() => heard.at(-1)).toEqual(["cosmos", { type: "faults", tell: "answer", id: 9 }]);
});

test("a clock that a fault has moved is still ahead after a restart", () => {
  void control.setPlan(plan(1, during("cosmos").named("ahead").moveClock(5_000)));
  control.receive("cosmos", fired("ahead", "clock"));
  heard = [];
  control.started("cosmos");
  expect(heard.at(-1)?.[1]).toMatchObject({ tell: "clock", ahead: 5_000 });
});

test("other events are left to others", () => {
  expect(control.receive("cosmos", { type: "created" })).toBe(false);
  expect(control.receive("cosmos", undefined)).toBe(false);
});
