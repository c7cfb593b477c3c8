import { describe, expect, it } from "vitest";
import { readRetryPolicy } from "./config/retry-policy.ts";
import { withRetries } from "./retry.ts";

const policy = (maxRetryCount: number) =>
  readRetryPolicy(
    { retryStrategy: "fixedDelay", maxRetryCount, delayInterval: { seconds: 0 } },
    "timerTrigger",
    "Function",
  );
const never = new AbortController().signal;

describe("a retry policy", () => {
  it("ends the attempts after its count", async () => {
    const counts: (number | undefined)[] = [];
    const outcome = await withRetries(
      policy(2),
      never,
      () => 0,
      async (context) => {
        counts.push(context?.retryCount);
        throw new Error("no");
      },
    );
    expect([outcome, counts]).toEqual(["failed", [undefined, 1, 2]]);
  });

  it("of a stopping host gives up nothing", async () => {
    const stopping = new AbortController();
    const outcome = await withRetries(
      undefined,
      stopping.signal,
      () => 0,
      async () => {
        stopping.abort();
        throw new Error("cut off");
      },
    );
    expect(outcome).toBe("stopped");
  });

  it("of exponential backoff stays within its bounds", () => {
    const exponential = readRetryPolicy(
      {
        retryStrategy: "exponentialBackoff",
        maxRetryCount: -1,
        minimumInterval: { seconds: 1 },
        maximumInterval: { seconds: 30 },
      },
      "cosmosDBTrigger",
      "Function",
    );
    const delays = [1, 2, 3, 10, 1000].map((retry) => exponential?.delay(retry, () => 0.5));
    expect(delays).toEqual([2_000, 4_000, 8_000, 30_000, 30_000]);
  });

  it.each([
    [{ maxRetryCount: -2, retryStrategy: "fixedDelay" }, "maxRetryCount is -2"],
    [{ maxRetryCount: 1, retryStrategy: "linear" }, 'retry.strategy is "linear"'],
    [{ maxRetryCount: 1, retryStrategy: "fixedDelay" }, "retry.delayInterval is missing"],
  ])("%j is refused by name", (options, message) => {
    expect(() => readRetryPolicy(options, "timerTrigger", "Function")).toThrow(message);
  });
});
