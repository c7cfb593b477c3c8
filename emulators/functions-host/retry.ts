import type { RetryPolicy } from "./config/retry-policy.ts";
import { wait } from "./deferred.ts";
import { HostError } from "./errors.ts";
import { messageOf } from "./log.ts";
import type { RetryContext } from "./worker/rpc.ts";

/** "stopped": the host stops, and the work was neither done nor given up. */
export type Outcome = "succeeded" | "failed" | "stopped";

/**
 * Runs an invocation, again as often as the function's policy allows.
 * @param run gets no retry context on the first attempt
 */
export async function withRetries(
  policy: RetryPolicy | undefined,
  signal: AbortSignal,
  random: () => number,
  run: (retryContext: RetryContext | undefined) => Promise<unknown>,
): Promise<Outcome> {
  let retryContext: RetryContext | undefined;
  for (let retry = 1; ; retry++) {
    try {
      await run(retryContext);
      return "succeeded";
    } catch (error) {
      if (signal.aborted) return "stopped";
      if (policy === undefined || retry > policy.maxRetryCount) return "failed";
      const exception = error instanceof HostError && error.exception;
      retryContext = {
        retryCount: retry,
        maxRetryCount: Number.isFinite(policy.maxRetryCount) ? policy.maxRetryCount : -1,
        exception: exception || { message: messageOf(error) },
      };
      await wait(policy.delay(retry, random), signal);
      if (signal.aborted) return "stopped";
    }
  }
}
