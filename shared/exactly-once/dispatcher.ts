import type { OutboxItem, OutboxRef, Publish, Store, Surroundings } from "./contracts.ts";
import { PermanentError } from "./errors.ts";
import { type RetryPolicy, retrying } from "./retry.ts";
import { sending } from "./sending.ts";
import type { Telemetry } from "./telemetry.ts";

/** Sends a stored item as it was stored, then forgets it (1, 9). */
export async function dispatchItem(
  store: Pick<Store, "remove">,
  publish: Publish,
  telemetry: Telemetry,
  item: OutboxItem,
): Promise<void> {
  await sending(telemetry, publish, item.outgoing, (message) => message.trace);
  store.remove([item]);
  for (const message of item.outgoing) {
    telemetry.step({
      step: "sent",
      endpoint: item.aggregate.endpoint,
      message,
      aggregate: item.aggregate,
      sent: [message],
    });
  }
}

/** How long one run of the feed's dispatcher tries before the host repeats it, in milliseconds. */
const patience: RetryPolicy = { base: 200, cap: 5000, limit: 30_000 };

/**
 * Makes the function behind a store's change feed: given the outbox items that appeared, it waits until the
 * youngest is past `grace` (milliseconds: by then the endpoint has sent it itself, or won't), and sends what
 * is still there. It throws on a transient failure, so that the feed does not move past an item that is
 * neither gone nor sent (10); what fails for good is left to the sweeper, which always runs behind it.
 */
export function feedDispatcher(
  store: Pick<Store, "outboxItem" | "remove">,
  publish: Publish,
  surroundings: Surroundings,
  telemetry: Telemetry,
  grace: number,
): (appeared: readonly (OutboxRef & Pick<OutboxItem, "storedAt">)[]) => Promise<void> {
  const { now, sleep } = surroundings;

  async function sendIfThere(ref: OutboxRef): Promise<void> {
    const item = await store.outboxItem(ref);
    if (item === undefined) return;
    try {
      await dispatchItem(store, publish, telemetry, item);
    } catch (error) {
      if (!(error instanceof PermanentError)) throw error;
      telemetry.failed(`dispatch of ${ref.aggregate.endpoint} ${ref.messageId}: left to the sweeper`, error);
    }
  }

  return async (appeared) => {
    if (appeared.length === 0) return;
    const youngest = Math.max(...appeared.map((item) => item.storedAt));
    const wait = youngest + grace - now();
    if (wait > 0) await sleep(Math.min(wait, grace));
    await telemetry.span("dispatch feed", { "pierogi.feed.items": appeared.length }, () =>
      Promise.all(appeared.map((ref) => retrying(surroundings, patience, () => sendIfThere(ref)))),
    );
  };
}
