import { createHmac } from "node:crypto";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parseAddress } from "./address.ts";
import { covers, TokenError, verifyToken } from "./sas.ts";

const KEY = { name: "RootManageSharedAccessKey", value: "secret" };
const NOW = 1_700_000_000_000;
const LATER = 1_700_000_100;

function tokenFor(resource: string, { expiry = LATER, name = KEY.name, key = KEY.value } = {}): string {
  const encoded = encodeURIComponent(resource);
  const signature = createHmac("sha256", key).update(`${encoded}\n${expiry}`).digest("base64");
  return `SharedAccessSignature sr=${encoded}&sig=${encodeURIComponent(signature)}&se=${expiry}&skn=${name}`;
}

const AUDIENCE = "sb://localhost:5672/orders";

describe("a shared access signature", () => {
  it("gives access to the audience until it expires", () => {
    expect(verifyToken(tokenFor(AUDIENCE), AUDIENCE, KEY, NOW)).toEqual({
      path: "orders",
      expiresAt: LATER * 1000,
    });
  });

  it("for the namespace is one for each entity in it", () => {
    expect(verifyToken(tokenFor("sb://localhost:5672/"), AUDIENCE, KEY, NOW).path).toBe("orders");
  });

  it.each([
    ["another key", tokenFor(AUDIENCE, { key: "other" }), "InvalidSignature"],
    ["another rule's name", tokenFor(AUDIENCE, { name: "other" }), "InvalidSignature"],
    ["another entity", tokenFor("sb://localhost/other"), "InvalidAudience"],
    ["an entity whose name only begins alike", tokenFor("sb://localhost/order"), "InvalidAudience"],
    ["a time that is over", tokenFor(AUDIENCE, { expiry: 1_699_999_999 }), "ExpiredToken"],
    ["no time", tokenFor(AUDIENCE).replace(/se=\d+/, "se=never"), "InvalidSignature"],
    [
      "a later time than was signed",
      tokenFor(AUDIENCE).replace(String(LATER), String(LATER + 1)),
      "InvalidSignature",
    ],
    ["nothing but text", "hello", "MalformedToken"],
  ])("with %s is refused", (_, token, reason) => {
    expect(() => verifyToken(token, AUDIENCE, KEY, NOW)).toThrow(reason);
  });

  it("with any change in its signature is refused", () => {
    const token = tokenFor(AUDIENCE);
    const start = token.indexOf("sig=") + 4;
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 38 }), fc.constantFrom(..."abcXYZ019"), (at, letter) => {
        const changed = token.slice(0, start + at) + letter + token.slice(start + at + 1);
        fc.pre(changed !== token);
        expect(() => verifyToken(changed, AUDIENCE, KEY, NOW)).toThrow(TokenError);
      }),
    );
  });

  it("covers an entity and all below it", () => {
    expect(covers("orders", "orders/$deadletterqueue")).toBe(true);
    expect(covers("", "orders")).toBe(true);
    expect(covers("orders", "orders2")).toBe(false);
  });
});

describe("an address", () => {
  it.each([
    ["orders", "orders", "entity"],
    ["/Orders", "orders", "entity"],
    ["sb://localhost:5672/Events/Subscriptions/Billing", "events/subscriptions/billing", "entity"],
    ["amqps://host/orders%2F%24DeadLetterQueue", "orders/$deadletterqueue", "entity"],
    ["orders/$management", "orders", "$management"],
    [
      "Events/Subscriptions/One/$DeadLetterQueue/$Management",
      "events/subscriptions/one/$deadletterqueue",
      "$management",
    ],
    ["$cbs", "", "$cbs"],
    ["100%", "100%", "entity"],
  ])("'%s' is %s", (text, entity, node) => {
    expect(parseAddress(text)).toEqual({ entity, node });
  });
});
