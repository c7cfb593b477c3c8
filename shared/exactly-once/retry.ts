import type { Surroundings } from "./contracts.ts";
import { TransientError } from "./errors.ts";

/** All in milliseconds. */
export interface RetryPolicy {
  /** Upper bound of the first wait. */
  readonly base: number;
  /** Upper bound of any wait. */
  readonly cap: number;
  /** After so long the error is given back. */
  readonly limit: number;
}

/** Rule 8: a Functions trigger gives back at once, and ten deliveries would be gone in seconds. */
export const inProcess: RetryPolicy = { base: 200, cap: 30_000, limit: 240_000 };

/**
 * Runs `work` until it ends otherwise than in a `TransientError`, waiting in between with full jitter, or
 * longer where the other side asked for it.
 * @throws the last TransientError once the policy's limit has passed; any other error at once
 */
export async function retrying<T>(
  { now, random, sleep }: Surroundings,
  policy: RetryPolicy,
  work: () => Promise<T>,
): Promise<T> {
  const giveUpAt = now() + policy.limit;
  for (let attempt = 0; ; attempt++) {
    try {
      return await work();
    } catch (error) {
      if (!(error instanceof TransientError)) throw error;
      const jitter = random() * Math.min(policy.cap, policy.base * 2 ** Math.min(attempt, 30));
      const wait = Math.max(jitter, error.retryAfter ?? 0);
      if (now() + wait >= giveUpAt) throw error;
      await sleep(wait);
    }
  }
}
