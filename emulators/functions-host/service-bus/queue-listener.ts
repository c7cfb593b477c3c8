import type {
  ProcessErrorArgs,
  ServiceBusClient,
  ServiceBusReceivedMessage,
  ServiceBusReceiver,
} from "@azure/service-bus";
import type { Listener, ListenerContext } from "../listener.ts";
import type { Availability } from "../log.ts";
import { closeQuietly } from "./clients.ts";
import { handleMessage, type ServiceBusFunction } from "./handle.ts";
import { lockOfMessage, renewLock } from "./lock-renewal.ts";
import { createSlots } from "./slots.ts";

/**
 * Receives from a queue or subscription without sessions, up to maxConcurrentCalls messages at a time, with
 * prefetchCount more waiting in the instance, their locks running.
 */
export function listenToQueue(
  definition: ServiceBusFunction,
  context: ListenerContext,
  client: ServiceBusClient,
  availability: Availability,
): Listener {
  const { maxConcurrentCalls, prefetchCount, maxAutoLockRenewalDuration } =
    context.host.extensions.serviceBus;
  const receiver = createReceiver(definition, client);
  const slots = createSlots(maxConcurrentCalls);
  const running = new Set<Promise<void>>();
  let stopping = false;

  const process = async (message: ServiceBusReceivedMessage): Promise<void> => {
    await slots.acquire();
    if (stopping) {
      slots.release();
      return receiver.abandonMessage(message);
    }
    const done = new AbortController();
    // Not awaited: a renewal under way when the server goes ends by its time-out only.
    const renewal = { limit: maxAutoLockRenewalDuration, now: context.now, awake: context.instance.awake };
    renewLock(lockOfMessage(receiver, message), renewal, done.signal).catch(() => {});
    try {
      await handleMessage(definition, context, receiver, message);
    } finally {
      done.abort();
      slots.release();
    }
  };
  const handlers = {
    async processMessage(message: ServiceBusReceivedMessage) {
      const work = process(message);
      running.add(work);
      await work.finally(() => running.delete(work));
    },
    // The client connects again by itself, for ever.
    async processError({ error, errorSource }: ProcessErrorArgs) {
      if (errorSource === "receive") availability.down(error);
    },
    /** Called by the client when its link is open, though its types do not tell. */
    async postInitialize() {
      availability.up();
    },
  };
  const subscription = receiver.subscribe(handlers, {
    autoCompleteMessages: false,
    maxConcurrentCalls: maxConcurrentCalls + prefetchCount,
  });
  return {
    async stop() {
      stopping = true;
      await closeQuietly(subscription);
      await Promise.allSettled(running);
      await closeQuietly(receiver);
    },
  };
}

function createReceiver({ trigger }: ServiceBusFunction, client: ServiceBusClient): ServiceBusReceiver {
  const options = { skipParsingBodyAsJson: true, maxAutoLockRenewalDurationInMs: 0 };
  const { queueName, topicName = "", subscriptionName = "" } = trigger;
  return queueName === undefined
    ? client.createReceiver(topicName, subscriptionName, options)
    : client.createReceiver(queueName, options);
}
