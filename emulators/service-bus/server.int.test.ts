import { createServer } from "node:net";
import { ServiceBusClient } from "@azure/service-bus";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { ConfigError, startServiceBus } from "./index.ts";
import { connect, startTestBed, type TestBed } from "./testing.ts";
import { configOf } from "./testing-config.ts";

const CONFIG = configOf({ plain: {}, lanes: { RequiresSession: true } });
const WAIT = { maxWaitTimeInMs: 5000 };

let bed: TestBed;
beforeEach(async () => {
  bed = await startTestBed(CONFIG);
});
afterEach(() => bed.close());

describe("who may connect", () => {
  const withKey = (change: (text: string) => string): ServiceBusClient =>
    new ServiceBusClient(change(bed.server.connectionString), { retryOptions: { maxRetries: 0 } });

  it.each([
    ["a wrong key", (text: string) => text.replace("SAS_KEY_VALUE", "WRONG")],
    ["a wrong key name", (text: string) => text.replace("RootManageSharedAccessKey", "Other")],
  ])("not one with %s, for sending, receiving or looking", async (_, change) => {
    const client = withKey(change);
    const refused = { code: "UnauthorizedAccess" };
    await expect(client.createSender("plain").sendMessages({ body: 1 })).rejects.toMatchObject(refused);
    await expect(client.createReceiver("plain").receiveMessages(1, WAIT)).rejects.toMatchObject(refused);
    await expect(client.createReceiver("plain").peekMessages(1)).rejects.toMatchObject(refused);
    await client.close();
    expect(await bed.client.createReceiver("plain").peekMessages(1)).toEqual([]);
  });

  it("one with a signature, but not after its expiry", async () => {
    const sender = bed.client.createSender("plain");
    await sender.sendMessages({ body: 1, messageId: "1" });
    // The SDK's tokens live for an hour.
    bed.advance(2 * 3_600_000);
    const fresh = connect(bed.server);
    await expect(fresh.createSender("plain").sendMessages({ body: 2 })).rejects.toMatchObject({
      code: "UnauthorizedAccess",
    });
    await fresh.close();
  });
});

describe("an unknown entity", () => {
  it("is refused by name", async () => {
    const notFound = { code: "MessagingEntityNotFound" };
    await expect(bed.client.createSender("nowhere").sendMessages({ body: 1 })).rejects.toMatchObject(
      notFound,
    );
    await expect(bed.client.createReceiver("nowhere").receiveMessages(1, WAIT)).rejects.toMatchObject(
      notFound,
    );
    await expect(bed.client.createReceiver("nowhere").peekMessages(1)).rejects.toMatchObject(notFound);
  });
});

describe("the administration port", () => {
  it("answers GET /health, and nothing else", async () => {
    const base = `http://127.0.0.1:${bed.server.adminPort}`;
    const response = await fetch(`${base}/health`);
    expect([response.status, await response.json()]).toEqual([
      200,
      { status: "healthy", message: "Service is healthy." },
    ]);
    expect((await fetch(`${base}/plain`)).status).toBe(404);
  });
});

describe("starting", () => {
  it("fails with EADDRINUSE for a port that is taken, and leaves nothing open", async () => {
    const taken = createServer().listen(0, "127.0.0.1");
    await new Promise((resolve) => taken.once("listening", resolve));
    const address = taken.address();
    const port = typeof address === "object" && address !== null ? address.port : 0;
    await expect(startServiceBus({ config: CONFIG, port })).rejects.toMatchObject({ code: "EADDRINUSE" });
    await expect(startServiceBus({ config: CONFIG, adminPort: port })).rejects.toMatchObject({
      code: "EADDRINUSE",
    });
    await new Promise((resolve) => taken.close(resolve));
  });

  it("fails with the path of a bad value", async () => {
    const config = configOf({ plain: { LockDuration: "1 minute" } });
    await expect(startServiceBus({ config })).rejects.toThrow(ConfigError);
    await expect(startServiceBus({ config })).rejects.toThrow(
      /Namespaces\[0\]\.Queues\[0\]\.Properties\.LockDuration/,
    );
  });
});

describe("stopping", () => {
  it("ends while clients receive and hold a session, tells them, and frees the port", async () => {
    const { port } = bed.server;
    await bed.client.createSender("plain").sendMessages({ body: 1, messageId: "1" });
    await bed.client.acceptSession("lanes", "a");
    const told = await new Promise((resolve) => {
      bed.client.createReceiver("plain").subscribe({
        processMessage: async () => void bed.server.close(),
        processError: async ({ error }) => resolve(error),
      });
    });
    expect(told).toMatchObject({ message: expect.stringContaining("The server is stopping") });
    await bed.client.close();
    await bed.server.close();
    const again = await startServiceBus({ config: CONFIG, port });
    await again.close();
  });
});
