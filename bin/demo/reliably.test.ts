import { describe, expect, it } from "vitest";
import type { ApiAnswer, ApiRequest } from "../api/http.ts";
import { reliably } from "./reliably.ts";

const request: ApiRequest = { method: "POST", path: "/api/orders/1/submit", key: "k" };
const answer = (status: number): ApiAnswer => ({ status, statusText: "", location: undefined, body: "" });

/** A server that gives these answers in turn (0: none at all), the last one for ever. */
function against(statuses: readonly number[], giveUpAfter = 60_000) {
  let time = 0;
  const seen: ApiRequest[] = [];
  const send = reliably(
    async (asked) => {
      const status = statuses[Math.min(seen.length, statuses.length - 1)] ?? 0;
      seen.push(asked);
      if (status === 0) throw new TypeError("fetch failed");
      return answer(status);
    },
    {
      giveUpAfter,
      now: () => time,
      sleep: async (milliseconds) => {
        time += milliseconds;
      },
      random: () => 1,
    },
  );
  return { send, seen, time: () => time };
}

describe("reliable requests", () => {
  it("repeats after no answer, a server's failure and slow-down, with the same key", async () => {
    const { send, seen } = against([0, 503, 429, 202]);
    expect((await send(request)).status).toBe(202);
    expect(seen).toEqual([request, request, request, request]);
  });

  it("takes a refusal as an answer", async () => {
    const { send, seen } = against([422, 202]);
    expect((await send(request)).status).toBe(422);
    expect(seen).toHaveLength(1);
  });

  it("gives up after its time, with the last failure", async () => {
    const { send, time } = against([0]);
    await expect(send(request)).rejects.toThrow("POST /api/orders/1/submit: no answer");
    expect(time()).toBeGreaterThan(60_000);
    expect(time()).toBeLessThan(65_000);
  });
});
