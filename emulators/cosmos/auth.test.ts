import { createHmac } from "node:crypto";
import { describe, expect, it } from "vitest";
import { authenticate } from "./auth.ts";
import { CosmosError } from "./errors.ts";
import type { CosmosRequest } from "./http/request.ts";

const KEY = Buffer.from("a key of the account");
const NOW = Date.parse("2026-03-01T12:00:00Z");

const sign = (text: string, key = KEY): string =>
  encodeURIComponent(`type=master&ver=1.0&sig=${createHmac("sha256", key).update(text).digest("base64")}`);

function request(path: string, headers: Record<string, string>): CosmosRequest {
  const rawSegments = path.split("/").filter((segment) => segment !== "");
  return {
    method: "GET",
    segments: rawSegments.map(decodeURIComponent),
    rawSegments,
    headers,
    body: Buffer.alloc(0),
  };
}

function refusal(of: CosmosRequest, nowMs = NOW): CosmosError | undefined {
  try {
    authenticate(of, KEY, nowMs);
    return undefined;
  } catch (error) {
    if (error instanceof CosmosError) return error;
    throw error;
  }
}

const DATE = new Date(NOW).toUTCString();
const text = (type: string, link: string, date = DATE): string =>
  `get\n${type}\n${link}\n${date.toLowerCase()}\n\n`;

describe("signatures", () => {
  it.each([
    ["an item", "/dbs/d/colls/c/docs/i", text("docs", "dbs/d/colls/c/docs/i")],
    ["a container's items", "/dbs/d/colls/c/docs", text("docs", "dbs/d/colls/c")],
    ["all databases", "/dbs", text("dbs", "")],
    ["the account", "/", text("", "")],
    ["an encoded name, signed as it is", "/dbs/d/colls/c/docs/a%20b", text("docs", "dbs/d/colls/c/docs/a b")],
    [
      "an encoded name, signed as sent",
      "/dbs/d/colls/c/docs/a%20b",
      text("docs", "dbs/d/colls/c/docs/a%20b"),
    ],
    ["a resource id, in lower case", "/dbs/AbC=/colls/AbCdE=/pkranges", text("pkranges", "abcde=")],
  ])("accepts one for %s", (_, path, signed) => {
    expect(refusal(request(path, { "x-ms-date": DATE, authorization: sign(signed) }))).toBeUndefined();
  });

  it("accepts the Date header where x-ms-date is missing", () => {
    const signed = `get\ndbs\n\n\n${DATE.toLowerCase()}\n`;
    expect(refusal(request("/dbs", { date: DATE, authorization: sign(signed) }))).toBeUndefined();
  });

  it("refuses another key, another path, and no signature with 401", () => {
    const wrongKey = sign(text("dbs", ""), Buffer.from("another key"));
    expect(refusal(request("/dbs", { "x-ms-date": DATE, authorization: wrongKey }))?.status).toBe(401);
    const wrongPath = sign(text("docs", "dbs/d/colls/other"));
    expect(
      refusal(request("/dbs/d/colls/c/docs", { "x-ms-date": DATE, authorization: wrongPath }))?.status,
    ).toBe(401);
    expect(refusal(request("/dbs", { "x-ms-date": DATE }))?.status).toBe(401);
    expect(refusal(request("/dbs", { "x-ms-date": DATE, authorization: "Bearer x" }))?.status).toBe(401);
  });

  it("refuses tokens of another type by name", () => {
    const token = encodeURIComponent("type=aad&ver=1.0&sig=abc");
    expect(refusal(request("/dbs", { "x-ms-date": DATE, authorization: token }))?.message).toContain('"aad"');
  });

  it("refuses a date further off than 15 minutes, to either side", () => {
    const signed = request("/dbs", { "x-ms-date": DATE, authorization: sign(text("dbs", "")) });
    expect(refusal(signed, NOW + 15 * 60_000)).toBeUndefined();
    expect(refusal(signed, NOW + 15 * 60_000 + 1)?.status).toBe(401);
    expect(refusal(signed, NOW - 15 * 60_000 - 1)?.status).toBe(401);
  });
});
