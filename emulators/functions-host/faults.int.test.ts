import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { connect } from "node:net";
import { fileURLToPath } from "node:url";
import { ServiceBusClient, type ServiceBusMessage } from "@azure/service-bus";
import { afterEach, beforeEach, describe, expect, it, onTestFinished } from "vitest";
import {
  during,
  type FromServer,
  plan,
  type Request,
  type RuleInput,
  type ToServer,
} from "../faults/index.ts";
import { type ServiceBus, startServiceBus } from "../service-bus/index.ts";
import { type FunctionsHost, startFunctionsHost } from "./index.ts";
import { createGate, type Gate } from "./testing/gate.ts";
import { createRecorder, type Recorder } from "./testing/recorder.ts";

const APP = fileURLToPath(new URL("fixtures/service-bus", import.meta.url));
const MAIN = fileURLToPath(new URL("main.ts", import.meta.url));
const queue = (Name: string, more: object = {}) => ({ Name, Properties: { LockDuration: "PT5S", ...more } });
const CONFIG = {
  UserConfig: {
    Namespaces: [
      {
        Name: "sbemulatorns",
        Queues: [
          ...["plain", "binary", "manual", "outbox", "relay"].map((name) => queue(name)),
          queue("sessions", { RequiresSession: true }),
        ],
        Topics: [{ Name: "topic", Properties: {}, Subscriptions: [{ Name: "all", Properties: {} }] }],
      },
    ],
    Logging: { Type: "Console" },
  },
};

interface Report {
  readonly body: unknown;
  readonly metadata: Readonly<Record<string, unknown>>;
  readonly worker: number;
}

let server: ServiceBus;
let client: ServiceBusClient;
let recorder: Recorder;
let gate: Gate;
let host: FunctionsHost;
let told: FromServer[];
let tellHost: (message: ToServer) => void;

beforeEach(async () => {
  server = await startServiceBus({ config: CONFIG });
  client = new ServiceBusClient(server.connectionString);
  recorder = createRecorder();
  gate = await createGate();
  told = [];
  host = await start(1);
});
afterEach(async () => {
  gate.open();
  await host.close();
  await client.close();
  await server.close();
  await gate.close();
});

const start = (instances: number): Promise<FunctionsHost> =>
  startFunctionsHost({
    appFolder: APP,
    instances,
    settings: { ServiceBus: server.connectionString, QUEUE: "plain", OUTBOX: "outbox" },
    onEvent: recorder.onEvent,
    onLog: recorder.onLog,
    faults: {
      tell: (message) => told.push(message),
      onMessage: (handle) => {
        tellHost = handle;
      },
    },
  });
const strike = (...rules: RuleInput[]): void => host.faults.setPlan(plan(1, ...rules));
const fired = () => told.flatMap((message) => (message.tell === "fired" ? [message.firing] : []));
const send = (entity: string, ...messages: ServiceBusMessage[]): Promise<void> =>
  client.createSender(entity).sendMessages(messages);
const bytes = (content: unknown): Buffer => Buffer.from(JSON.stringify(content));
const reports = (name = "plain"): Report[] => recorder.reports<Report>(name);
const deliveries = (): unknown[] => reports().map(({ metadata }) => metadata["deliveryCount"]);
const actions = (): string[] =>
  recorder.events.flatMap((event) => (event.type === "message" ? [event.action] : []));
const completed = (count: number): Promise<void> =>
  recorder.until(() => actions().filter((action) => action === "completed").length === count);

