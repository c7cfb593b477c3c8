import type { BlobLeaseClient, BlockBlobClient, ContainerClient } from "@azure/storage-blob";
import { wait } from "../deferred.ts";
import type { Availability } from "../log.ts";

export interface LockOptions {
  readonly container: ContainerClient;
  readonly blob: BlockBlobClient;
  /** Milliseconds, 15 to 60 s; the lock lapses that long after its holder died. */
  readonly period: number;
  /** Milliseconds between two attempts while another holds it. */
  readonly pollInterval: number;
  readonly availability: Availability;
  readonly now: () => number;
  /** Resolves when the instance is not frozen: a closed laptop renews nothing. */
  readonly awake: () => Promise<void>;
}

const RETRY_PAUSE = 1_000;

/**
 * Runs `work` while this process holds the lease on a blob, again whenever it gets it back, until `stopping`.
 * `work` gets a signal that ends it when the lock is lost or the host stops; the lease is released after it.
 */
export async function whileLocked(
  { container, blob, period, pollInterval, availability, now, awake }: LockOptions,
  stopping: AbortSignal,
  work: (signal: AbortSignal) => Promise<void>,
): Promise<void> {
  const lease = blob.getBlobLeaseClient();
  while (!stopping.aborted) {
    await awake();
    const acquired = await acquire(container, blob, lease, period, availability);
    if (acquired !== "acquired") {
      await wait(acquired === "held by another" ? pollInterval : RETRY_PAUSE, stopping);
      continue;
    }
    const held = new AbortController();
    const giveUp = (): void => held.abort();
    stopping.addEventListener("abort", giveUp);
    if (stopping.aborted) giveUp();
    const renewing = renew(lease, period, availability, now, awake, held);
    try {
      await work(held.signal);
    } finally {
      held.abort();
      stopping.removeEventListener("abort", giveUp);
      await renewing;
      await lease.releaseLease().catch(() => {});
    }
  }
}

async function acquire(
  container: ContainerClient,
  blob: BlockBlobClient,
  lease: BlobLeaseClient,
  period: number,
  availability: Availability,
): Promise<"acquired" | "held by another" | "unavailable"> {
  try {
    await container.createIfNotExists();
    if (!(await blob.exists()))
      await blob.upload("", 0, { conditions: { ifNoneMatch: "*" } }).catch(ignoreConflict);
    await lease.acquireLease(Math.round(period / 1000));
    availability.up();
    return "acquired";
  } catch (error) {
    if (statusOf(error) === 409) {
      availability.up();
      return "held by another";
    }
    availability.down(error);
    return "unavailable";
  }
}

/** Renews until `held` is aborted, and aborts it itself when the lease is another's or has lapsed. */
async function renew(
  lease: BlobLeaseClient,
  period: number,
  availability: Availability,
  now: () => number,
  awake: () => Promise<void>,
  held: AbortController,
): Promise<void> {
  let renewedAt = now();
  while (!held.signal.aborted) {
    await wait(period / 3, held.signal);
    await awake();
    if (held.signal.aborted) return;
    try {
      await lease.renewLease();
      renewedAt = now();
      availability.up();
    } catch (error) {
      const lost = statusOf(error) === 409 || statusOf(error) === 404 || statusOf(error) === 412;
      if (!lost) availability.down(error);
      if (lost || now() - renewedAt > period) held.abort();
    }
  }
}

function ignoreConflict(error: unknown): void {
  if (statusOf(error) !== 409 && statusOf(error) !== 412) throw error;
}

function statusOf(error: unknown): number | undefined {
  return error instanceof Error && "statusCode" in error && typeof error.statusCode === "number"
    ? error.statusCode
    : undefined;
}
