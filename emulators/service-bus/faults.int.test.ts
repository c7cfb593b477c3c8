import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { createConnection } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { ServiceBusClient, type ServiceBusMessage, type ServiceBusReceiver } from "@azure/service-bus";
import rhea, { type EventContext } from "rhea";
import { afterEach, beforeEach, describe, expect, it, onTestFinished } from "vitest";
import { during, type FromServer, plan, type RuleInput, type ToServer } from "../faults/index.ts";
import { connect, startTestBed, type TestBed } from "./testing.ts";
import { configOf } from "./testing-config.ts";

const CONFIG = configOf({
  orders: { DefaultMessageTimeToLive: "P1D" },
  events: { DefaultMessageTimeToLive: "P1D" },
  brief: { DefaultMessageTimeToLive: "PT1H", DeadLetteringOnMessageExpiration: true },
  lanes: { RequiresSession: true },
});
const WAIT = { maxWaitTimeInMs: 5000 };
const NONE = { maxWaitTimeInMs: 50 };
/** The SDK notices a lost answer by its time-out alone, which on a busy machine may also strike the next try. */
const RETRYING = { maxRetries: 10, timeoutInMs: 1_500, retryDelayInMs: 10 };

let bed: TestBed;
let told: FromServer[];
/** Says something to the server as its parent would. */
let say: (message: ToServer) => void;

beforeEach(async () => {
  told = [];
  bed = await startTestBed(CONFIG, {
    faults: {
      tell: (message) => void told.push(message),
      onMessage(handle) {
        say = handle;
      },
    },
  });
});
afterEach(() => bed.close());

const strike = (...rules: readonly RuleInput[]) => bed.server.faults.setPlan(plan(1, ...rules));
const fired = () => told.flatMap((message) => (message.tell === "fired" ? [message.firing] : []));
const send = (client: ServiceBusClient, queue: string, ...messages: Partial<ServiceBusMessage>[]) =>
  client.createSender(queue).sendMessages(messages.map((message) => ({ body: 0, ...message })));
/** By a client of its own: the SDK's next look would go on behind the last. */
async function peeked(queue: string) {
  const client = connect(bed.server);
  const messages = await client.createReceiver(queue).peekMessages(10);
  await client.close();
  return messages.map(({ messageId }) => messageId);
}

function retrying(): ServiceBusClient {
  const client = connect(bed.server, RETRYING);
  onTestFinished(() => client.close());
  return client;
}

async function one(receiver: ServiceBusReceiver) {
  const [message] = await receiver.receiveMessages(1, WAIT);
  if (message === undefined) throw new Error("no message came");
  return message;
}

describe("a refusal", () => {
  it.each([
    ["ServerBusy", "ServiceBusy"],
    ["EntityDisabled", "MessagingEntityDisabled"],
    ["MessageSizeExceeded", "MessageSizeExceeded"],
    ["QuotaExceeded", "QuotaExceeded"],
    ["MessageLockLost", "MessageLockLost"],
    ["SessionLockLost", "SessionLockLost"],
    ["Timeout", "ServiceTimeout"],
    ["NotFound", "MessagingEntityNotFound"],
    ["Unauthorized", "UnauthorizedAccess"],
    ["InternalError", "GeneralError"],
  ] as const)("%s is the SDK's %s, and nothing is applied", async (error, code) => {
    strike(during("serviceBus", "send").of("orders").refuse(error));
    await expect(send(bed.client, "orders", { messageId: "m" })).rejects.toMatchObject({ code });
    expect(await peeked("orders")).toEqual([]);
  });

  it("ServerBusy is tried again by the SDK, EntityDisabled is not", async () => {
    const client = retrying();
    strike(during("serviceBus", "send").times(2).refuse("ServerBusy"));
    await send(client, "orders", { messageId: "m" });
    expect(await peeked("orders")).toEqual(["m"]);
    strike(during("serviceBus", "send").times(2).refuse("EntityDisabled"));
    await expect(send(client, "orders", {})).rejects.toMatchObject({ code: "MessagingEntityDisabled" });
    expect(fired().map(({ kind }) => kind)).toEqual(["refuse", "refuse", "refuse"]);
  });

  it("comes to each operation", async () => {
    const { client } = bed;
    await send(client, "orders", ...Array.from({ length: 5 }, (_, n) => ({ messageId: `${n}` })));
    await send(client, "lanes", { messageId: "s", sessionId: "a" });
    const receiver = client.createReceiver("orders");
    const cases = {
      attach: () => client.createReceiver("events").receiveMessages(1, NONE),
      complete: () => one(receiver).then((message) => receiver.completeMessage(message)),
      abandon: () => one(receiver).then((message) => receiver.abandonMessage(message)),
      defer: () => one(receiver).then((message) => receiver.deferMessage(message)),
      deadLetter: () => one(receiver).then((message) => receiver.deadLetterMessage(message)),
      renewLock: () => one(receiver).then((message) => receiver.renewMessageLock(message)),
      manage: () => receiver.peekMessages(1),
    };
    for (const [operation, run] of Object.entries(cases)) {
      strike(during("serviceBus", operation as keyof typeof cases).refuse("EntityDisabled"));
      await expect(run(), operation).rejects.toMatchObject({ code: "MessagingEntityDisabled" });
    }
    strike(during("serviceBus", "acceptSession").refuse("EntityDisabled"));
    // The SDK's word for any refusal.
    await expect(client.acceptSession("lanes", "a")).rejects.toMatchObject({ code: "SessionCannotBeLocked" });
    expect(await peeked("orders")).toHaveLength(5);
    expect(fired().map(({ point }) => point.operation)).toEqual([...Object.keys(cases), "acceptSession"]);
  });

  it("comes to a connection as its close", async () => {
    strike(during("serviceBus", "connect").refuse("ServerBusy"));
    const client = rhea.create_container().connect({ port: bed.server.port, reconnect: false });
    const closed = once(client, "connection_error");
    const [{ connection }] = (await closed) as [EventContext];
    expect(connection.error).toMatchObject({ condition: "com.microsoft:server-busy" });
    connection.close();
  });
});

