import type { Outgoing } from "../../shared/exactly-once/contracts.ts";
import { envelopeOf, toServiceBus } from "../../shared/messaging/format.ts";
import { replayCopy } from "../../shared/operations/replay-copy.ts";
import type { Held } from "./broker.ts";
import { doing, type Instance } from "./faults.ts";
import type { Surrounding } from "./process.ts";

/** Time between an operator's tries, in milliseconds. */
const patience = 30_000;

/** Replays what is among the dead letters, until nothing is: sends a copy, then completes the original (16). */
export function replayDeadLetters(
  instance: Instance,
  { time, io, queues, sabotages }: Surrounding,
): Promise<void> {
  async function replayOnce(): Promise<void> {
    for (const message of queues.dead()) {
      const right = copyOf(message, new Date(time.now()).toISOString());
      const copy = sabotages.reduce((sent, { replay }) => replay?.(sent) ?? sent, right);
      await io(instance, "replay: send the copy", () => queues.resend(message.queue, copy));
      await io(instance, "replay: complete the original", () => queues.completeDead(message));
    }
  }

  return doing.run("operator", async () => {
    for (let tries = 0; tries < 10 && instance.alive; tries++) {
      try {
        await replayOnce();
        return;
      } catch {
        await time.sleep(patience);
      }
    }
  });
}

/** By the program's own rules for a copy, through the form that a message has at the broker. */
function copyOf({ queue, outgoing }: Held, now: string): Outgoing {
  const stopped = toServiceBus(outgoing);
  const { body, subject, applicationProperties, sessionId } = replayCopy(stopped, queue, "a fresh id", {
    replayedAt: now,
  });
  const envelope = envelopeOf({
    body,
    ...(subject === undefined ? {} : { subject }),
    properties: applicationProperties as Record<string, string | number>,
  });
  if ("problem" in envelope)
    throw new Error(`the replay of ${outgoing.type} is no message: ${envelope.problem}`);
  return { ...envelope, destination: queue, ...(sessionId === undefined ? {} : { sessionId }) };
}
