import { once } from "node:events";
import { request } from "node:http";
import { text } from "node:stream/consumers";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { checkToken, json, plain, serveWeb, type WebServer } from "./server.ts";

let server: WebServer;
/** Settled when a stream's handler was told that nobody listens any more. */
let left = Promise.withResolvers<void>();

beforeAll(async () => {
  server = await serveWeb({
    port: 0,
    forwardedHosts: ["*.app.example.dev"],
    answer: async ({ method, url, headers, json: body }) => {
      switch (`${method} ${url.pathname}`) {
        case "GET /":
          return plain(200, "the page");
        case "POST /echo":
          checkToken({ headers }, "secret");
          return json(await body());
        case "GET /stream":
          return {
            status: 200,
            type: "text/event-stream",
            content: async (write, ended) => {
              await write("one\n");
              await once(ended, "abort");
              left.resolve();
            },
          };
        default:
          return undefined;
      }
    },
  });
});
afterAll(() => server.close());

/** A request as it is written here: fetch would set its own Host and tidy up the path. */
async function send(path: string, headers: Record<string, string> = {}, method = "GET", body?: string) {
  const sent = request({ hostname: "127.0.0.1", port: server.port, path, headers, method }).end(body);
  const [response] = await once(sent, "response");
  return { status: response.statusCode as number, headers: response.headers, body: await text(response) };
}
const bearer = { authorization: "Bearer secret" };

describe("a server for pages", () => {
  it("answers under this machine's names and a forwarded one", async () => {
    expect((await send("/")).body).toBe("the page\n");
    expect((await send("/", { host: `localhost:${server.port}` })).status).toBe(200);
    const host = "box-7073.app.example.dev";
    expect((await send("/", { host, origin: `https://${host}` })).status).toBe(200);
  });

  it.each([
    ["a foreign Host", { host: "example.org" }],
    ["the Host of another port", { host: "127.0.0.1:1" }],
    ["the parent of a forwarded Host", { host: "app.example.dev" }],
    ["a Host that only ends alike", { host: "evilapp.example.dev" }],
    ["a foreign Origin", { origin: "https://example.org" }],
    ["an Origin without a name", { origin: "null" }],
  ])("refuses %s", async (_what, headers) => {
    expect((await send("/", headers)).status).toBe(403);
  });

  it("asks for the token", async () => {
    expect((await send("/echo", {}, "POST", "{}")).status).toBe(401);
    expect((await send("/echo", { authorization: "Bearer secreT" }, "POST", "{}")).status).toBe(401);
    expect((await send("/echo", bearer, "POST", '{"a":1}')).body).toBe('{"a":1}\n');
  });

  it("refuses a body that is no JSON, and one that is too large, by name", async () => {
    expect(await send("/echo", bearer, "POST", "{")).toMatchObject({ status: 400 });
    const large = JSON.stringify("x".repeat(1_000_000));
    expect((await send("/echo", bearer, "POST", large)).body).toContain("at most 1000000 bytes");
  });

  it("lets the browser load from here only", async () => {
    const { headers } = await send("/");
    expect(headers["content-security-policy"]).toContain("default-src 'self'");
    expect(headers["content-security-policy"]).toContain("frame-ancestors 'none'");
    expect(headers["x-content-type-options"]).toBe("nosniff");
  });

  it("names what it does not have, and takes no path for another host", async () => {
    expect(await send("//example.org/x")).toMatchObject({
      status: 404,
      body: "nothing at /example.org/x; see /\n",
    });
  });

  it("tells a stream when the browser has gone", async () => {
    left = Promise.withResolvers();
    const sent = request({ hostname: "127.0.0.1", port: server.port, path: "/stream" }).end();
    const [response] = await once(sent, "response");
    const [chunk] = await once(response, "data");
    expect(String(chunk)).toBe("one\n");
    sent.destroy();
    await left.promise;
  });

  it("closes although a stream is open", async () => {
    left = Promise.withResolvers();
    const other = await serveWeb({
      port: 0,
      answer: async () => ({
        status: 200,
        type: "text/event-stream",
        content: async (write, ended) => {
          await write("one\n");
          await once(ended, "abort");
          left.resolve();
        },
      }),
    });
    const response = await fetch(other.url);
    const reader = response.body?.getReader();
    await reader?.read();
    await other.close();
    await left.promise;
    await expect(reader?.read()).rejects.toThrow();
  });
});
