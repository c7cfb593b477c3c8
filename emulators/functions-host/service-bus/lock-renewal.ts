import type {
  ServiceBusReceivedMessage,
  ServiceBusReceiver,
  ServiceBusSessionReceiver,
} from "@azure/service-bus";
import { wait } from "../deferred.ts";

/** A lock is renewed when this share of its time is over. */
const SHARE = 0.5;
/** Milliseconds: with two clocks that differ, a lock can seem to be over when it is given. */
const SHORTEST_PAUSE = 250;

/** A message's lock or a session's. */
export interface Lock {
  until(): Date | undefined;
  renew(): Promise<unknown>;
}

export const lockOfMessage = (receiver: ServiceBusReceiver, message: ServiceBusReceivedMessage): Lock => ({
  until: () => message.lockedUntilUtc,
  renew: () => receiver.renewMessageLock(message),
});

export const lockOfSession = (receiver: ServiceBusSessionReceiver): Lock => ({
  until: () => receiver.sessionLockedUntilUtc,
  renew: () => receiver.renewSessionLock(),
});

export interface Renewal {
  /** Milliseconds that it is renewed for at most. */
  readonly limit: number;
  readonly now: () => number;
  /** Resolves when the instance is not frozen: a closed laptop renews nothing. */
  readonly awake: () => Promise<void>;
}

/**
 * Keeps a lock until the signal or for the limit. The client's own renewal starts on arrival and so would keep
 * prefetched messages too, which the real host does not; and it would go on while the instance is frozen.
 * @returns resolves when it has ended; a renewal that fails ends it, for then the lock is lost
 */
export async function renewLock(
  lock: Lock,
  { limit, now, awake }: Renewal,
  signal: AbortSignal,
): Promise<void> {
  const end = now() + limit;
  while (!signal.aborted) {
    const lockedUntil = lock.until()?.getTime() ?? 0;
    const pause = Math.max((lockedUntil - now()) * SHARE, SHORTEST_PAUSE);
    if (now() + pause > end) return;
    await wait(pause, signal);
    await awake();
    if (signal.aborted) return;
    try {
      await lock.renew();
    } catch {
      return;
    }
  }
}
