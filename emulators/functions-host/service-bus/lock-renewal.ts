import type { ServiceBusReceivedMessage, ServiceBusReceiver } from "@azure/service-bus";
import { wait } from "../deferred.ts";

/** A lock is renewed when this share of its time is over. */
const SHARE = 0.5;

/**
 * Keeps a message locked until the signal or for `limit` milliseconds.
 * The client's own renewal starts on arrival and so would keep prefetched messages too, which the real host does not.
 * @returns resolves when it has ended; a renewal that fails ends it, for then the lock is lost
 */
export async function renewLock(
  receiver: ServiceBusReceiver,
  message: ServiceBusReceivedMessage,
  limit: number,
  now: () => number,
  signal: AbortSignal,
): Promise<void> {
  const end = now() + limit;
  while (!signal.aborted) {
    const lockedUntil = message.lockedUntilUtc?.getTime() ?? 0;
    const pause = Math.max((lockedUntil - now()) * SHARE, 0);
    if (now() + pause > end) return;
    await wait(pause, signal);
    if (signal.aborted) return;
    try {
      await receiver.renewMessageLock(message);
    } catch {
      return;
    }
  }
}
