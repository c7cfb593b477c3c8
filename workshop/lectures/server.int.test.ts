import { once } from "node:events";
import { request } from "node:http";
import { text } from "node:stream/consumers";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { WebServer } from "../../web/server.ts";
import { serveLectures } from "./server.ts";

let server: WebServer;
beforeAll(async () => {
  server = await serveLectures(0);
});
afterAll(() => server.close());

const get = async (path: string) => {
  const response = await fetch(`${server.url}${path}`);
  return { status: response.status, headers: response.headers, body: await response.text() };
};

/** A request as it is written here: fetch would tidy up its path, and set its own Host. */
async function getRaw(path: string, headers: Record<string, string> = {}) {
  const { hostname, port } = new URL(server.url);
  const sent = request({ hostname, port, path, headers }).end();
  const [response] = await once(sent, "response");
  return { status: response.statusCode as number, body: await text(response) };
}

describe("the lectures' server", () => {
  it("lists the ten lectures, with minutes, key message, and the licence", async () => {
    const { status, body, headers } = await get("/");
    expect(status).toBe(200);
    expect(headers.get("content-type")).toBe("text/html; charset=utf-8");
    expect(body.match(/href="\/lecture\/\d+"/g)).toHaveLength(10);
    expect(body).toContain("No transaction spans the database and the broker.");
    expect(body).toContain("8 min");
    expect(body).toContain("CC BY 4.0");
  });

  it("shows a lecture as slides, and with what is said", async () => {
    const slides = await get("/lecture/1");
    expect(slides.body).toContain('<aside class="notes"><p>Welcome.');
    expect(slides.body).toContain('src="/workshop/lectures/drawings/two-stores.svg"');
    expect((await get("/notes/1")).body).toContain('<div class="notes"><p>Welcome.');
  });

  it("serves drawings, reveal.js, and the workshop's other texts", async () => {
    const drawing = await get("/workshop/lectures/drawings/two-stores.svg");
    expect(drawing.headers.get("content-type")).toBe("image/svg+xml");
    expect(drawing.body).toContain("<title");
    expect((await get("/reveal/reveal.mjs")).headers.get("content-type")).toMatch(/^text\/javascript/);
    expect((await get("/workshop/lectures/README.md")).body).toContain("<h1");
    expect((await get("/workshop/LICENSE")).body).toContain("CC BY 4.0");
  });

  it("lets the browser load nothing from elsewhere", async () => {
    const policy = (await get("/lecture/1")).headers.get("content-security-policy");
    expect(policy).toContain("default-src 'self'");
    expect(policy).toMatch(/script-src 'self' 'sha256-[\w+/]{43}='(;|$)/);
  });

  it("refuses a foreign Host", async () => {
    expect((await getRaw("/", { host: "example.org" })).status).toBe(403);
    expect((await getRaw("/", { host: `localhost:${new URL(server.url).port}` })).status).toBe(200);
  });

  it.each([
    "/package.json",
    "/workshop/lectures/server.ts",
    "/workshop/../package.json",
    "/workshop/..%2f..%2f..%2f..%2fetc/passwd.md",
    "/workshop/%2e%2e/README.md",
    "/reveal/../package.json",
    "/browser/../server.ts",
    "/lecture/11",
    "/workshop/none.md",
    "/workshop/%00.md",
  ])("has nothing at %s", async (path) => {
    expect((await getRaw(path)).status).toBe(404);
  });

  it("is for reading only", async () => {
    expect((await fetch(server.url, { method: "POST" })).status).toBe(405);
  });
});
