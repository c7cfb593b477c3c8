import { fileURLToPath } from "node:url";
import { ServiceBusClient, type ServiceBusMessage } from "@azure/service-bus";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type ServiceBus, startServiceBus } from "../../service-bus/index.ts";
import { type FunctionsHost, startFunctionsHost } from "../index.ts";
import { createGate, type Gate } from "../testing/gate.ts";
import { startProxy } from "../testing/proxy.ts";
import { createRecorder, type Recorder } from "../testing/recorder.ts";

const APP = fileURLToPath(new URL("../fixtures/service-bus", import.meta.url));
const queue = (Name: string, more: object = {}) => ({
  Name,
  Properties: { LockDuration: "PT5S", MaxDeliveryCount: 5, ...more },
});
const CONFIG = {
  UserConfig: {
    Namespaces: [
      {
        Name: "sbemulatorns",
        Queues: [
          queue("plain"),
          queue("binary"),
          queue("manual"),
          queue("outbox"),
          queue("relay"),
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
  readonly bodyType: string;
  readonly metadata: Readonly<Record<string, unknown>>;
  readonly traceParent: string;
  readonly worker: number;
}

let server: ServiceBus;
let client: ServiceBusClient;
let recorder: Recorder;
let gate: Gate;
let host: FunctionsHost | undefined;

beforeEach(async () => {
  server = await startServiceBus({ config: CONFIG });
  client = new ServiceBusClient(server.connectionString);
  recorder = createRecorder();
  gate = await createGate();
});

afterEach(async () => {
  gate.open();
  await host?.close();
  host = undefined;
  await client.close();
  await server.close();
  await gate.close();
});

const start = async (settings: Record<string, string> = {}, instances = 1): Promise<FunctionsHost> => {
  host = await startFunctionsHost({
    appFolder: APP,
    instances,
    settings: { ServiceBus: server.connectionString, QUEUE: "plain", OUTBOX: "outbox", ...settings },
    onEvent: recorder.onEvent,
    onLog: recorder.onLog,
  });
  return host;
};
const send = (entity: string, ...messages: ServiceBusMessage[]): Promise<void> =>
  client.createSender(entity).sendMessages(messages);
const bytes = (content: unknown): Buffer => Buffer.from(JSON.stringify(content));
const reports = (name: string): Report[] => recorder.reports<Report>(name);
const settled = (action: string, functionName: string): number =>
  recorder.events.filter(
    (event) => event.type === "message" && event.action === action && event.functionName === functionName,
  ).length;

describe("a message's way to the function", () => {
  it("carries the body and the metadata with the real host's traps", async () => {
    await start();
    await send("plain", {
      body: bytes({ n: 1 }),
      messageId: "42",
      sessionId: "true",
      subject: "Subject",
      contentType: "text/plain",
      correlationId: "0042",
      applicationProperties: {
        MyProp: "x",
        URLValue: 1,
        "Diagnostic-Id": `00-${"ab".repeat(16)}-${"cd".repeat(8)}-01`,
      },
    });
    await recorder.until(() => settled("completed", "plain") === 1);
    const [report] = reports("plain");
    expect(report?.body).toEqual({ n: 1 });
    expect(report?.metadata).toMatchObject({
      // A string that is JSON becomes what it says.
      messageId: 42,
      sessionId: true,
      correlationId: "0042",
      deliveryCount: 1,
      subject: "Subject",
      label: "Subject",
      sequenceNumber: 1,
      applicationProperties: { myProp: "x", uRLValue: 1 },
      userProperties: { myProp: "x", uRLValue: 1 },
    });
    expect(Object.keys(report?.metadata ?? {})).not.toContain("replyTo");
    expect(report?.metadata["enqueuedTimeUtc"]).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?$/);
    expect(report?.metadata["enqueuedTime"]).toMatch(/\+00:00$/);
    expect(report?.traceParent).toMatch(new RegExp(`^00-${"ab".repeat(16)}-`));
  });

  it.each([
    ["42", 42, "number"],
    ["plain text", "plain text", "string"],
    ['"quoted"', "quoted", "string"],
  ])("turns the body %s into what JSON makes of it", async (text, body, bodyType) => {
    await start();
    await send("plain", { body: Buffer.from(text) });
    await recorder.until(() => settled("completed", "plain") === 1);
    expect(reports("plain")[0]).toMatchObject({ body, bodyType });
  });

  it("gives the exact bytes with dataType binary", async () => {
    await start();
    const body = Buffer.from('{"a" : 1}\n');
    await send("binary", { body });
    await recorder.until(() => settled("completed", "binary") === 1);
    expect(reports("binary")[0]).toMatchObject({
      body: { base64: body.toString("base64") },
      bodyType: "buffer",
    });
  });

  it("comes through a subscription", async () => {
    await start();
    await send("topic", { body: bytes("hello") });
    await recorder.until(() => settled("completed", "subscription") === 1);
    expect(reports("subscription")[0]?.body).toBe("hello");
  });

  it("goes out through an output binding, one message for each element", async () => {
    const { url } = await start();
    const answer = await fetch(`${url}/api/send`, { method: "POST", body: JSON.stringify(["a", { b: 1 }]) });
    expect(answer.status).toBe(202);
    const received = await client
      .createReceiver("outbox", { skipParsingBodyAsJson: true, maxAutoLockRenewalDurationInMs: 0 })
      .receiveMessages(2);
    expect(received.map(({ body, contentType }) => [String(body), contentType])).toEqual([
      ["a", "text/plain"],
      ['{"b":1}', "text/plain"],
    ]);
  });
});

describe("a returned value", () => {
  it("is sent before the message that caused it is completed", async () => {
    await start();
    await send("relay", { body: bytes(1) });
    await recorder.until(() => settled("completed", "relay") === 1);
    const [sent] = await client.createReceiver("outbox").peekMessages(1);
    expect(sent?.body).toEqual({ relayed: 1 });
  });

  it("that can't be sent fails the invocation", async () => {
    await start({ OUTBOX: "nowhere" });
    await send("relay", { body: bytes(1) });
    await recorder.until(() => settled("abandoned", "relay") > 0);
    expect(settled("completed", "relay")).toBe(0);
  });
});

describe("settlement", () => {
  it("gives a message back at once when its function throws, until it is dead-lettered", async () => {
    await start();
    await send("plain", { body: bytes({ action: "fail" }) });
    await recorder.until(() => settled("abandoned", "plain") === 5);
    expect(reports("plain").map(({ metadata }) => metadata["deliveryCount"])).toEqual([1, 2, 3, 4, 5]);
    const dead = await client.createReceiver("plain", { subQueueType: "deadLetter" }).peekMessages(1);
    expect(dead).toHaveLength(1);
  });

  it("gives back what a dying worker had, which its successor handles", async () => {
    const { workers } = await start();
    const [before] = workers();
    await send("plain", { body: bytes({ gate: gate.url }), messageId: "bystander" });
    await gate.arrived(1);
    await send("plain", { body: bytes({ action: "exit" }), messageId: "killer" });
    await recorder.until(() => settled("abandoned", "plain") === 2);
    gate.open();
    await recorder.until(() => settled("completed", "plain") === 2);
    expect(workers()[0]?.pid).not.toBe(before?.pid);
    expect(reports("plain").filter(({ metadata }) => metadata["deliveryCount"] === 2)).toHaveLength(2);
  });

  it("leaves a message locked when autoCompleteMessages is off", async () => {
    await start();
    await send("manual", { body: bytes(1) });
    await recorder.until(() => reports("manual").length === 2);
    expect(settled("completed", "manual") + settled("abandoned", "manual")).toBe(0);
    expect(reports("manual").map(({ metadata }) => metadata["deliveryCount"])).toEqual([1, 2]);
  });

  it("keeps the lock while a function takes longer than it", async () => {
    await start();
    await send("plain", { body: bytes({ gate: gate.url }) });
    await gate.arrived(1);
    const [message] = await client.createReceiver("plain").peekMessages(1);
    const lockedUntil = Date.now() + 5_000;
    await untilTime(lockedUntil + 500);
    gate.open();
    await recorder.until(() => settled("completed", "plain") === 1);
    expect(message).toBeDefined();
    expect(reports("plain")).toHaveLength(1);
  });

  it("ends the worker when a function takes longer than functionTimeout", async () => {
    const { workers } = await start({ AzureFunctionsJobHost__functionTimeout: "00:00:01" });
    const [before] = workers();
    await send("plain", { body: bytes({ gate: gate.url }) });
    await recorder.until(() => settled("abandoned", "plain") === 1);
    gate.open();
    await recorder.until(() => settled("completed", "plain") === 1);
    expect(workers()[0]?.pid).not.toBe(before?.pid);
    const failed = recorder.events.find((event) => event.type === "invocation" && event.phase === "failed");
    expect(failed).toMatchObject({ error: expect.stringContaining("Timeout value of 1000 ms") });
  });
});

describe("concurrency", () => {
  it("runs maxConcurrentCalls at a time on an instance", async () => {
    await start();
    await send("plain", ...Array.from({ length: 6 }, () => ({ body: bytes({ gate: gate.url }) })));
    await gate.arrived(4);
    expect(running()).toBe(4);
    gate.open();
    await recorder.until(() => settled("completed", "plain") === 6);
  });

  it("lets instances compete for a queue", async () => {
    const { workers } = await start({}, 2);
    await send("plain", ...Array.from({ length: 8 }, () => ({ body: bytes({ gate: gate.url }) })));
    await gate.arrived(8);
    expect(new Set(reports("plain").map(({ worker }) => worker))).toEqual(
      new Set(workers().map(({ pid }) => pid)),
    );
    gate.open();
    await recorder.until(() => settled("completed", "plain") === 8);
  });

  it("handles a session's messages in order, on one instance at a time", async () => {
    await start({}, 2);
    const sessions = ["lane-00", "lane-01", "lane-02", "lane-03", "lane-04"];
    const sent = sessions.flatMap((sessionId) =>
      Array.from({ length: 5 }, (_, n) => ({ sessionId, body: bytes({ n }) })),
    );
    await send("sessions", ...sent);
    await recorder.until(() => settled("completed", "sessions") === sent.length);
    for (const sessionId of sessions) {
      const own = reports("sessions").filter(({ metadata }) => metadata["sessionId"] === sessionId);
      expect(own.map(({ body }) => (body as { n: number }).n)).toEqual([0, 1, 2, 3, 4]);
      expect(new Set(own.map(({ worker }) => worker)).size).toBe(1);
    }
  });

  it("gives a session back after the idle time, and not under a running handler", async () => {
    await start();
    await send("sessions", { sessionId: "lane-00", body: bytes({ gate: gate.url }) });
    await gate.arrived(1);
    await untilTime(Date.now() + 1_500);
    expect(recorder.events).not.toContainEqual(
      expect.objectContaining({ type: "session", action: "released" }),
    );
    gate.open();
    await recorder.until(() =>
      recorder.events.some((event) => event.type === "session" && event.action === "released"),
    );
    expect(settled("completed", "sessions")).toBe(1);
  });

  it("a failed message comes again before the next of its session", async () => {
    await start();
    await send(
      "sessions",
      { sessionId: "lane-00", messageId: "a", body: bytes({ action: "exit" }) },
      { sessionId: "lane-00", messageId: "b", body: bytes({}) },
    );
    await recorder.until(() => settled("completed", "sessions") === 2);
    expect(reports("sessions").map(({ metadata }) => metadata["messageId"])).toEqual(["a", "a", "b"]);
  });
});

it("a connection string that is none is refused, naming its setting", async () => {
  await expect(start({ ServiceBus: "nonsense" })).rejects.toThrow('the connection string in "ServiceBus"');
});

describe("a stop", () => {
  it("lets what runs finish, and takes no more", async () => {
    const { close } = await start();
    await send("plain", ...Array.from({ length: 6 }, () => ({ body: bytes({ gate: gate.url }) })));
    await gate.arrived(4);
    const closing = close();
    gate.open();
    await closing;
    expect(settled("completed", "plain")).toBe(4);
    const left = await client.createReceiver("plain").peekMessages(10);
    expect(left.map(({ deliveryCount }) => deliveryCount)).toEqual([0, 0]);
  });

  it("gives sessions back", async () => {
    const { close } = await start();
    await send("sessions", { sessionId: "lane-00", body: bytes({}) });
    await recorder.until(() => settled("completed", "sessions") === 1);
    await close();
    await send("sessions", { sessionId: "lane-00", body: bytes({}) });
    const session = await client.acceptSession("sessions", "lane-00");
    expect(await session.receiveMessages(1)).toHaveLength(1);
  });
});

describe("a server that is away", () => {
  it("is told once, and received from again when it is back", async () => {
    const proxy = await startProxy(server.port);
    try {
      await start({ ServiceBus: server.connectionString.replace(String(server.port), String(proxy.port)) });
      await send("plain", { body: bytes("before") });
      await send("sessions", { sessionId: "lane-00", body: bytes("before") });
      await recorder.until(() => settled("completed", "plain") + settled("completed", "sessions") === 2);
      await proxy.cut();
      await recorder.until(() =>
        recorder.lines.some(({ message }) => message.includes("plain is unavailable")),
      );
      await proxy.restore();
      await send("plain", { body: bytes("back") });
      await send("sessions", { sessionId: "lane-01", body: bytes("back") });
      await recorder.until(() => settled("completed", "plain") + settled("completed", "sessions") === 4);
      const told = recorder.lines.filter(({ message }) => message.includes("entity plain is "));
      expect(told.map(({ level }) => level)).toEqual(["warning", "information"]);
    } finally {
      await proxy.close();
    }
  });
});

/** For time-outs of the real clock only: a lock that must not lapse, a session that must not be given back. */
const untilTime = (time: number): Promise<void> =>
  new Promise((resolve) => setTimeout(resolve, Math.max(time - Date.now(), 0)));

function running(): number {
  const of = (phase: string): number =>
    recorder.events.filter((event) => event.type === "invocation" && event.phase === phase).length;
  return of("started") - of("succeeded") - of("failed");
}
