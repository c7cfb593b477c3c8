import { connect as connectSocket, createServer, type Socket } from "node:net";
import { ServiceBusClient } from "@azure/service-bus";
import { afterAll, beforeAll, expect, it, vi } from "vitest";
import { startTestBed, type TestBed } from "./testing.ts";
import { configOf } from "./testing-config.ts";

const FRAMES = 5000;
const SEED = Number(process.env["FUZZ_SEED"] ?? 20_261_124);
const WAIT = { maxWaitTimeInMs: 5000 };

let bed: TestBed;
let recorded: readonly Buffer[];
beforeAll(async () => {
  bed = await startTestBed(configOf({ plain: {}, healthy: {}, lanes: { RequiresSession: true } }));
  recorded = await record();
});
afterAll(() => bed.close());

/** A small, seeded generator (mulberry32): the same frames each time. */
function randomOf(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32) * below);
  };
}

/** What the SDK really sends for sending, receiving, settling, sessions and management, cut into frames. */
async function record(): Promise<readonly Buffer[]> {
  const chunks: Buffer[] = [];
  const proxy = createServer((socket) => {
    const upstream = connectSocket(bed.server.port, "127.0.0.1");
    socket.on("data", (chunk) => void chunks.push(chunk));
    socket.pipe(upstream).pipe(socket);
    for (const end of [socket, upstream]) end.on("error", () => {});
  }).listen(0, "127.0.0.1");
  await new Promise((resolve) => proxy.once("listening", resolve));
  const address = proxy.address();
  const port = typeof address === "object" && address !== null ? address.port : 0;
  const client = new ServiceBusClient(bed.server.connectionString.replace(/:\d+;/, `:${port};`));
  await client.createSender("plain").sendMessages([1, 2].map((body) => ({ body, messageId: String(body) })));
  await client.createSender("lanes").sendMessages({ body: 1, messageId: "1", sessionId: "a" });
  const receiver = client.createReceiver("plain");
  const [first, second] = await receiver.receiveMessages(2, WAIT);
  if (first !== undefined) await receiver.abandonMessage(first, { a: 1 });
  if (second !== undefined) await receiver.completeMessage(second);
  await receiver.peekMessages(2);
  const session = await client.acceptSession("lanes", "a");
  await session.setSessionState("s");
  await session.renewSessionLock();
  await client.close();
  await new Promise((resolve) => proxy.close(resolve));
  return cut(Buffer.concat(chunks));
}

function cut(stream: Buffer): readonly Buffer[] {
  const frames: Buffer[] = [];
  for (let offset = 0; offset < stream.length; ) {
    const header = stream.toString("latin1", offset, offset + 4) === "AMQP";
    const end = offset + (header ? 8 : stream.readUInt32BE(offset));
    frames.push(stream.subarray(offset, end));
    offset = end;
  }
  return frames;
}

type Mutation = (frame: Buffer, random: (below: number) => number) => Buffer;

const frameOf = (body: Buffer): Buffer => {
  const head = Buffer.from([0, 0, 0, 0, 2, 0, 0, 0]);
  head.writeUInt32BE(8 + body.length);
  return Buffer.concat([head, body]);
};

const MUTATIONS: readonly Mutation[] = [
  function flipBits(frame, random) {
    const copy = Buffer.from(frame);
    for (let flips = 1 + random(4); flips > 0; flips -= 1) {
      const index = random(copy.length);
      copy[index] = (copy[index] ?? 0) ^ (1 << random(8));
    }
    return copy;
  },
  function flipBody(frame, random) {
    const copy = Buffer.from(frame);
    if (copy.length > 8) copy[8 + random(copy.length - 8)] = random(256);
    return copy;
  },
  (frame, random) => frame.subarray(0, random(frame.length)),
  (frame) => Buffer.concat([frame, frame]),
  function lie(frame, random) {
    const copy = Buffer.from(frame);
    copy.writeUInt32BE([0, 1, 7, 8, 65_537, 2 ** 31, 2 ** 32 - 1][random(7)] ?? 0, 0);
    return copy;
  },
  (_, random) => Buffer.from(Array.from({ length: 1 + random(64) }, () => random(256))),
  // A list in a list in a list: each level is a list8 with one item.
  function nest(_, random) {
    const depth = 20 + random(60);
    let value = Buffer.from([0x45]);
    for (let level = 0; level < depth; level += 1) {
      value = Buffer.concat([Buffer.from([0xc0, value.length + 1, 1]), value]);
    }
    return frameOf(Buffer.concat([Buffer.from([0x00, 0x53, 0x10 + random(9)]), value]));
  },
  // An array of billions of nulls in a few bytes.
  () => frameOf(Buffer.from("005310d00000000e00000001f000000005ffffffff40", "hex")),
  // A disposition over all deliveries there can be.
  () => frameOf(Buffer.from("005315d00000000d00000005414370ffffffff4140", "hex")),
];

/** Plays the recording up to a frame, which it mutates, and ends the connection if the server does not. */
function attack(random: (below: number) => number): Promise<void> {
  const target = random(recorded.length);
  const mutate = MUTATIONS[random(MUTATIONS.length)] ?? ((frame: Buffer) => frame);
  const frames = recorded.map((frame, index) => (index === target ? mutate(frame, random) : frame));
  return play(frames.slice(0, target + 2));
}

function play(frames: readonly Buffer[]): Promise<void> {
  return new Promise((resolve) => {
    const socket: Socket = connectSocket(bed.server.port, "127.0.0.1");
    socket.on("error", () => {});
    socket.on("close", () => resolve());
    socket.resume();
    socket.end(Buffer.concat(frames));
  });
}

it("the recording is taken when nothing in it is changed", async () => {
  const before = bed.events.length;
  await play(recorded);
  await expect.poll(() => bed.events.slice(before).map(({ type }) => type)).toContain("sessionAccepted");
  expect(bed.events.filter(({ type }) => type === "connectionFailed")).toEqual([]);
});

it(`${FRAMES} mutated frames (seed ${SEED}) neither stop the server nor leave a connection behind`, async () => {
  const random = randomOf(SEED);
  // rhea prints what it does not know.
  for (const print of ["warn", "error"] as const) vi.spyOn(console, print).mockImplementation(() => {});
  const parallel = 10;
  for (let frame = 0; frame < FRAMES; frame += parallel) {
    await Promise.all(Array.from({ length: parallel }, () => attack(random)));
  }
  await bed.client.createSender("healthy").sendMessages({ body: "healthy", messageId: "healthy" });
  const receiver = bed.client.createReceiver("healthy");
  expect(await receiver.receiveMessages(1, WAIT)).toMatchObject([{ body: "healthy" }]);
  // The client's own connection is the only one left.
  await expect.poll(() => bed.server.connections).toBe(1);
});
