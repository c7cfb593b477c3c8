import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { connect, startTestBed, type TestBed } from "./testing.ts";
import { configOf } from "./testing-config.ts";

const CONFIG = configOf({ lanes: { RequiresSession: true, LockDuration: "PT30S" }, plain: {} });
const BAD = { deadLetterReason: "bad", deadLetterErrorDescription: "very bad" };
const WAIT = { maxWaitTimeInMs: 5000 };

let bed: TestBed;
beforeEach(async () => {
  bed = await startTestBed(CONFIG);
});
afterEach(() => bed.close());

const send = (...messages: readonly (readonly [sessionId: string, body: unknown])[]) =>
  bed.client
    .createSender("lanes")
    .sendMessages(messages.map(([sessionId, body]) => ({ sessionId, body, messageId: String(body) })));

describe("accepting a session", () => {
  it("by its id gives its messages alone, in order", async () => {
    await send(["a", 1], ["b", 2], ["a", 3]);
    const receiver = await bed.client.acceptSession("lanes", "a");
    const messages = await receiver.receiveMessages(2, WAIT);
    expect(messages.map(({ body, sessionId }) => [body, sessionId])).toEqual([
      [1, "a"],
      [3, "a"],
    ]);
    expect(Math.abs(receiver.sessionLockedUntilUtc.getTime() - Date.now() - 30_000)).toBeLessThan(5000);
  });

  it("refuses one that another receiver holds, until it is closed", async () => {
    await send(["a", 1]);
    const holder = await bed.client.acceptSession("lanes", "a");
    await expect(bed.client.acceptSession("lanes", "a")).rejects.toMatchObject({
      code: "SessionCannotBeLocked",
    });
    await holder.close();
    const next = await bed.client.acceptSession("lanes", "a");
    expect(await next.receiveMessages(1, WAIT)).toHaveLength(1);
  });

  it("next gives one that nobody holds, and waits for it", async () => {
    await send(["a", 1]);
    const first = await bed.client.acceptNextSession("lanes");
    const waiting = bed.client.acceptNextSession("lanes");
    await send(["b", 2]);
    expect([first.sessionId, (await waiting).sessionId]).toEqual(["a", "b"]);
  });

  it("next fails with the time-out that the client asked for", async () => {
    const client = connect(bed.server, { timeoutInMs: 300 });
    await expect(client.acceptNextSession("lanes")).rejects.toMatchObject({ code: "ServiceTimeout" });
    await client.close();
    // The request is off the list: a session that comes now goes to the next who asks.
    await send(["a", 1]);
    expect((await bed.client.acceptNextSession("lanes")).sessionId).toBe("a");
  });

  it("is refused on a queue without sessions, as is a plain receiver on one with them", async () => {
    await expect(bed.client.acceptNextSession("plain")).rejects.toThrow(
      /does not require sessions|require sessions/,
    );
    await expect(bed.client.createReceiver("lanes").receiveMessages(1, WAIT)).rejects.toThrow(
      /requires sessions/,
    );
  });

  it("never takes a message without a session id", async () => {
    await expect(bed.client.createSender("lanes").sendMessages({ body: 1 })).rejects.toThrow(
      /SessionId was not set/,
    );
  });
});

describe("a session's lock", () => {
  it("that ran out fails a late complete and a late renewal, and gives the session to the next", async () => {
    await send(["a", 1]);
    const late = await bed.client.acceptSession("lanes", "a");
    const [message] = await late.receiveMessages(1, WAIT);
    bed.advance(31_000);
    const next = await bed.client.acceptSession("lanes", "a");
    await expect(late.renewSessionLock()).rejects.toMatchObject({ code: "SessionLockLost" });
    if (message !== undefined) {
      await expect(late.completeMessage(message)).rejects.toMatchObject({ code: "SessionLockLost" });
    }
    const [again] = await next.receiveMessages(1, WAIT);
    expect(again).toMatchObject({ body: 1, deliveryCount: 1 });
  });

  it("that is renewed holds", async () => {
    await send(["a", 1]);
    const receiver = await bed.client.acceptSession("lanes", "a");
    const [message] = await receiver.receiveMessages(1, WAIT);
    bed.advance(20_000);
    await receiver.renewSessionLock();
    bed.advance(20_000);
    if (message !== undefined) await receiver.completeMessage(message);
    expect(await receiver.peekMessages(1)).toEqual([]);
  });

  it("is released when the connection drops, without counting the delivery", async () => {
    await send(["a", 1], ["a", 2]);
    const other = connect(bed.server);
    const receiver = await other.acceptSession("lanes", "a");
    await receiver.receiveMessages(1, WAIT);
    await other.close();
    const next = await bed.client.acceptSession("lanes", "a");
    const messages = await next.receiveMessages(2, WAIT);
    expect(messages.map(({ body, deliveryCount }) => [body, deliveryCount])).toEqual([
      [1, 0],
      [2, 0],
    ]);
  });
});

describe("a session's messages", () => {
  it("keep their order when one is abandoned", async () => {
    await send(["a", 1], ["a", 2]);
    const receiver = await bed.client.acceptSession("lanes", "a");
    const [first] = await receiver.receiveMessages(1, WAIT);
    if (first !== undefined) await receiver.abandonMessage(first);
    const messages = await receiver.receiveMessages(2, WAIT);
    expect(messages.map(({ body }) => body)).toEqual([1, 2]);
  });

  it("can be deferred and received again by the session's holder", async () => {
    await send(["a", 1]);
    const receiver = await bed.client.acceptSession("lanes", "a");
    const [message] = await receiver.receiveMessages(1, WAIT);
    if (message !== undefined) await receiver.deferMessage(message);
    const [deferred] = await receiver.receiveDeferredMessages(message?.sequenceNumber ?? []);
    expect(deferred?.body).toBe(1);
    if (deferred !== undefined) await receiver.completeMessage(deferred);
    expect(await receiver.peekMessages(1)).toEqual([]);
  });

  it("become dead letters of the queue, outside sessions", async () => {
    await send(["a", 1]);
    const receiver = await bed.client.acceptSession("lanes", "a");
    const [message] = await receiver.receiveMessages(1, WAIT);
    if (message !== undefined) await receiver.deadLetterMessage(message, BAD);
    const [dead] = await bed.client
      .createReceiver("lanes", { subQueueType: "deadLetter" })
      .receiveMessages(1, WAIT);
    expect(dead).toMatchObject({ body: 1, sessionId: "a", deadLetterReason: "bad" });
  });
});

describe("a session's state", () => {
  it("is kept for the next holder, and goes with null", async () => {
    const first = await bed.client.acceptSession("lanes", "a");
    expect(await first.getSessionState()).toBeNull();
    await first.setSessionState({ step: 1 });
    await first.close();
    const second = await bed.client.acceptSession("lanes", "a");
    expect(await second.getSessionState()).toEqual({ step: 1 });
    await second.setSessionState(null);
    expect(await second.getSessionState()).toBeNull();
  });
});