describe("a lost request", () => {
  it("leaves nothing behind: the client's second try is the first that counts", async () => {
    strike(during("serviceBus", "send").loseRequest());
    const sending = send(retrying(), "orders", { messageId: "m" });
    await expect.poll(fired).toHaveLength(1);
    expect(await peeked("orders")).toEqual([]);
    await sending;
    expect(await peeked("orders")).toContain("m");
  });
});

describe("a lost answer", () => {
  it("of a send makes the client send twice", async () => {
    strike(during("serviceBus", "send").loseAnswer());
    const sending = send(retrying(), "orders", { messageId: "m" });
    await expect.poll(() => peeked("orders")).toEqual(["m"]);
    await sending;
    expect((await peeked("orders")).slice(0, 2)).toEqual(["m", "m"]);
  });

  it("of a completion leaves the client in doubt about a message that is gone", async () => {
    await send(bed.client, "orders", { messageId: "m" });
    const receiver = retrying().createReceiver("orders");
    const message = await one(receiver);
    strike(during("serviceBus", "complete").loseAnswer());
    await expect(receiver.completeMessage(message)).rejects.toThrow();
    expect(await peeked("orders")).toEqual([]);
  });
});

describe("an operation that is applied twice", () => {
  it("makes two messages of a send", async () => {
    strike(during("serviceBus", "send").applyTwice());
    await send(bed.client, "orders", { messageId: "m" });
    expect(await peeked("orders")).toEqual(["m", "m"]);
  });

  it("brings a delivery twice under one lock, of which one completion counts", async () => {
    strike(during("serviceBus", "deliver").applyTwice());
    await send(bed.client, "orders", { messageId: "m" });
    const receiver = bed.client.createReceiver("orders");
    const messages = [await one(receiver), await one(receiver)];
    expect(messages).toMatchObject([
      { messageId: "m", deliveryCount: 0 },
      { messageId: "m", deliveryCount: 0 },
    ]);
    const settled = await Promise.allSettled(messages.map((message) => receiver.completeMessage(message)));
    expect(settled).toMatchObject([
      { status: "fulfilled" },
      { status: "rejected", reason: { code: "MessageLockLost" } },
    ]);
  });
});

describe("time", () => {
  it("passes before a delayed operation", async () => {
    strike(during("serviceBus", "send").delay(100));
    const began = Date.now();
    await send(bed.client, "orders", { messageId: "m" });
    expect(Date.now() - began).toBeGreaterThanOrEqual(99);
  });

  it("does not bring a held message before another one is completed", async () => {
    await send(bed.client, "orders", { messageId: "first" });
    const receiver = bed.client.createReceiver("orders");
    const message = await one(receiver);
    strike(
      during("serviceBus", "send").of("events").holdUntil(during("serviceBus", "complete").of("orders")),
    );
    const held = send(bed.client, "events", { messageId: "second" });
    await expect.poll(fired).toHaveLength(1);
    expect(await peeked("events")).toEqual([]);
    await receiver.completeMessage(message);
    await held;
    expect(await peeked("events")).toEqual(["second"]);
  });

  it("puts a message behind the next one", async () => {
    strike(during("serviceBus", "send").carrying("first").letTheNextPass());
    const first = send(bed.client, "orders", { messageId: "1", subject: "first" });
    await expect.poll(fired).toHaveLength(1);
    await send(bed.client, "orders", { messageId: "2" });
    await first;
    expect(await peeked("orders")).toEqual(["2", "1"]);
  });

  it("passes before a delivery", async () => {
    strike(during("serviceBus", "deliver").delay(300));
    await send(bed.client, "orders", { messageId: "m" });
    const receiver = bed.client.createReceiver("orders");
    expect(await receiver.receiveMessages(5, { maxWaitTimeInMs: 2000 })).toMatchObject([{ messageId: "m" }]);
  });
});

