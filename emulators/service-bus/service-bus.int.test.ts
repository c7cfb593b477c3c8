import { ServiceBusClient } from "@azure/service-bus";
import { afterEach, expect, it } from "vitest";
import { type ServiceBus, startServiceBus } from "./index.ts";

const CONFIG = {
  UserConfig: {
    Namespaces: [
      {
        Name: "sbemulatorns",
        Queues: [{ Name: "plain" }, { Name: "lanes", Properties: { RequiresSession: true } }],
        Topics: [],
      },
    ],
  },
};

let server: ServiceBus;
let client: ServiceBusClient;
afterEach(async () => {
  await client.close();
  await server.close();
});

it("sends, receives, completes and abandons", async () => {
  server = await startServiceBus({ config: CONFIG });
  client = new ServiceBusClient(server.connectionString);
  await client
    .createSender("plain")
    .sendMessages({ body: { a: 1 }, messageId: "m1", subject: "s", applicationProperties: { x: 1 } });
  const receiver = client.createReceiver("plain");
  const [first] = await receiver.receiveMessages(1, { maxWaitTimeInMs: 2000 });
  expect(first?.body).toEqual({ a: 1 });
  expect(first?.deliveryCount).toBe(0);
  if (first) await receiver.abandonMessage(first, { y: "z" });
  const [second] = await receiver.receiveMessages(1, { maxWaitTimeInMs: 2000 });
  expect(second?.deliveryCount).toBe(1);
  expect(second?.applicationProperties).toEqual({ x: 1, y: "z" });
  if (second) await receiver.completeMessage(second);
  expect(await receiver.receiveMessages(1, { maxWaitTimeInMs: 100 })).toEqual([]);
});

it("sessions", async () => {
  server = await startServiceBus({ config: CONFIG });
  client = new ServiceBusClient(server.connectionString);
  const sender = client.createSender("lanes");
  await sender.sendMessages([1, 2, 3].map((n) => ({ body: n, sessionId: "one" })));
  const receiver = await client.acceptNextSession("lanes");
  expect(receiver.sessionId).toBe("one");
  const got = await receiver.receiveMessages(3, { maxWaitTimeInMs: 2000 });
  for (const m of got) await receiver.completeMessage(m);
  expect(got.map((m) => m.body)).toEqual([1, 2, 3]);
  await receiver.setSessionState("hi");
  expect(await receiver.getSessionState()).toEqual("hi");
  await receiver.renewSessionLock();
  await receiver.close();
});
