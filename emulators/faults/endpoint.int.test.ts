import type { AddressInfo } from "node:net";
import { beforeEach, expect, onTestFinished, test } from "vitest";
import { during, plan } from "./builder.ts";
import { createFaultControl, type FaultControl } from "./control.ts";
import { createFaultEndpoint } from "./endpoint.ts";
import type { ToServer } from "./messages.ts";

let control: FaultControl;
let told: ToServer[];
let url = "";

beforeEach(async () => {
  told = [];
  const cosmos = {
    // As a server that takes at once what it is told.
    send(message: ToServer) {
      told.push(message);
      if ("id" in message) control.receive("cosmos", { type: "faults", tell: "did", id: message.id });
      return true;
    },
    kill: () => Promise.resolve(),
    start: () => Promise.resolve(),
  };
  control = createFaultControl({
    servers: { cosmos },
    onFailure: (error) => {
      throw error;
    },
    wait: () => Promise.resolve(),
  });
  const server = createFaultEndpoint(control, "secret");
  await new Promise<void>((resolve) => void server.listen(0, "127.0.0.1", resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  onTestFinished(() => {
    server.close();
    server.closeAllConnections();
  });
});

const call = async (method: string, path: string, body?: unknown, headers: Record<string, string> = {}) => {
  const response = await fetch(url + path, {
    method,
    headers: { authorization: "Bearer secret", ...headers },
    ...(body === undefined ? {} : { body: typeof body === "string" ? body : JSON.stringify(body) }),
  });
  return { status: response.status, body: (await response.json()) as Record<string, unknown> };
};

const rules = plan(3, during("cosmos", "batch").named("it").loseAnswer());

test("a plan is taken, struck, reported, and lifted", async () => {
  expect(await call("PUT", "/faults", rules)).toMatchObject({
    status: 200,
    body: { fired: 0, unfired: ["it"] },
  });
  expect(told.at(-1)).toMatchObject({ tell: "plan", plan: rules });
  control.receive("cosmos", {
    type: "faults",
    tell: "fired",
    firing: { at: 1, rule: "it", kind: "loseAnswer", point: { server: "cosmos", operation: "batch" } },
  });
  expect(await call("GET", "/faults")).toMatchObject({ body: { fired: 1, unfired: [] } });
  expect((await call("GET", "/faults/log")).body).toMatchObject([{ number: 1, rule: "it" }]);
  expect((await call("GET", "/faults/log?after=1")).body).toEqual([]);
  expect(await call("DELETE", "/faults")).toMatchObject({ body: { plan: { rules: [] } } });
});

test("a server's clock is moved", async () => {
  await call("PUT", "/faults/clock", { server: "cosmos", ahead: 3_600_000 });
  expect(told).toEqual([{ type: "faults", tell: "clock", id: 1, ahead: 3_600_000 }]);
});

test.each<[string, () => Promise<{ status: number; body: unknown }>, number, RegExp]>([
  ["no token", () => call("GET", "/faults", undefined, { authorization: "" }), 401, /Bearer/],
  [
    "another token",
    () => call("GET", "/faults", undefined, { authorization: "Bearer secreT" }),
    401,
    /Bearer/,
  ],
  [
    "another site's page",
    () => call("GET", "/faults", undefined, { origin: "http://evil.test" }),
    403,
    /another site/,
  ],
  ["an unknown path", () => call("GET", "/fault"), 404, /PUT \/faults/],
  ["a path that is none", () => call("GET", "//"), 404, /PUT \/faults/],
  [
    "a log from before its begin",
    () => call("GET", "/faults/log?after=-3"),
    400,
    /expected number to be >=0/,
  ],
  ["a log after no number", () => call("GET", "/faults/log?after=abc"), 400, /expected number.*after/],
  ["no JSON", () => call("PUT", "/faults", "{"), 400, /expected JSON/],
  ["no plan", () => call("PUT", "/faults", { rules: [{}] }), 400, /not a fault plan/],
  ["an unknown server", () => call("PUT", "/faults/clock", { server: "x", ahead: 1 }), 400, /server/],
  ["a body without end", () => call("PUT", "/faults", "x".repeat(1_000_001)), 413, /at most/],
])("%s is refused", async (_, calling, status, message) => {
  const answer = await calling();
  expect(answer.status).toBe(status);
  expect(JSON.stringify(answer.body)).toMatch(message);
  expect(told).toEqual([]);
});