describe("a lost lock", () => {
  it("brings the message to a second receiver, and the first's completion fails", async () => {
    await send(bed.client, "orders", { messageId: "m" });
    strike(during("serviceBus", "deliver").loseLock());
    const [first, second] = [bed.client.createReceiver("orders"), bed.client.createReceiver("orders")];
    const message = await one(first);
    const again = await one(second);
    expect([message, again]).toMatchObject([{ deliveryCount: 0 }, { messageId: "m", deliveryCount: 1 }]);
    await expect(first.completeMessage(message)).rejects.toMatchObject({ code: "MessageLockLost" });
    await second.completeMessage(again);
    expect(bed.events.map(({ type }) => type)).toContain("lockExpired");
  });

  it("is noticed by who settles or renews just then", async () => {
    await send(bed.client, "orders", { messageId: "m" });
    const receiver = bed.client.createReceiver("orders");
    strike(during("serviceBus", "complete", "renewLock").times(2).loseLock());
    const lost = { code: "MessageLockLost" };
    await expect(receiver.completeMessage(await one(receiver))).rejects.toMatchObject(lost);
    await expect(receiver.renewMessageLock(await one(receiver))).rejects.toMatchObject(lost);
  });

  it("is that of the session, which another receiver then gets", async () => {
    await send(bed.client, "lanes", { messageId: "m", sessionId: "a" });
    const first = await bed.client.acceptSession("lanes", "a");
    const message = await one(first);
    strike(during("serviceBus", "complete").about("a").loseLock());
    await expect(first.completeMessage(message)).rejects.toMatchObject({ code: "SessionLockLost" });
    const second = await bed.client.acceptNextSession("lanes");
    expect(await one(second)).toMatchObject({ messageId: "m", deliveryCount: 1 });
  });

  it("can be that of a session that is just being accepted", async () => {
    await send(bed.client, "lanes", { messageId: "m", sessionId: "a" });
    strike(during("serviceBus", "acceptSession").loseLock());
    await expect(bed.client.acceptSession("lanes", "a")).rejects.toMatchObject({
      code: "SessionCannotBeLocked",
    });
    expect(bed.events.map(({ type }) => type)).toContain("sessionLockExpired");
    expect(await one(await bed.client.acceptSession("lanes", "a"))).toMatchObject({ messageId: "m" });
  });
});

describe("a cut", () => {
  it("of all connections ends them, and clients come back by themselves", async () => {
    const other = retrying();
    await send(other, "orders", { messageId: "1" });
    await send(bed.client, "orders", { messageId: "2" });
    expect(bed.server.connections).toBe(2);
    strike(during("serviceBus", "send").cutAllConnections());
    await send(other, "orders", { messageId: "3" });
    expect(await peeked("orders")).toEqual(expect.arrayContaining(["1", "2", "3"]));
  });

  it("takes a connection that is just being made", async () => {
    strike(during("serviceBus", "connect").loseRequest());
    const socket = createConnection(bed.server.port, "127.0.0.1");
    await once(socket, "close");
    await send(retrying(), "orders", { messageId: "m" });
  });
});

describe("the clock, three hours ahead,", () => {
  const AHEAD = 3 * 3_600_000;

  it.each([
    ["by a rule", () => strike(during("serviceBus", "manage").moveClock(AHEAD))],
    ["by the parent", () => say({ type: "faults", tell: "clock", id: 1, ahead: AHEAD })],
  ])("%s, ends locks and times to live at once, and connections go on", async (_, move) => {
    await send(bed.client, "orders", { messageId: "locked" });
    await send(bed.client, "brief", { messageId: "expiring" });
    await bed.client
      .createSender("events")
      .scheduleMessages({ body: 0, messageId: "later" }, new Date(Date.now() + 2 * 3_600_000));
    const receiver = bed.client.createReceiver("orders");
    const message = await one(receiver);
    move();
    expect(await peeked("brief")).toEqual([]);
    expect(await one(bed.client.createReceiver("brief", { subQueueType: "deadLetter" }))).toMatchObject({
      messageId: "expiring",
      deadLetterReason: "TTLExpiredException",
    });
    expect(await one(bed.client.createReceiver("events"))).toMatchObject({ messageId: "later" });
    await expect(receiver.completeMessage(message)).rejects.toMatchObject({ code: "MessageLockLost" });
    await receiver.completeMessage(await one(receiver));
  });

  it.each([
    ["due now", 2 * 3_600_000],
    ["due sooner than it was", AHEAD + 1_000],
  ])("wakes the server up for what is %s", async (_, later) => {
    const waiting = bed.client.createReceiver("orders").receiveMessages(1, { maxWaitTimeInMs: 30_000 });
    await bed.client
      .createSender("orders")
      .scheduleMessages({ body: 0, messageId: "later" }, new Date(Date.now() + later));
    say({ type: "faults", tell: "clock", id: 1, ahead: AHEAD });
    // Before the receiver's next word, which would wake it up, too.
    const types = () => bed.events.map(({ type }) => type);
    await expect.poll(types, { timeout: 20_000 }).toContain("delivered");
    expect(await waiting).toMatchObject([{ messageId: "later" }]);
  });
});

