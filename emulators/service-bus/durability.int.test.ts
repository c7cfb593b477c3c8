import { type ChildProcess, fork } from "node:child_process";
import { mkdtemp, readdir, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { ServiceBusClient } from "@azure/service-bus";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { startTestBed } from "./testing.ts";
import { configOf } from "./testing-config.ts";

const CONFIG = configOf(
  { plain: { LockDuration: "PT5S" }, lanes: { RequiresSession: true, LockDuration: "PT5S" } },
  { events: { one: {}, two: {} } },
);
const WAIT = { maxWaitTimeInMs: 5000 };

interface Running {
  readonly client: ServiceBusClient;
  kill(): Promise<void>;
}

let folder: string;
let running: Running;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "service-bus-"));
  await writeFile(join(folder, "config.json"), JSON.stringify(CONFIG));
  running = await start();
});
afterEach(async () => {
  await running.kill();
  await rm(folder, { recursive: true, maxRetries: 5 });
});

/** The server as a process of its own, on a free port. */
async function start(): Promise<Running> {
  const main = fileURLToPath(new URL("./main.ts", import.meta.url));
  const args = [
    "--config",
    join(folder, "config.json"),
    "--data",
    folder,
    "--port",
    "0",
    "--admin-port",
    "0",
  ];
  const child: ChildProcess = fork(main, args);
  const connectionString = await new Promise<string>((resolve, reject) => {
    child.on("message", (message: { type: string; connectionString?: string }) => {
      if (message.type === "ready" && message.connectionString !== undefined)
        resolve(message.connectionString);
      if (message.type === "failed") reject(new Error(JSON.stringify(message)));
    });
    child.once("exit", () => reject(new Error("the server ended")));
  });
  const client = new ServiceBusClient(connectionString, { retryOptions: { maxRetries: 0 } });
  return {
    client,
    async kill() {
      const gone = new Promise((resolve) => child.once("exit", resolve));
      if (child.exitCode === null && child.signalCode === null) {
        child.kill("SIGKILL");
        await gone;
      }
      await client.close();
    },
  };
}

async function killAndRestart(): Promise<void> {
  await running.kill();
  running = await start();
}

const bodies = async (queue: string): Promise<unknown[]> =>
  (await running.client.createReceiver(queue).peekMessages(1000)).map(({ body }) => body);

describe("after kill -9 and a restart", () => {
  it("belongs to one server at a time", async () => {
    await expect(start()).rejects.toThrow(/service-bus\.sqlite.*another server has it open/);
  });

  it("is not begun anew when the file is damaged", async () => {
    await running.kill();
    await rm(join(folder, "service-bus.sqlite-wal"), { force: true });
    await writeFile(join(folder, "service-bus.sqlite"), "no database ".repeat(1000));
    await expect(start()).rejects.toThrow(/service-bus\.sqlite.*delete it to begin with no messages/);
  });

  it("a message whose send was accepted is there, and a completed one is not", async () => {
    const sender = running.client.createSender("plain");
    const receiver = running.client.createReceiver("plain");
    const accepted = new Set<number>();
    const tried = new Set<number>();
    const completed = new Set<number>();
    receiver.subscribe(
      {
        processMessage: async (message) => {
          if (message.body % 2 === 0) return;
          tried.add(message.body);
          await receiver.completeMessage(message);
          completed.add(message.body);
        },
        processError: async () => {},
      },
      { maxConcurrentCalls: 20, autoCompleteMessages: false },
    );
    let killed: Promise<void> | undefined;
    const senders = Array.from({ length: 20 }, async (_, lane) => {
      for (let n = lane; killed === undefined; n += 20) {
        await sender.sendMessages({ body: n, messageId: String(n) });
        accepted.add(n);
        if (accepted.size === 300) killed = killAndRestart();
      }
    });
    // The sends under way when the server is killed have no answer: they may be there or not.
    void Promise.allSettled(senders);
    await expect.poll(() => killed !== undefined, { timeout: 20_000 }).toBe(true);
    await killed;
    const kept = await bodies("plain");
    expect(kept.filter((body) => completed.has(Number(body)))).toEqual([]);
    expect([...accepted].filter((n) => !kept.includes(n) && !tried.has(n))).toEqual([]);
    expect(completed.size).toBeGreaterThan(0);
    expect(new Set(kept).size).toBe(kept.length);
  });

  it("delivery counts, locks taken, changed properties and session state are kept", async () => {
    await running.client.createSender("plain").sendMessages({ body: 1, messageId: "1" });
    await running.client.createSender("lanes").sendMessages({ body: 2, messageId: "2", sessionId: "a" });
    const receiver = running.client.createReceiver("plain");
    const [message] = await receiver.receiveMessages(1, WAIT);
    if (message !== undefined) await receiver.abandonMessage(message, { attempt: "first" });
    await receiver.receiveMessages(1, WAIT);
    const session = await running.client.acceptSession("lanes", "a");
    await session.setSessionState({ step: 1 });
    await killAndRestart();
    const [again] = await running.client.createReceiver("plain").receiveMessages(1, WAIT);
    expect(again).toMatchObject({ body: 1, deliveryCount: 2, applicationProperties: { attempt: "first" } });
    const accepted = await running.client.acceptSession("lanes", "a");
    expect(await accepted.getSessionState()).toEqual({ step: 1 });
    expect(await accepted.receiveMessages(1, WAIT)).toMatchObject([{ body: 2 }]);
  });

  it("each subscription has its copy, dead letters their reason, and sequence numbers go on", async () => {
    await running.client.createSender("events").sendMessages({ body: 1, messageId: "1" });
    const receiver = running.client.createReceiver("events", "one");
    const [message] = await receiver.receiveMessages(1, WAIT);
    const reason = { deadLetterReason: "bad", deadLetterErrorDescription: "very" };
    if (message !== undefined) await receiver.deadLetterMessage(message, reason);
    await killAndRestart();
    await running.client.createSender("events").sendMessages({ body: 2, messageId: "2" });
    const { client } = running;
    const [dead] = await client
      .createReceiver("events", "one", { subQueueType: "deadLetter" })
      .peekMessages(2);
    expect(dead).toMatchObject({ body: 1, deadLetterReason: "bad" });
    const [second] = await client.createReceiver("events", "one").peekMessages(2);
    expect(second?.sequenceNumber?.toNumber()).toBe(2);
    expect((await client.createReceiver("events", "two").peekMessages(2)).map(({ body }) => body)).toEqual([
      1, 2,
    ]);
  });
});

describe("the data folder", () => {
  it("does not grow while messages come and go", async () => {
    const data = join(folder, "own");
    const bed = await startTestBed(CONFIG, { dataFolder: data });
    const sender = bed.client.createSender("plain");
    const receiver = bed.client.createReceiver("plain", { receiveMode: "receiveAndDelete" });
    const pass = async (): Promise<number> => {
      for (let round = 0; round < 20; round += 1) {
        await sender.sendMessages(
          Array.from({ length: 20 }, (_, n) => ({ body: "x".repeat(10_000), messageId: String(n) })),
        );
        await receiver.receiveMessages(20, WAIT);
      }
      const files = await readdir(data);
      return (await Promise.all(files.map((file) => stat(join(data, file))))).reduce(
        (sum, { size }) => sum + size,
        0,
      );
    };
    const first = await pass();
    await pass();
    expect(await pass()).toBeLessThan(2 * first);
    await bed.close();
  });
});
