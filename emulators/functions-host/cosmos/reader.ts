import type { Container } from "@azure/cosmos";
import type { CosmosDbTrigger, FunctionDefinition } from "../config/bindings.ts";
import { wait } from "../deferred.ts";
import type { ListenerContext } from "../listener.ts";
import type { Availability } from "../log.ts";
import { type Outcome, withRetries } from "../retry.ts";
import { openFeed } from "./feed.ts";
import type { HeldLease } from "./held-lease.ts";

export type CosmosDbFunction = FunctionDefinition<CosmosDbTrigger>;

const RETRY_PAUSE = 1_000;

/**
 * Delivers a held lease's changes, batch by batch, until the signal: a checkpoint after each.
 * The real host's trap is kept: a batch whose function failed is passed all the same, unless a retry policy
 * still tries it again.
 * @returns when the signal is aborted or the lease is lost
 */
export async function readLease(
  definition: CosmosDbFunction,
  context: ListenerContext,
  container: Container,
  lease: HeldLease,
  availability: Availability,
  signal: AbortSignal,
): Promise<"stopped" | "lost"> {
  const { trigger } = definition;
  const feed = openFeed(container, trigger, () => lease.current);
  const about = {
    type: "batch" as const,
    instance: context.instance.number,
    functionName: definition.name,
    leaseId: lease.id,
  };
  while (!signal.aborted) {
    const batch = await feed.next().then(
      (next) => {
        availability.up();
        return next;
      },
      async (error: unknown) => {
        availability.down(error);
        await wait(RETRY_PAUSE, signal);
        return "unavailable" as const;
      },
    );
    if (batch === "unavailable") continue;
    if (batch === undefined) {
      await wait(trigger.feedPollDelay, signal);
      continue;
    }
    const documents = batch.documents.length;
    context.emit({ ...about, action: "delivered", documents });
    const outcome = await deliver(definition, context, batch.documents, signal);
    if (outcome === "stopped") return "stopped";
    if (!(await checkpoint(lease, batch.continuation, availability, signal))) return "lost";
    context.emit({ ...about, action: outcome === "succeeded" ? "checkpointed" : "skipped", documents });
  }
  return "stopped";
}

function deliver(
  { name, trigger, retry }: CosmosDbFunction,
  { invoke, instance, random }: ListenerContext,
  documents: readonly unknown[],
  signal: AbortSignal,
): Promise<Outcome> {
  return withRetries(retry, signal, random, (retryContext) =>
    invoke(instance, {
      functionName: name,
      input: { name: trigger.name, data: { json: JSON.stringify(documents) } },
      triggerMetadata: {},
      ...(retryContext === undefined ? {} : { retryContext }),
      reason: `New changes on container ${trigger.containerName}`,
    }),
  );
}

/** Tries until it is stored: a batch that was handled is not delivered again because the server was away. */
async function checkpoint(
  lease: HeldLease,
  continuation: string,
  availability: Availability,
  signal: AbortSignal,
): Promise<boolean> {
  for (;;) {
    try {
      return await lease.checkpoint(continuation);
    } catch (error) {
      availability.down(error);
      if (signal.aborted) return false;
      await wait(RETRY_PAUSE, signal);
    }
  }
}