describe("a rule", () => {
  it("matches by the subject, properties, session and logical id, of any message of a batch", async () => {
    const about = { logicalId: "l", filling: "Meat" };
    strike(
      during("serviceBus", "send").carrying("AddItem").with({ filling: "Meat" }).about("a").delay(0),
      during("serviceBus", "deliver").carrying("AddItem").delay(0),
    );
    await send(
      bed.client,
      "lanes",
      { messageId: "1", sessionId: "a", subject: "Pay", applicationProperties: about },
      { messageId: "2", sessionId: "a", subject: "AddItem", applicationProperties: about },
    );
    await (await bed.client.acceptSession("lanes", "a")).receiveMessages(2, WAIT);
    const point = { entity: "lanes", messageType: "AddItem", messageId: "2", logicalId: "l", aggregate: "a" };
    await expect
      .poll(fired)
      .toMatchObject([
        { point: { operation: "send", ...point } },
        { point: { operation: "deliver", ...point, delivery: 1 } },
      ]);
  });
});

describe("what another process must do", () => {
  it("is asked of the parent, and afterwards the client has no answer", async () => {
    strike(during("serviceBus", "send").killWorker("after"));
    const sending = send(retrying(), "orders", { messageId: "m" });
    await expect.poll(() => told.at(-1)).toMatchObject({ tell: "asked", request: { do: "killWorker" } });
    say({ type: "faults", tell: "answer", id: 1 });
    await sending;
    expect((await peeked("orders")).slice(0, 2)).toEqual(["m", "m"]);
  });

  it("is done by the server itself if it has no parent: it ends as by kill -9", async () => {
    const folder = await mkdtemp(join(tmpdir(), "pierogi-service-bus-"));
    onTestFinished(() => rm(folder, { recursive: true, force: true, maxRetries: 10 }));
    const [config, faults] = [join(folder, "config.json"), join(folder, "faults.json")];
    await writeFile(config, JSON.stringify(CONFIG));
    await writeFile(faults, JSON.stringify(plan(1, during("serviceBus", "send").killServer("after"))));
    const args = ["--config", config, "--faults", faults, "--data", folder];
    const server = spawn(
      process.execPath,
      [join(import.meta.dirname, "main.ts"), ...args, "--port", "0", "--admin-port", "0"],
      { stdio: ["ignore", "pipe", "inherit"] },
    );
    onTestFinished(() => void server.kill("SIGKILL"));
    const [line] = (await once(createInterface({ input: server.stdout }), "line")) as [string];
    const { connectionString } = JSON.parse(line.replace("ready ", "")) as { connectionString: string };
    const client = new ServiceBusClient(connectionString, {
      retryOptions: { maxRetries: 0, timeoutInMs: 1_500 },
    });
    const ended = once(server, "exit");
    await expect(send(client, "orders", { messageId: "m" })).rejects.toThrow();
    expect(await ended).toEqual([null, "SIGKILL"]);
    await client.close();
  });
});

describe("a stop", () => {
  it("does not wait for what is held, or for the parent", async () => {
    await send(bed.client, "orders", {});
    const never = during("cosmos", "batch");
    strike(
      during("serviceBus", "send").holdUntil(never),
      during("serviceBus", "attach").of("events").holdUntil(never),
      during("serviceBus", "connect").holdUntil(never),
      during("serviceBus", "connect").killWorker("before"),
    );
    // The SDK waits for its own time-out.
    const held = [send(bed.client, "orders", {}), send(bed.client, "events", {})];
    for (const each of held) each.catch(() => {});
    const closed = [1, 2].map(() => once(createConnection(bed.server.port, "127.0.0.1"), "close"));
    await expect.poll(fired).toHaveLength(4);
    await bed.server.close();
    await Promise.all(closed);
  });
});