describe("an invocation", () => {
  it.each([
    ["refused", during("host", "invoke").refuse("FunctionFailed"), [2]],
    ["whose request is lost", during("host", "invoke").loseRequest(), [2]],
    ["whose answer is lost", during("host", "invoke").loseAnswer(), [1, 2]],
  ])("%s has failed: its message is given back, and comes again", async (_, rule, expected) => {
    strike(rule);
    await send("plain", { body: bytes({}) });
    await completed(1);
    expect(deliveries()).toEqual(expected);
    expect(actions().sort()).toEqual(["abandoned", "completed", "received", "received"]);
  });

  it("is run twice, and its message completed once", async () => {
    strike(during("host", "invoke").applyTwice());
    await send("plain", { body: bytes({}) });
    await completed(1);
    expect(deliveries()).toEqual([1, 1]);
    expect(actions()).toEqual(["received", "completed"]);
  });

  it("whose answer is lost has sent what it put out", async () => {
    strike(during("host", "invoke").of("relay").loseAnswer());
    await send("relay", { body: bytes(1) });
    await completed(1);
    expect(await client.createReceiver("outbox").peekMessages(5)).toHaveLength(2);
  });

  it("waits for another one", async () => {
    strike(
      during("host", "invoke")
        .with({ turn: 2 })
        .holdUntil(during("host", "invoke").with({ turn: 1 })),
    );
    await send("plain", { body: bytes("held"), applicationProperties: { turn: 2 } });
    await expect.poll(fired).toHaveLength(1);
    await send("plain", { body: bytes("first"), applicationProperties: { turn: 1 } });
    await completed(2);
    expect(reports().map(({ body }) => body)).toEqual(["first", "held"]);
  });

  it("is overtaken by the next one of its function", async () => {
    strike(during("host", "invoke").letTheNextPass());
    await send("plain", { body: bytes("first") });
    await expect.poll(fired).toHaveLength(1);
    await send("plain", { body: bytes("second") });
    await completed(2);
    expect(reports().map(({ body }) => body)).toEqual(["second", "first"]);
  });

  it("of HTTP is cut from its client, with all others", async () => {
    strike(during("host", "invoke").cutAllConnections());
    const request = () => fetch(`${host.url}/api/send`, { method: "POST", body: "{}" });
    await expect(request()).rejects.toThrow();
    expect((await request()).status).toBe(202);
    expect(await client.createReceiver("outbox").peekMessages(5)).toHaveLength(1);
  });

  it("is found by its function, and by what the message says of itself", async () => {
    const message = { subject: "AddItem", messageId: "2", sessionId: "lane-01" };
    const properties = { logicalId: "l", filling: "Meat" };
    strike(
      during("host", "invoke").of("sessions").carrying("AddItem").about("lane-01").with(properties).delay(1),
    );
    await send("sessions", { ...message, messageId: "1", subject: "RemoveItem", body: bytes({}) });
    await send("sessions", { ...message, applicationProperties: properties, body: bytes({}) });
    await completed(2);
    expect(fired().map(({ point }) => point)).toEqual([
      {
        server: "host",
        operation: "invoke",
        entity: "sessions",
        messageType: "AddItem",
        messageId: "2",
        logicalId: "l",
        aggregate: "lane-01",
        delivery: 1,
        sequence: 2,
      },
    ]);
  });
});

describe("a settlement whose connection is lost", () => {
  it.each([
    ["plain", "request", during("serviceBus", "complete").loseRequest(), ["first", "first"]],
    ["plain", "answer", during("serviceBus", "complete").loseAnswer(), ["first"]],
    ["sessions", "request", during("serviceBus", "complete").loseRequest(), ["first", "first"]],
    ["sessions", "answer", during("serviceBus", "complete").loseAnswer(), ["first"]],
  ] as const)("has failed at once, not by a time-out: %s, %s", async (entity, _, rule, expected) => {
    server.faults.setPlan(plan(1, rule));
    await send(entity, { sessionId: "lane-00", body: bytes("first") });
    await recorder.until(() => actions().includes("settlementFailed"));
    await send(entity, { sessionId: "lane-00", body: bytes("next") });
    await completed(expected.length);
    expect(actions().slice(0, 2)).toEqual(["received", "settlementFailed"]);
    expect(reports(entity).map(({ body }) => body)).toEqual(expect.arrayContaining([...expected, "next"]));
    expect(reports(entity)).toHaveLength(expected.length + 1);
  });

  it.each(["plain", "sessions"])(
    "before it began has failed at once, too: %s",
    // The client would try for 40 s.
    { timeout: 30_000 },
    async (entity) => {
      await send(entity, { sessionId: "lane-00", body: bytes({ gate: gate.url }) });
      await gate.arrived(1);
      server.faults.setPlan(plan(1, during("serviceBus", "connect").cutAllConnections()));
      await once(connect(server.port, "127.0.0.1"), "close");
      gate.open();
      await completed(1);
      expect(actions().sort()).toEqual(["completed", "received", "received", "settlementFailed"]);
    },
  );
});

describe("a worker is killed", () => {
  it.each([
    ["before", [2]],
    ["after", [1, 2]],
  ] as const)("%s it ran a function: its successor handles the message", async (when, expected) => {
    const [before] = host.workers();
    strike(during("host", "invoke").killWorker(when));
    await send("plain", { body: bytes({}) });
    await completed(1);
    expect(deliveries()).toEqual(expected);
    const [now] = host.workers();
    expect(now?.pid).not.toBe(before?.pid);
    expect(reports().map(({ worker }) => worker)).toEqual(
      when === "before" ? [now?.pid] : [before?.pid, now?.pid],
    );
  });

  it("as all are, by a fault of another server, which hears when they are gone", async () => {
    await host.close();
    host = await start(2);
    const before = host.workers();
    order({ do: "killWorker" });
    await expect.poll(done).toBe(true);
    expect(before.filter(({ pid }) => isAlive(pid))).toEqual([]);
    await recorder.until(() => host.workers().every(({ pid }) => pid !== undefined));
  });
});

