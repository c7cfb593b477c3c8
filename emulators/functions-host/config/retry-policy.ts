import type { RetryOptions } from "../worker/rpc.ts";
import { ConfigurationError } from "./errors.ts";

/** A function's own retry policy: how long to wait before the n-th retry. */
export interface RetryPolicy {
  /** Infinity: for ever. */
  readonly maxRetryCount: number;
  /** Milliseconds before retry `retry` (1 is the first). */
  delay(retry: number, random: () => number): number;
}

const WITH_POLICY = ["timerTrigger", "cosmosDBTrigger"];

/**
 * Reads `retry` of a function.
 * @throws ConfigurationError for a trigger that has none: Service Bus redelivers by its delivery count, HTTP not at all.
 */
export function readRetryPolicy(
  options: RetryOptions | undefined,
  triggerType: string,
  where: string,
): RetryPolicy | undefined {
  if (options === undefined) return undefined;
  if (!WITH_POLICY.includes(triggerType)) {
    throw new ConfigurationError(
      `${where}: a retry policy has no effect on a ${triggerType}; it is for ${WITH_POLICY.join(" and ")}`,
    );
  }
  const { maxRetryCount } = options;
  if (maxRetryCount === undefined || !Number.isInteger(maxRetryCount) || maxRetryCount < -1) {
    throw new ConfigurationError(
      `${where}: retry.maxRetryCount is ${maxRetryCount}; expected -1 (for ever) or a count`,
    );
  }
  const limit = maxRetryCount === -1 ? Number.POSITIVE_INFINITY : maxRetryCount;
  switch (options.retryStrategy) {
    case "fixedDelay": {
      const milliseconds = inMilliseconds(options.delayInterval, where, "delayInterval");
      return { maxRetryCount: limit, delay: () => milliseconds };
    }
    case "exponentialBackoff": {
      const minimum = inMilliseconds(options.minimumInterval, where, "minimumInterval");
      const maximum = inMilliseconds(options.maximumInterval, where, "maximumInterval");
      return {
        maxRetryCount: limit,
        // As the .NET SDKs do it: the step grows from a second, 20 % up or down, between the two bounds.
        delay: (retry, random) =>
          Math.min(minimum + (2 ** Math.min(retry, 30) - 1) * 1000 * (0.8 + 0.4 * random()), maximum),
      };
    }
    default:
      throw new ConfigurationError(
        `${where}: retry.strategy is "${options.retryStrategy}"; expected "fixedDelay" or "exponentialBackoff"`,
      );
  }
}

function inMilliseconds(duration: { seconds?: number } | undefined, where: string, name: string): number {
  if (duration?.seconds === undefined) throw new ConfigurationError(`${where}: retry.${name} is missing`);
  return duration.seconds * 1000;
}
