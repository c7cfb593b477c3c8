import { describe, expect, it } from "vitest";
import { billing } from "./billing.ts";
import { marketing } from "./marketing.ts";
import { forms, type MessageType } from "./messages.ts";
import { orders } from "./orders.ts";
import { destinationOf, topic } from "./routes.ts";

describe("destinationOf", () => {
  it("sends every command to an endpoint that accepts it, and every event to the topic", () => {
    const accepts: Record<string, readonly string[]> = {
      orders: orders.accepts,
      billing: billing.accepts,
      marketing: marketing.accepts,
    };
    for (const type of Object.keys(forms) as MessageType[]) {
      const destination = destinationOf(type);
      if (forms[type].kind === "event") expect([type, destination]).toEqual([type, topic]);
      else expect([type, accepts[destination]]).toEqual([type, expect.arrayContaining([type])]);
    }
  });
});
