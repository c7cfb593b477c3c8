import { connect } from "node:net";
import { setImmediate } from "node:timers/promises";
import { afterAll, beforeAll, expect, it } from "vitest";
import { startAccount, type TestAccount } from "./testing/account.ts";
import { bytesOf, draftOf } from "./testing/mutations.ts";
import { randomOf } from "./testing/random.ts";

const SEED = 20260301;
const REQUESTS = 5_000;
const AT_ONCE = 40;

let account: TestAccount;
beforeAll(async () => {
  account = await startAccount({ defaultTtl: -1 });
});
afterAll(() => account.close());

/** Sends bytes over a connection of their own and gives what came until its end. */
function exchange(port: number, bytes: Buffer): Promise<string> {
  return new Promise((resolve) => {
    const answer: Buffer[] = [];
    const socket = connect(port, "127.0.0.1");
    socket.on("data", (chunk: Buffer) => answer.push(chunk));
    // A reset is a way to refuse, too; close follows.
    socket.on("error", () => {});
    socket.on("close", () => resolve(Buffer.concat(answer).toString("latin1")));
    socket.end(bytes);
  });
}

const openSockets = (): number =>
  process.getActiveResourcesInfo().filter((name) => name === "TCPSocketWrap").length;

it(`stands ${REQUESTS} mutated requests (seed ${SEED}): no 500, no connection left, and works on`, async () => {
  const { server, container } = account;
  const random = randomOf(SEED);
  const before = openSockets();
  const statuses = new Map<string, number>();
  let sent = 0;
  const worker = async (): Promise<void> => {
    while (sent < REQUESTS) {
      sent += 1;
      const bytes = bytesOf(random, draftOf(random, server.key));
      const answer = await exchange(server.port, bytes);
      const status = /^HTTP\/1\.1 (\d+)/.exec(answer)?.[1] ?? "none";
      statuses.set(status, (statuses.get(status) ?? 0) + 1);
      if (/^HTTP\/1\.1 5/m.test(answer))
        expect.fail(`Request ${bytes.toString("latin1").slice(0, 3000)}\nwas answered ${answer}`);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));

  // The mutations must not be so wild that nothing gets past the gate.
  for (const status of ["200", "201", "400", "401", "404", "431"])
    expect(statuses.get(status) ?? 0).toBeGreaterThan(20);
  while (openSockets() > before) await setImmediate();
  await container.items.create({ id: "healthy", p: "healthy" });
  expect((await container.item("healthy", "healthy").read()).statusCode).toBe(200);
});
