import type { OutboxRef } from "../../shared/exactly-once/contracts.ts";
import { doing } from "./faults.ts";
import type { Process, Surrounding } from "./process.ts";

/** How often the feed is polled, and for how long; in milliseconds. */
const poll = { every: 5000, for: 60_000 };

/** As in functions/dispatch.ts. */
const retries = { most: 10, delay: 5000 };

/** The store's change feed with one consumer: its checkpoint moves behind success, or after so many vain tries. */
export function changeFeed({ time, io, memory }: Surrounding) {
  let checkpoint = 0;
  const appeared: (OutboxRef & { storedAt: number })[] = [];
  const seen = new Set<string>();

  function look(): void {
    for (const [key, item] of memory.outbox) {
      if (seen.has(key)) continue;
      seen.add(key);
      appeared.push(item);
    }
  }

  async function readOnce({ instance, feed }: Process): Promise<void> {
    look();
    const upTo = appeared.length;
    const batch = appeared.slice(checkpoint);
    if (batch.length === 0) return;
    for (let attempt = 0; attempt <= retries.most && instance.alive; attempt++) {
      try {
        await feed(batch);
        await io(instance, "feed checkpoint", () => {
          checkpoint = Math.max(checkpoint, upTo);
        });
        return;
      } catch {
        await time.sleep(retries.delay);
      }
    }
    // Tried in vain: the host moves on, and the sweeper runs behind it.
    if (instance.alive) checkpoint = Math.max(checkpoint, upTo);
  }

  return {
    /** Lets a process poll, for as long as a load takes. */
    consume(process: Process): void {
      for (let at = 0; at < poll.for; at += poll.every)
        time.after(at, () => void doing.run("feed", () => readOnce(process)));
    },
  };
}