describe.skipIf(process.platform === "win32")("a worker is frozen", () => {
  it.each(["plain", "sessions"])("and loses its locks, unlike a slow one: %s", async (name) => {
    await send(name, { sessionId: "lane-00", body: bytes({ gate: gate.url }) });
    await gate.arrived(1);
    order({ do: "freezeWorker", milliseconds: 8_000 });
    gate.open();
    // Nobody renewed the lock: the message comes again while its first handler is still about to end.
    await recorder.until(() => actions().length === 2);
    expect(actions()).toEqual(["received", "received"]);
    await completed(1);
    expect(actions().slice(2).sort()).toEqual(["completed", "settlementFailed"]);
    expect(reports(name).map(({ metadata }) => metadata["deliveryCount"])).toEqual([1, 2]);
  });

  it("before it runs a function, which then is run late", async () => {
    strike(during("host", "invoke").freezeWorker(300));
    const before = performance.now();
    await send("plain", { body: bytes({}) });
    await completed(1);
    expect(performance.now() - before).toBeGreaterThan(290);
    expect(actions()).toEqual(["received", "completed"]);
  });

  it("and a stop does not wait for its time", async () => {
    const workers = host.workers();
    await send("plain", { body: bytes({ gate: gate.url }) });
    await gate.arrived(1);
    order({ do: "freezeWorker", milliseconds: 600_000 });
    gate.open();
    await host.close();
    expect(workers.filter(({ pid }) => isAlive(pid))).toEqual([]);
    expect(recorder.lines.filter(({ message }) => message.includes("Not drained"))).toEqual([]);
  });

  it("and killed all the same, and its successor is not frozen", async () => {
    order({ do: "freezeWorker", milliseconds: 600_000 });
    order({ do: "killWorker" });
    await send("plain", { body: bytes({}) });
    await completed(1);
    order({ do: "freezeWorker", milliseconds: 1 });
    expect(recorder.lines.filter(({ message }) => message.includes("is frozen for"))).toHaveLength(2);
  });
});

const order = (request: Request): void => tellHost({ type: "faults", tell: "do", id: 1, request });
const done = (): boolean => told.some((message) => message.tell === "did");

describe("a host's process", () => {
  it.skipIf(process.platform === "win32")("leaves no worker behind, even a frozen one", async () => {
    const child = forkHost();
    const { workers } = (await message(child, "ready")) as { workers: { pid: number }[] };
    child.send({ type: "faults", tell: "do", id: 1, request: { do: "freezeWorker", milliseconds: 600_000 } });
    await message(child, "event", (event) => (event as { tell?: string }).tell === "did");
    child.kill("SIGKILL");
    await once(child, "exit");
    await expect.poll(() => workers.filter(({ pid }) => isAlive(pid)), { timeout: 10_000 }).toEqual([]);
  });

  it("obeys its parent from the first moment: a killed server is asked for", async () => {
    const child = forkHost();
    const faults = plan(1, during("host", "invoke").killServer("after"));
    child.send({ type: "faults", tell: "plan", id: 1, plan: faults, progress: {}, watches: [] });
    const { url } = (await message(child, "ready")) as { url: string };
    const answer = fetch(`${url}/api/send`, { method: "POST", body: "{}" }).catch(() => undefined);
    await message(child, "event", (event) => (event as { tell?: string }).tell === "asked");
    expect(await client.createReceiver("outbox").peekMessages(5)).toHaveLength(1);
    child.kill("SIGKILL");
    await answer;
  });
});

function forkHost(): ChildProcess {
  const child = fork(MAIN, ["--app", APP, "--port", "0"], {
    execArgv: [],
    stdio: ["ignore", "ignore", "inherit", "ipc"],
    env: { ...process.env, ServiceBus: server.connectionString, QUEUE: "plain", OUTBOX: "outbox" },
  });
  onTestFinished(() => void child.kill("SIGKILL"));
  return child;
}

const message = (
  child: ChildProcess,
  type: string,
  isMeant: (event: unknown) => boolean = () => true,
): Promise<unknown> =>
  new Promise((resolve) => {
    child.on("message", (content: { type: string; event?: unknown }) => {
      if (content.type === type && isMeant(content.event)) resolve(content);
    });
  });

function isAlive(pid: number | undefined): boolean {
  if (pid === undefined) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
