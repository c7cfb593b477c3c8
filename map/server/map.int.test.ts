import { once } from "node:events";
import { createServer, request } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createFaultControl } from "../../emulators/faults/index.ts";
import type { WebServer } from "../../web/server.ts";
import type { StreamLine } from "../protocol.ts";
import { createLiveMap, type LiveMap } from "./map.ts";

const token = "secret";
const authorization = `Bearer ${token}`;
const forwarded = "box-7073.app.example.dev";

let map: LiveMap;
let server: WebServer;
/** In the place of the functions host: says what it was asked. */
const api = createServer(async (asked, answer) => {
  const { method, url, headers } = asked;
  const body = method === "GET" ? "" : await text(asked);
  answer.writeHead(method === "GET" ? 200 : 202, { "content-type": "application/json" });
  const { "idempotency-key": key, authorization: bearer } = headers;
  answer.end(JSON.stringify({ method, url, key, bearer, body }));
});

beforeAll(async () => {
  await once(api.listen(0, "127.0.0.1"), "listening");
  map = createLiveMap({ now: Date.now, later: (run) => setImmediate(run) });
  server = await map.serve({
    port: 0,
    token,
    assets: async () => new Map([["page.js", { type: "text/javascript", content: Buffer.from("1") }]]),
    api: { url: `http://127.0.0.1:${(api.address() as AddressInfo).port}`, token: "operator" },
    faults: createFaultControl({ servers: {}, onFailure: () => {}, wait: async () => {} }),
    forwardedHosts: [forwarded],
  });
});
afterAll(async () => {
  await server.close();
  api.close();
});

/** fetch would set a Host of its own. */
async function ask(
  path: string,
  headers: Record<string, string> = { authorization },
  method = "GET",
  body = "",
) {
  const sent = request({ hostname: "127.0.0.1", port: server.port, path, headers, method }).end(body);
  const [response] = await once(sent, "response");
  return { status: response.statusCode as number, body: await text(response), headers: response.headers };
}

/** Reads the stream's lines, one after the other. */
async function* lines(signal: AbortSignal): AsyncGenerator<StreamLine> {
  const response = await fetch(`${server.url}/events`, { headers: { authorization }, signal });
  let rest = "";
  for await (const chunk of response.body ?? []) {
    const found = (rest + Buffer.from(chunk).toString("utf8")).split("\n");
    rest = found.pop() ?? "";
    for (const line of found) yield JSON.parse(line) as StreamLine;
  }
}

const enqueue = (sequence: number): void =>
  map.receive("serviceBus", {
    ...{ type: "enqueued", at: 1, entity: "orders", messageId: `m${sequence}`, sequence, state: "active" },
    message: { type: "AddItem", properties: {}, body: '{"orderId":"1"}' },
  });

describe("the map's server", () => {
  it("gives the page to anyone who may see this address, without a secret in it", async () => {
    const { status, body, headers } = await ask("/", {});
    expect(status).toBe(200);
    expect(body).not.toContain(token);
    expect(headers["content-security-policy"]).toContain("default-src 'self'");
    expect((await ask("/page.js", {})).status).toBe(200);
  });

  it.each([
    ["GET", "/events"],
    ["GET", "/contents?node=queue:orders"],
    ["GET", "/stories?order=1"],
    ["GET", "/api/orders/1"],
    ["POST", "/faults"],
    ["DELETE", "/faults"],
    ["POST", "/restart?server=sql"],
    ["POST", "/api/operations/replay"],
  ])("asks for the token: %s %s", async (method, path) => {
    expect((await ask(path, {}, method)).status).toBe(401);
    expect((await ask(path, { authorization: "Bearer other" }, method)).status).toBe(401);
  });

  it("refuses what comes from elsewhere, token or not", async () => {
    expect((await ask("/stories?order=1", { authorization, host: "example.org" })).status).toBe(403);
    expect((await ask("/stories?order=1", { authorization, origin: "https://example.org" })).status).toBe(
      403,
    );
  });

  it("is reached by the forwarded name of a dev container", async () => {
    const headers = { authorization, host: forwarded, origin: `https://${forwarded}` };
    expect((await ask("/stories?order=1", headers)).status).toBe(200);
  });

  it("hands requests on to the program, and its own token only to operations", async () => {
    const headers = { authorization, "idempotency-key": "k1" };
    const order = await ask("/api/orders/1/items?x=1", headers, "POST", '{"filling":"Meat"}');
    expect(order.status).toBe(202);
    expect(JSON.parse(order.body)).toEqual({
      ...{ method: "POST", url: "/api/orders/1/items?x=1", key: "k1", body: '{"filling":"Meat"}' },
    });
    const replay = await ask("/api/operations/replay", headers, "POST", "{}");
    expect(JSON.parse(replay.body)).toMatchObject({ bearer: "Bearer operator" });
  });

  it("streams a snapshot, then what happens, to every page that listens", async () => {
    const closed = new AbortController();
    const [one, other] = [lines(closed.signal), lines(closed.signal)];
    for (const page of [one, other]) expect((await page.next()).value).toMatchObject({ kind: "snapshot" });
    enqueue(1);
    for (const page of [one, other]) {
      expect((await page.next()).value).toMatchObject({
        kind: "steps",
        steps: [
          { moves: [{ to: "queue:orders", type: "AddItem" }], nodes: { "queue:orders": { up: false } } },
        ],
      });
    }
    closed.abort();
  });

  it("tells all pages of faults that one of them sets, and says what is wrong with a rule", async () => {
    const closed = new AbortController();
    const page = lines(closed.signal);
    await page.next();
    const rule = { name: "r", at: { server: "sql", operation: "commit" }, fault: { kind: "loseAnswer" } };
    expect((await ask("/faults", undefined, "POST", JSON.stringify({ rules: [rule] }))).status).toBe(200);
    expect((await page.next()).value).toMatchObject({ kind: "faults", faults: { rules: [{ name: "r" }] } });
    closed.abort();
    const wrong = await ask("/faults", undefined, "POST", '{"rules":[{"name":"r"}]}');
    expect(wrong).toMatchObject({ status: 400, body: expect.stringContaining("not a fault plan") });
    await ask("/faults", undefined, "DELETE");
  });

  it("leaves out what a page did not read in time, and begins anew for it", async () => {
    const closed = new AbortController();
    const page = lines(closed.signal);
    await page.next();
    // More than the network takes for a page that does not read.
    for (let n = 10; n < 40_000; n++) {
      enqueue(n);
      map.receive("serviceBus", { type: "completed", at: 1, entity: "orders", sequence: n });
      if (n % 40 === 0) await new Promise((resolve) => setImmediate(resolve));
    }
    let note: string | undefined;
    while (note === undefined) {
      const { value } = await page.next();
      if (value?.kind === "snapshot") note = value.note;
    }
    expect(note).toContain("too slow");
    closed.abort();
  });

  it("names what is not there", async () => {
    expect((await ask("/contents?node=queue:x")).body).toContain('there is no "queue:x"');
    expect((await ask("/contents")).body).toContain("expected ?node=");
    expect((await ask("/restart?server=azurite", undefined, "POST")).body).toContain("expected one of");
  });
});
